# SPDX-License-Identifier: GPL-2.0
"""What moved, in sentences: a count that went up names its cause."""

import units

# Counters of a replayed session, by the words for one of what they count
WORDS = {"tee_calls": ("call", "calls", "into the TEE"),
         "tee_ranges": ("range", "ranges", "told to the TEE"),
         "pool_misses": ("allocation", "allocations", "that the pool did not serve")}


def sentences(rows):
    """A sentence for each counter that got worse and is known by name."""
    return [_sentence(rows, row) for row in rows
            if row.alarming and row.case.metric in WORDS and row.change]


def _sentence(rows, row):
    one, many, what = WORDS[row.case.metric]
    where = " ".join(str(row.case.params[name]) for name in ("heap", "trace") if name in row.case.params)
    counted = f"{where}: {units.exact(abs(row.change))} {one if row.change == 1 else many} more {what}"
    buffers = _buffers(rows, row)
    if not buffers:
        return counted
    return f"{counted} for {buffers} buffers: {row.change / buffers:+.3g} a buffer"


def _buffers(rows, row):
    """How many buffers were allocated where a counter counted, or None."""
    for other in rows:
        case = other.case
        params = {name: value for name, value in case.params.items() if name != "op"}
        if case.bench == row.case.bench and case.samples and case.params.get("op") == "alloc" \
                and params == row.case.params:
            return case.samples
    return None
