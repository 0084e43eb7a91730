# SPDX-License-Identifier: GPL-2.0
"""The framework's price: each heap against its twin with an interval, and phase by phase."""

from dataclasses import dataclass

import tables
import units

OPS = ("alloc", "free", "cycle")
PHASES = ("memory_alloc", "memory_restrict", "export", "memory_unrestrict", "memory_free", "zero",
          "tee_call", "tracer")


@dataclass(frozen=True)
class Price:
    """What one op costs a heap over its twin: the median of paired differences.

    base: the twin's median. level: at least this probability that low to high holds the median.
    """

    heap: str
    twin: str
    size: int
    op: str
    unit: str
    value: float
    low: float
    high: float
    level: float
    base: float

    @property
    def told(self):
        """True if the interval tells the price from none."""
        return self.low > 0 or self.high < 0 or self.low == self.high

    @property
    def fraction(self):
        """The price as a fraction of the twin's cost; None if that is 0."""
        return self.value / self.base if self.base else None

    def interval(self):
        """As text: [47, 49]."""
        return f"[{units.exact(self.low)}, {units.exact(self.high)}]"


def prices(run):
    """Every price, in the run's order; those of plans with labels left out."""
    bases = {}
    for m in _own(run, "latency"):
        p = m.params
        if p.get("of") is not None and p["of"] == p["twin"]:
            bases[p["heap"], p["twin"], p["size"], p["op"]] = m.p50
    found = []
    for m in _own(run, "difference"):
        p = m.params
        key = (p["heap"], p["twin"], p["size"], p["op"])
        if key in bases:
            found.append(Price(*key, m.unit, m.value, m.low, m.high, m.level, bases[key]))
    return found


def traced(run):
    """Phases between tracepoints: (heap, size) to phase to measurement."""
    found = {}
    for m in _own(run, "latency"):
        if "phase" in m.params:
            found.setdefault((m.params["heap"], m.params["size"]), {})[m.params["phase"]] = m
    return found


def op_calls(run):
    """Heap to the number of calls through its ops for one buffer."""
    return {m.params["heap"]: m.value for m in _own(run, "op_calls")}


def _own(run, metric):
    return [m for m in run.of("overhead") if m.metric == metric and "label" not in m.params]


def findings(run):
    """The letter's question in one sentence with a number; then each heap over all sizes."""
    cycles = [p for p in prices(run) if p.op == "cycle"]
    heaps = {heap: [p for p in cycles if p.heap == heap] for heap in
             dict.fromkeys(p.heap for p in cycles)}
    first = [min(its, key=lambda p: p.size) for its in heaps.values()]
    return _letter(run, first) + [_over_sizes(its) for its in heaps.values() if len(its) > 1]


def _letter(run, first):
    if not first:
        return []
    text = ("What the letter asks of the framework, its indirection, costs "
            + " and ".join(_price(p, p is first[0] or p.size != first[0].size) for p in first)
            + ", over plain drivers that do the same memory work")
    return [text + _calls(run, first) + "."]


def _price(p, of_what):
    share = f"{units.percent(p.fraction)}, " if p.fraction is not None else ""
    work = f" of an alloc and a free of {units.size_words(p.size)}" if of_what else ""
    return (f"{units.with_unit(p.value, p.unit)}{work} from {p.heap} ({share}{100 * p.level:g} % "
            f"interval {units.exact(p.low)} to {units.exact(p.high)})")


def _calls(run, first):
    """How much of it the calls through the ops are by themselves, where both were measured."""
    calls = op_calls(run)
    for d in tables.dispatches(run):
        if d.as_built and d.price is not None:
            parts = [f"{units.exact(calls[p.heap] * d.price)} of {p.heap} ({units.exact(calls[p.heap])} "
                     "calls)" for p in first if p.heap in calls and d.unit == p.unit]
            if parts:
                return (f"; of that the calls through the ops, each {units.with_unit(d.price, d.unit)} "
                        f"dearer than a direct one, are {' and '.join(parts)}")
    return ""


def _over_sizes(its):
    told = [p for p in its if p.told]
    lost = [p for p in its if not p.told]
    text = f"{its[0].heap} over {its[0].twin}, an alloc and a free together: "
    if told:
        low, high = min(told, key=lambda p: p.value), max(told, key=lambda p: p.value)
        if len(told) == 1:
            text += f"{units.with_unit(low.value, low.unit)} at {units.size_words(low.size)}"
        elif low.value == high.value:
            text += f"{units.with_unit(low.value, low.unit)} at each of {len(told)} sizes"
        else:
            text += (f"over {len(told)} sizes from {units.with_unit(low.value, low.unit)} "
                     f"({units.size_words(low.size)}) to {units.exact(high.value)} "
                     f"({units.size_words(high.size)})")
    if lost:
        where = ", ".join(f"{units.size_words(p.size)} {p.interval()}" for p in lost)
        text += f"{'; ' if told else ''}not told from none by the interval at {where}"
    return text + "."


def price_rows(run):
    """Heads and rows of text: a row a heap and size, a column an op."""
    rows, found = [], prices(run)
    for key in sorted({(p.heap, p.twin, p.size) for p in found}):
        its = {p.op: p for p in found if (p.heap, p.twin, p.size) == key}
        cells = [f"{units.exact(its[op].value)} {its[op].interval()}" if op in its else ""
                 for op in OPS]
        rows.append([f"{key[0]} over {key[1]}", units.size(key[2]), *cells])
    return ["heap over twin", "size", *OPS], rows


def phase_rows(run):
    """Heads and rows of text: a row a heap and size, a column a phase, medians."""
    rows = [[heap, units.size(size), *(units.scaled(phases[name].p50) if name in phases else ""
                                       for name in PHASES)]
            for (heap, size), phases in sorted(traced(run).items())]
    return ["heap", "size", *(name.removeprefix("memory_").replace("_", " ") for name in PHASES)], rows
