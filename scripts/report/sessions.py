# SPDX-License-Identifier: GPL-2.0
"""Sessions that were replayed: what each heap was asked for, what it gave, and what that means."""

from dataclasses import dataclass

import units

# Which of run.json's pool_parameters is the size of a heap's pool, where the heap does not tell
POOLS = {"restricted_mtk_cm": "memsvc_size", "restricted_carveout": "carveout_size",
         "direct_carveout": "direct_size", "protected,secure-video": "sdp_size"}
OPS = ("alloc", "free")


@dataclass(frozen=True)
class Play:
    """One trace played on one heap, once or more.

    counts: metric to value. use, demand: [[us, bytes], ...]. service, response: op to measurement.
    pool: bytes, or None if nobody told. skipped: the error's name, or None.
    """

    trace: str
    heap: str
    rest: dict
    counts: dict
    use: list
    demand: list
    service: dict
    response: dict
    pool: int
    skipped: str

    @property
    def failures(self):
        return self.counts["failures"]

    @property
    def tee_calls(self):
        """Calls into the TEE of one playing, or None."""
        calls = self.counts.get("tee_calls")
        return None if calls is None else calls / self.rest.get("repeat", 1)


def plays(run):
    """Every playing, in the run's order; those that could not be among them."""
    groups = {}
    for m in run.of("replay"):
        params = run.told_apart(m)
        rest = {k: v for k, v in params.items() if k not in ("trace", "heap", "op", "reason")}
        key = (params["trace"], params["heap"], tuple(sorted((k, repr(v)) for k, v in rest.items())))
        groups.setdefault(key, (rest, []))[1].append(m)
    found = [_play(run, trace, heap, rest, members)
             for (trace, heap, _), (rest, members) in groups.items()]
    # An interrupted run may lack the end of its last one; demand is written last.
    return [play for play in found if play.skipped is not None or play.demand]


def _play(run, trace, heap, rest, found):
    counts = {m.metric: m.value for m in found if m.value is not None}
    series = {m.metric: m.series for m in found if m.series}
    times = {metric: {m.params["op"]: m for m in found if m.metric == metric}
             for metric in ("service", "response")}
    pool = counts.get("pool_bytes") or run.provenance.get("pool_parameters", {}).get(POOLS.get(heap))
    reasons = [m.params["reason"] for m in found if m.metric == "skipped"]
    return Play(trace, heap, rest, counts, series.get("use"), series.get("demand"),
                times["service"], times["response"], pool, reasons[0] if reasons else None)


def played(run):
    """Those that were played, each trace on each heap once: the first way it was."""
    found = {}
    for play in plays(run):
        if play.skipped is None:
            found.setdefault((play.trace, play.heap), play)
    return list(found.values())


def findings(run):
    """Sentences: of each heap how far it goes, and what the sessions would take."""
    all_played = played(run)
    if not all_played:
        return []
    traces = len(dict.fromkeys(p.trace for p in all_played))
    heaps = {}
    for heap in dict.fromkeys(p.heap for p in all_played):
        its = [p for p in all_played if p.heap == heap]
        heaps.setdefault((its[0].pool, _how_it_went(its, traces)), []).append(heap)
    says = [_heap_sentence(names, pool, how) for (pool, how), names in heaps.items()]
    return says + [_demand_sentence(all_played)] + _torn_sentences(all_played)


def _heap_sentence(names, pool, how):
    text = units.names(names)
    if pool:
        text += f", with {units.mebibytes(pool)} of pool{' each' if len(names) > 1 else ''},"
    return f"{text} {how}."


def _how_it_went(its, traces):
    whole = [p for p in its if not p.failures]
    failed = sum(p.failures for p in its)
    asked = sum(p.counts["allocs"] + p.failures for p in its)
    text = f"gave every buffer of {len(whole)} of {len(its)} sessions"
    if len(its) < traces:
        text += f" ({traces - len(its)} could not be played)"
    if failed:
        text += f"; {units.exact(failed)} of {units.exact(asked)} allocations failed in all"
    calls = [p.tee_calls for p in its if p.tee_calls is not None]
    if calls:
        text += f"; calls into the TEE: {units.exact(sum(calls))}"
    return text


def _demand_sentence(all_played):
    most = max(all_played, key=lambda p: p.counts["demand_bytes"])
    return (f"The session that asks for most, {most.trace}, would hold "
            f"{units.mebibytes(most.counts['demand_bytes'])} at its peak.")


def _torn_sentences(all_played):
    """Failures though as much was free in sum: what only fragmentation explains."""
    found = [p for p in all_played if p.counts.get("fragmented")]
    if not found:
        return []
    worst = max(found, key=lambda p: p.counts["fragmented"])
    text = (f"{worst.trace} failed on {worst.heap} {units.times_words(worst.counts['fragmented'])} though as "
            "much was free in sum, so its pool was fragmented")
    others = [p for p in all_played if p.trace == worst.trace and p.failures < worst.failures]
    if others:
        text += "; on " + ", ".join(f"{p.heap} {units.times_words(p.failures)} in all" for p in others)
    return [text + "."]


COLUMNS = ("session", "heap", "pool", "asked for", "held", "allocs", "failed", "fragmented",
           "TEE calls", "alloc p50", "free p50")


def rows(run):
    """A row a playing under COLUMNS, as text; what was not told is empty."""
    return [_row(play) for play in plays(run)]


def _row(play):
    name = play.trace + "".join(f", {key} {value}" for key, value in play.rest.items()
                                if (key, value) != ("pace", "fast"))
    if play.skipped is not None:
        return [name, play.heap, f"skipped: {play.skipped}"] + [""] * (len(COLUMNS) - 3)

    def size(value):
        return "" if value is None else units.mebibytes(value)

    def count(value):
        return "" if value is None else units.exact(value)

    counts = play.counts
    return [name, play.heap, size(play.pool), size(counts["demand_bytes"]), size(counts["peak_bytes"]),
            count(counts["allocs"]), count(play.failures), count(counts.get("fragmented")),
            count(play.tee_calls),
            *(count(play.service[op].p50) if op in play.service else "" for op in OPS)]
