# SPDX-License-Identifier: GPL-2.0
"""What a run holds, arranged for reading. Numbers only; no text is laid out here.

A section is one way of measuring latency: all latency measurements of a run
that share every parameter but heap, size and op. Heaps are compared within
their section only, but for a peer that has no switch for scrubbing.
"""

from dataclasses import dataclass

import chapters
import rundir

TWIN_OF = {"restricted_carveout": "direct_carveout", "restricted_pages": "direct_pages"}
# Heaps whose zeroing can be switched off
SWITCHED = {"restricted_carveout", "direct_carveout"}
MAINLINE = "protected,secure-video"
HISTOGRAM = rundir.histogram_resolution()
TEE_HEAP = "restricted_mtk_cm"
CASE = ("heap", "size", "op")
CHEAPEST_TEE_CALL = "nop"
# The phases of a buffer's life inside the kernel that a provider has ops for
OPS = ("memory_alloc", "memory_restrict", "memory_unrestrict", "memory_free")
OWN_TABLE = {"replay", "frag"} | {chapter.BENCH for chapter in chapters.ALL}


@dataclass(frozen=True)
class Pair:
    """What an alloc and a free cost together.

    whole: timed under one pair of clock reads (op cycle); otherwise value is
    the sum of the two medians.
    blur: how far value may be off.
    """

    value: float
    whole: bool
    blur: float


class Section:
    """One way of measuring latency: heap, size and op to measurement."""

    def __init__(self, rest, measurements):
        self.rest = rest
        self.unit = measurements[0].unit
        self._cells = {tuple(m.params[name] for name in CASE): m for m in measurements}
        self.heaps = list(dict.fromkeys(heap for heap, _, _ in self._cells))
        self.sizes = sorted({size for _, size, _ in self._cells})

    def __len__(self):
        return len(self._cells)

    @property
    def scrubbed(self):
        """False if the heaps were told not to zero."""
        return self.rest.get("scrub") != "off"

    @property
    def plain(self):
        """True if nothing but heap, size, op and one thread tells it apart."""
        return all(item == ("threads", 1) for item in self.rest.items())

    @property
    def name(self):
        """A short word for file names; empty for the plain section."""
        if self.plain:
            return ""
        words = [f"{value}" if name == "label" else f"{name}-{value}"
                 for name, value in self.rest.items() if (name, value) != ("threads", 1)
                 and not (name == "scrub" and "label" in self.rest)]
        return "-".join("".join(c if c.isalnum() else "-" for c in word) for word in words)

    @property
    def title(self):
        """What is special about it, in words; empty for the plain section."""
        words = []
        for name, value in self.rest.items():
            if (name, value) == ("threads", 1):
                continue
            if name == "scrub":
                words.insert(0, "without scrubbing, as mainline does not scrub")
            elif name == "pause_ms":
                words.append(f"after a pause of {value} ms each time")
            elif name == "label" and ("scrub" in self.rest or "pause_ms" in self.rest):
                continue
            elif name == "label":
                words.insert(0, f"{value}")
            elif name == "threads":
                words.append(f"{value} threads")
            else:
                words.append(f"{name} {value}")
        return " ".join(words)

    def get(self, heap, size, op):
        """The measurement, or None."""
        return self._cells.get((heap, size, op))

    def p50(self, heap, size, op):
        """The median, or None."""
        found = self.get(heap, size, op)
        return found.p50 if found else None

    def pair(self, heap, size):
        """An alloc and a free together, as a Pair, or None."""
        cycle = self.get(heap, size, "cycle")
        if cycle:
            return Pair(cycle.p50, True, _blur(cycle))
        alloc, free = self.get(heap, size, "alloc"), self.get(heap, size, "free")
        if not alloc or not free:
            return None
        return Pair(alloc.p50 + free.p50, False, _blur(alloc) + _blur(free))


@dataclass(frozen=True)
class Difference:
    """Two costs of the same work in the same unit: what `base` costs and what `other` costs.

    blur: what the histograms' buckets leave open of the difference, either way.
    """

    size: int
    other: float
    base: float
    blur: float

    @property
    def cost(self):
        return self.other - self.base

    @property
    def resolved(self):
        """True if the histograms can tell the difference from none."""
        return self.blur < 1 or abs(self.cost) > self.blur

    @property
    def fraction(self):
        """The difference as a fraction of base; None if base is 0."""
        return self.cost / self.base if self.base else None

    @property
    def ratio(self):
        """other over base; None if base is 0."""
        return self.other / self.base if self.base else None


@dataclass(frozen=True)
class Dispatch:
    """What ways of calling cost in one compilation; the loop around them is taken off.

    protection: of branches; as_built: the kernel has the same.
    """

    protection: str
    as_built: bool
    unit: str
    costs: dict

    @property
    def price(self):
        """A call through the ops over the same made directly; None if one was not measured."""
        if "ops" in self.costs and "direct" in self.costs:
            return round(self.costs["ops"] - self.costs["direct"], 2)
        return None


@dataclass(frozen=True)
class Life:
    """A buffer's life inside the kernel, its phases as measured and without the clock's readings.

    phases: phase to measurement; clock: what two readings cost, contained in each.
    """

    heap: str
    size: int
    unit: str
    phases: dict
    clock: float

    def net(self, phase):
        """The phase's median without the readings; 0 for one that the heap does not have."""
        return max(self.phases[phase].p50 - self.clock, 0) if phase in self.phases else 0

    @property
    def by_ops(self):
        """True if the heap's ops were timed one by one: a twin has none."""
        return "memory_alloc" in self.phases and "memory_free" in self.phases

    @property
    def pair(self):
        """All of an alloc and a free for an in-kernel user."""
        return self.net("buffer_alloc") + self.net("buffer_free")

    @property
    def core(self):
        """What is around the ops in an alloc and a free."""
        return self.pair - sum(self.net(op) for op in OPS)

    @property
    def parts(self):
        """What a buffer that goes through a dma-buf is made of, in the order of its life."""
        return [("memory_alloc", self.net("memory_alloc")),
                ("memory_restrict", self.net("memory_restrict")),
                ("core, both ways", self.core),
                ("export", self.net("export")),
                ("end of the dma-buf", self.net("release") - self.net("buffer_free")),
                ("memory_unrestrict", self.net("memory_unrestrict")),
                ("memory_free", self.net("memory_free"))]


@dataclass(frozen=True)
class Comparison:
    """Two heaps, or one heap in two sections, over all sizes that both have.

    op: alloc, free, or pair (both together).
    """

    other: str
    base: str
    op: str
    section: Section
    differences: list


def sections(run):
    """The run's latency measurements as sections, the plain one first."""
    groups = {}
    for m in run.of("latency"):
        if m.metric != "latency" or m.value is not None:
            continue
        rest = {name: value for name, value in run.told_apart(m).items()
                if name not in CASE + ("scrub",)}
        key = (m.metric, m.unit, tuple(sorted((k, repr(v)) for k, v in rest.items())))
        groups.setdefault(key, (rest, []))[1].append(m)
    found = []
    for rest, members in groups.values():
        found += _split_by_scrub(rest, members)
    return sorted(found, key=lambda section: not section.plain)


def _split_by_scrub(rest, members):
    """One section with scrubbing and one without, or the only one there is.

    Without scrubbing stand the heaps that have the switch, and mainline's,
    which never scrubs. A heap without the switch does the same work in a part
    of the plan that is not about it: that part shows no section of its own.
    """
    off = [m for m in members if m.params.get("scrub") == "off" and m.params["heap"] in SWITCHED]
    if not off:
        return [Section(rest, members)]
    apart = all(m.params.get("scrub") == "off" for m in members if m.params["heap"] in SWITCHED)
    if apart and ("label" in rest or all(m.params.get("scrub") == "off" for m in members)):
        off = [m for m in members if m in off or m.params["heap"] == MAINLINE]
        on = []
    else:
        on = [m for m in members if m.params.get("scrub") != "off"]
    sections_found = [Section(rest, on)] if on else []
    return sections_found + [Section({**rest, "scrub": "off"}, off)]


def framework(run):
    """The framework's cost: each heap against its twin, per section and op."""
    found = []
    for section in sections(run):
        for heap, twin in TWIN_OF.items():
            for op in ("alloc", "free", "pair"):
                found += _compare(section, heap, section, twin, op)
    return found


def against_mainline(run):
    """Each of our heaps that was measured without scrubbing against mainline's."""
    every = sections(run)
    found = []
    for section in every:
        if section.scrubbed:
            continue
        peer = _peer_section(every, section)
        for heap in section.heaps:
            if heap != MAINLINE and peer:
                found += _compare(section, heap, peer, MAINLINE, "pair")
    return found


def scrub(run):
    """What zeroing costs: each heap with scrubbing against itself without."""
    every = sections(run)
    found = []
    for off in every:
        on = _same_but(every, off, "scrub", "label")
        if off.scrubbed or not on:
            continue
        for heap in off.heaps:
            if heap != MAINLINE:
                found += _compare(on, heap, off, heap, "pair")
    return found


def ladder(run):
    """The TEE round trips: the run's own order, which is from cheap to dear."""
    return run.of("tee_rtt")


def no_op_call(run):
    """The call into the memory service that does nothing, or None."""
    calls = [m for m in ladder(run) if m.params["step"] == CHEAPEST_TEE_CALL]
    return calls[0] if calls else None


def kernel(run, case):
    """What the kernel's own bench timed of one case, but for what failed."""
    return [m for m in run.of("kernel") if m.params["case"] == case and m.metric == "latency"]


def known_loops(run):
    """Loops of a known number of instructions, as (number, what it was measured as)."""
    loops = {m.params["instructions"]: m for m in kernel(run, "known")
             if "label" not in m.params and m.unit == "insn"}
    none = loops.pop(0, None)
    return [(number, m.p50 - none.p50) for number, m in loops.items()] if none else []


def dispatches(run):
    """What ways of calling cost, the kernel's own compilation first."""
    groups = {}
    for m in kernel(run, "dispatch"):
        key = (m.params.get("label"), m.params["protection"])
        groups.setdefault(key, {})[m.params["call"]] = m
    found = []
    for (_, protection), calls in groups.items():
        nothing = calls.pop("nothing", None)
        if nothing:
            costs = {call: round(m.p50 - nothing.p50, 2) for call, m in calls.items()}
            found.append(Dispatch(protection, not found, nothing.unit, costs))
    return found


def lives(run):
    """Buffers' lives inside the kernel, by heap and size; those of plans with labels left out."""
    clock = [m.p50 for m in kernel(run, "clock") if "label" not in m.params]
    groups = {}
    for m in kernel(run, "phase"):
        if "label" not in m.params:
            groups.setdefault((m.params["heap"], m.params["size"]), {})[m.params["phase"]] = m
    return [Life(heap, size, next(iter(phases.values())).unit, phases, clock[0] if clock else 0)
            for (heap, size), phases in groups.items()]


def baselines(run):
    """What the instrument itself costs."""
    return run.of("baseline")


def distributions(run):
    """Every measurement that has samples."""
    return [m for m in run.measurements if m.hist is not None]


def counters(run):
    """Every exact counter that stands in no table of its instrument's own."""
    return [m for m in run.measurements
            if m.value is not None and m.low is None and m.bench not in OWN_TABLE]


def _blur(measurement):
    """How far a median may be off: half the width of its bucket, unless the samples were kept."""
    if measurement.n <= HISTOGRAM.raw:
        return 0
    bits = int(measurement.p50).bit_length()
    return ((1 << max(bits - HISTOGRAM.bits, 0)) - 1) / 2


def _compare(section, heap, base_section, base, op):
    """A list of one Comparison, or of none if the two share no size."""
    differences = []
    for size in section.sizes:
        if op == "pair":
            one, two = section.pair(heap, size), base_section.pair(base, size)
            if not one or not two or one.whole != two.whole:
                continue
            differences.append(Difference(size, one.value, two.value, one.blur + two.blur))
        else:
            one, two = section.get(heap, size, op), base_section.get(base, size, op)
            if one and two:
                differences.append(Difference(size, one.p50, two.p50, _blur(one) + _blur(two)))
    return [Comparison(heap, base, op, section, differences)] if differences else []


def _peer_section(every, section):
    """Where mainline's heap was measured the same way: it cannot scrub in any section."""
    if MAINLINE in section.heaps:
        return section
    peer = _same_but(every, section, "scrub", "label")
    return peer if peer and MAINLINE in peer.heaps else None


def _same_but(every, section, *names):
    """The scrubbed section that differs from `section` in the named parameters at most.

    Of several, the one with the same label, then the plain one.
    """
    def rest(one):
        return {key: value for key, value in one.rest.items() if key not in names}

    like = [one for one in every
            if one.scrubbed and one.unit == section.unit and rest(one) == rest(section)]
    like.sort(key=lambda one: (one.rest.get("label") != section.rest.get("label"), not one.plain))
    return like[0] if like else None
