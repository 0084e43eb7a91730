# SPDX-License-Identifier: GPL-2.0
"""Buffers closed in batches: what each costs, for how long the caller waits, when the memory is back."""

from dataclasses import dataclass

import units
from panel import Panel

BENCH = "uring"
TITLE = "Closing in batches"
FIGURE = "Closing in batches: what each buffer costs, and for how long the caller waits for it"
NOTE = ("Times are of a whole batch. The caller could do something else from visible on; at done all "
        "completions were seen; back is when the heap's own books said that all memory is back, one reading of "
        "them included, and late how many batches were not back when they were read first.")
COLUMNS = ("heap", "way", "batch", "size", "visible p50", "p99", "done p50", "p99", "done, each", "back p50", "p99",
           "late")
WORDS = 2
WAYS = {"close": "close(2)", "unlinked": "io_uring, unlinked", "linked": "io_uring, linked",
        "sqpoll": "io_uring, SQPOLL"}


@dataclass(frozen=True)
class Batch:
    """One number of buffers closed in one way. times: metric to distribution. skipped: an error's name, or None."""

    heap: str
    way: str
    batch: int
    size: int
    label: str
    times: dict
    late: int
    skipped: str

    def each(self, metric):
        """The median of a time, of one buffer."""
        return self.times[metric].p50 / self.batch


def batches(run):
    """Every one, in the run's order."""
    groups = {}
    for m in run.of(BENCH):
        p = m.params
        if "way" in p:
            groups.setdefault((p["heap"], p["way"], p.get("batch"), p["size"], p.get("label")), []).append(m)
    found = []
    for key, members in groups.items():
        counts = {m.metric: m.value for m in members if m.value is not None}
        reasons = [m.params["reason"] for m in members if m.metric == "skipped"]
        found.append(Batch(*key, {m.metric: m for m in members if m.value is None}, counts.get("late"),
                           reasons[0] if reasons else None))
    return found


def _measured(run):
    return [b for b in batches(run) if {"visible", "done"} <= set(b.times)]


def findings(run):
    """Sentences: whether io_uring pays, what SQPOLL spares the caller, whose memory came back late."""
    found = _measured(run)
    compared = [_largest([b for b in found if b.heap == heap]) for heap in dict.fromkeys(b.heap for b in found)]
    compared = [ways for ways in compared if "close" in ways]
    says = [_price(ways) for ways in compared if {"unlinked", "linked"} & set(ways)]
    says += [_spared(ways) for ways in compared if "sqpoll" in ways][:1]
    return says + _late([b for b in found if b.late is not None])


def _largest(found):
    """Each way's batch of the largest number that all ways have."""
    shared = set.intersection(*({b.batch for b in found if b.way == way} for way in {b.way for b in found}))
    return {b.way: b for b in found if shared and b.batch == max(shared)}


def _price(ways):
    base = ways["close"]
    parts = []
    for way in ("unlinked", "linked"):
        if way in ways:
            ratio = ways[way].each("done") / base.each("done")
            parts.append(f"{units.times(ratio)} times that by {WAYS[way]}")
    return (f"Closing {base.batch} buffers of {units.size_words(base.size)} of {base.heap} costs "
            f"{units.with_unit(round(base.each('done')), base.times['done'].unit)} each by close(2), "
            f"{units.names(parts)}.")


def _spared(ways):
    base, spared = ways["close"], ways["sqpoll"]
    unit = base.times["visible"].unit
    return (f"By SQPOLL the caller goes on after {units.with_unit(round(spared.each('visible')), unit)} for each of "
            f"{spared.batch} buffers of {spared.heap}, by close(2) after {units.exact(round(base.each('visible')))}.")


def _late(found):
    late = [b for b in found if b.late]
    if not late:
        return [f"Whoever has seen the completions finds the memory back: in none of {len(found)} cases it came later."] \
            if found else []
    worst = max(late, key=lambda b: (b.late / b.times["done"].n, b.times["back"].p50 - b.times["done"].p50))
    return [f"A completion does not say that the memory is back: by {WAYS[worst.way]}, {worst.batch} buffers of "
            f"{worst.heap}, in {units.exact(worst.late)} of {units.exact(worst.times['done'].n)} batches some still was "
            f"not, and came {units.with_unit(worst.times['back'].p50 - worst.times['done'].p50, worst.times['done'].unit)} "
            "later at the median."]


def rows(run):
    """A row a batch, under COLUMNS."""
    return [_row(b) for b in batches(run)]


def _row(batch):
    head = [batch.heap, WAYS.get(batch.way, batch.way), "" if batch.batch is None else str(batch.batch),
            units.size(batch.size)]
    if batch.skipped:
        return head + [f"skipped: {batch.skipped}"] + [""] * (len(COLUMNS) - 5)

    def quantiles(metric):
        m = batch.times.get(metric)
        return ["", ""] if m is None else [units.exact(m.p50), units.exact(m.p99)]

    each = units.exact(round(batch.each("done"))) if "done" in batch.times else ""
    return head + [*quantiles("visible"), *quantiles("done"), each, *quantiles("back"),
                   "" if batch.late is None else units.exact(batch.late)]


def panels(run):
    """Two panels a heap: a buffer's share of both times over the batch, a line a way."""
    drawn = []
    found = _measured(run)
    for heap in dict.fromkeys(b.heap for b in found):
        its = [b for b in found if b.heap == heap]
        unit = units.UNIT_NAME[its[0].times["done"].unit]
        for metric, title in (("done", "until all are closed"), ("visible", "the caller waits")):
            lines = {}
            for b in its:
                if b.times[metric].p50:
                    lines.setdefault(WAYS.get(b.way, b.way), []).append((b.batch, b.each(metric)))
            drawn.append(Panel(f"{heap}: {title}", "buffers in a batch", f"{unit} a buffer", lines, True, True))
    return drawn
