# SPDX-License-Identifier: GPL-2.0
"""Many at once on a heap: what the crowd costs each, and what waiting comes to on a schedule."""

from dataclasses import dataclass

import units
from panel import Panel

BENCH = "scale"
TITLE = "Many at once"
FIGURE = "Many at once: what a buffer costs, and how long who is on a schedule waits"
NOTE = ("Closed loop: the next buffer when somebody is free; cost is the time of a round over its "
        "buffers. Open loop: buffers are due at random times, load being the share of what the closed "
        "loop had; response is from when a buffer was due until it was back, service what it took "
        "itself. Lock waits, TEE calls and their like are of one round.")
COLUMNS = ("heap", "who", "size", "load", "cost", "service p50", "p99", "response p50", "p99",
           "fairness", "lock waits", "TEE calls", "failed")
WORDS = 2
# The crowd is said to cost something from this share on
TOLD = 0.02


@dataclass(frozen=True)
class Crowd:
    """One crew's measurements.

    heap: its name, or several joined by +. size: bytes, or None for mixed sizes. load: percent, None
    for the closed loop. cost, service, response: distributions or None. counts: metric to value.
    skipped: the error's name, or None.
    """

    heap: str
    workers: int
    kind: str
    size: int
    load: int
    cost: object
    service: object
    response: object
    counts: dict
    skipped: str


def crowds(run):
    """Every crew of the run, in its order."""
    groups = {}
    for m in run.of(BENCH):
        if "workers" in m.params:
            p = m.params
            key = (p.get("together", p.get("heap")), p["workers"], p["kind"], p.get("size"), p.get("load"),
                   p.get("label"))
            groups.setdefault(key, []).append(m)
    return [_crowd(key, members) for key, members in groups.items()]


def _crowd(key, members):
    def dist(metric):
        found = [m for m in members if m.metric == metric and m.value is None
                 and m.params.get("op", "cycle") == "cycle"]
        return found[0] if found else None

    counts = {}
    for m in members:
        if m.value is not None:
            counts[m.metric] = counts.get(m.metric, 0) + m.value
    reasons = [m.params["reason"] for m in members if m.metric == "skipped"]
    return Crowd(*key[:5], dist("cost"), dist("service"), dist("response"), counts,
                 reasons[0] if reasons else None)


def _who(crowd):
    word = crowd.kind if crowd.workers > 1 else {"threads": "thread", "processes": "process"}[crowd.kind]
    return f"{crowd.workers} {word}"


def _closed(run):
    return [c for c in crowds(run) if c.load is None and c.cost]


def findings(run):
    """Sentences: what a crowd costs each heap, whom locks held up, what waiting comes to."""
    closed = _closed(run)
    return (_costs_of_crowds(closed) + _locks(closed) + _serial(run, closed)
            + _waiting([c for c in crowds(run) if c.load is not None and c.response]))


def _costs_of_crowds(closed):
    """Of each heap the largest crowd of threads and one alone, at the smallest size."""
    says = []
    for heap in dict.fromkeys(c.heap for c in closed if "+" not in c.heap):
        its = [c for c in closed if c.heap == heap and c.kind == "threads" and c.size is not None]
        if not its:
            continue
        size = min(c.size for c in its)
        alone = [c for c in its if c.size == size and c.workers == 1]
        crowd = max((c for c in its if c.size == size), key=lambda c: c.workers)
        if not alone or crowd.workers == 1:
            continue
        was, now = alone[0].cost.p50, crowd.cost.p50
        if abs(now - was) <= TOLD * was:
            says.append(f"a buffer of {units.size_words(size)} from {heap} costs {_who(crowd)} what it costs one "
                        f"({units.with_unit(now, crowd.cost.unit)})")
        else:
            says.append(f"a buffer of {units.size_words(size)} from {heap} costs {_who(crowd)} "
                        f"{units.with_unit(now, crowd.cost.unit)} each, {units.times(now / was)} times what it costs one")
    return [text[0].upper() + text[1:] + "." for text in says]


def _locks(closed):
    told = [c for c in closed if "lock_waits" in c.counts and c.workers > 1]
    if not told:
        return []
    most = max(told, key=lambda c: c.counts["lock_waits"])
    if not most.counts["lock_waits"]:
        return [f"Nobody waited for a lock of the kernel in {len(told)} crews of up to "
                f"{max(c.workers for c in told)}."]
    return [f"Locks held up {most.heap} most: {_who(most)} waited "
            f"{units.times_words(most.counts['lock_waits'])} in a round of "
            f"{units.exact(most.counts['buffers'])} buffers."]


def _serial(run, closed):
    """What no further processor makes shorter: calls into the TEE, of one buffer's life."""
    says = []
    for m in run.of(BENCH):
        if m.metric != "tee_time" or not m.p50:
            continue
        alone = [c for c in closed if c.heap == m.params["heap"] and c.size == m.params["size"] and c.workers == 1]
        if alone:
            says.append((m.p50 / alone[0].cost.p50, m))
    if not says:
        return []
    share, m = max(says, key=lambda pair: pair[0])
    return [f"Of a buffer's life on {m.params['heap']} ({units.size_words(m.params['size'])}) "
            f"{units.percent(min(share, 1))} is calls into the TEE, which serves one at a time: more processors do not "
            "make that shorter."]


def _waiting(crews):
    if not crews:
        return []
    worst = max(crews, key=lambda c: c.response.p99 / max(c.service.p99, 1))
    return [f"On a schedule of {worst.load} % load the 99th percentile of the response is "
            f"{units.times(worst.response.p99 / worst.service.p99)} times that of the service itself "
            f"({worst.heap}, {_who(worst)}, {units.size_words(worst.size)}): who measures in a closed loop does not see it."]


def rows(run):
    """A row a crew, under COLUMNS."""
    return [_row(crowd) for crowd in crowds(run)]


def _row(crowd):
    size = units.size(crowd.size) if crowd.size is not None else "mixed"
    load = "" if crowd.load is None else f"{crowd.load} %"
    head = [crowd.heap, _who(crowd), size, load]
    if crowd.skipped:
        return head + [f"skipped: {crowd.skipped}"] + [""] * (len(COLUMNS) - 5)

    def quantiles(m):
        return ["", ""] if m is None else [units.exact(m.p50), units.exact(m.p99)]

    def count(name):
        return units.exact(crowd.counts[name]) if name in crowd.counts else ""

    fairness = crowd.counts.get("fairness")
    return head + [units.exact(crowd.cost.p50) if crowd.cost else "", *quantiles(crowd.service),
                   *quantiles(crowd.response), "" if fairness is None else f"{fairness:.3f}",
                   count("lock_waits"), count("tee_calls"), count("failures")]


def panels(run):
    """Two panels a size: the cost over how many they are, and the response over the load."""
    found = crowds(run)
    drawn = []
    for size in sorted({c.size for c in found if c.size is not None and c.cost}):
        its = [c for c in found if c.size == size and c.kind == "threads"]
        most = max(c.workers for c in its)
        cost, wait = {}, {}
        for c in its:
            if c.cost and c.cost.p50:
                cost.setdefault(c.heap, []).append((c.workers, c.cost.p50))
            if c.response and c.workers == most:
                wait.setdefault(c.heap, []).append((c.load, c.response.p99))
        unit = units.UNIT_NAME[next(c.cost.unit for c in its if c.cost)]
        if cost:
            drawn.append(Panel(f"a buffer of {units.size(size)}", "threads", unit, cost, True, True))
        if wait:
            drawn.append(Panel(f"response p99, {most} threads, {units.size(size)}", "load in percent", unit, wait,
                               False, True))
    return drawn
