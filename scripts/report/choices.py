# SPDX-License-Identifier: GPL-2.0
"""Settings of the page heap: which order table, how much in a call, a pool or not, in whole and in torn memory."""

from dataclasses import dataclass

import units
from panel import Panel

BENCH = "orders"
TITLE = "Page orders and limits of calls"
FIGURE = "Page orders: what a buffer costs, and how many entries of a TLB hold it"
NOTE = ("Torn is the unusable index that memory was brought to for blocks of an order: the share of free memory that "
        "is in none. Of calls, ranges, entries (of the scatterlist), bytes over what was asked for and TLB entries "
        "the mean of a buffer is shown; TLB entries are what an IOMMU with the page sizes of the plan needs, reach "
        "what one of them holds.")
COLUMNS = ("orders", "a call carries", "policy", "torn", "reclaim", "size", "alloc p50", "p99", "free p50", "calls",
           "ranges", "entries", "over", "TLB entries", "TLB reach")
WORDS = 5
BASE = "8,4,0"


@dataclass(frozen=True)
class Choice:
    """One combination. of: (metric, op) to measurement. skipped: an error's name, or None."""

    orders: str
    limits: tuple
    preset: str
    policy: str
    torn: tuple
    reclaim: str
    size: int
    label: str
    of: dict
    skipped: str

    @property
    def cost(self):
        """The median of an alloc and a free together, or None."""
        m = self.of.get(("latency", "cycle"))
        return m.p50 if m else None

    def mean(self, metric, op=None):
        m = self.of.get((metric, op))
        return m.mean if m else None

    @property
    def whole(self):
        """True in memory as it was after boot."""
        return not self.torn[0]


def choices(run):
    """Every combination, in the run's order."""
    groups = {}
    for m in run.of(BENCH):
        p = m.params
        if "orders" not in p:
            continue
        torn = (p.get("index", 0), p.get("order"), p.get("pages"))
        key = (p["orders"], (p.get("batch_entries"), p.get("batch_bytes")), p.get("preset"), p.get("policy"), torn,
               p.get("reclaim"), p.get("size"), p.get("label"))
        groups.setdefault(key, []).append(m)
    found = []
    for key, members in groups.items():
        reasons = [m.params["reason"] for m in members if m.metric == "skipped"]
        found.append(Choice(*key, {(m.metric, m.params.get("op")): m for m in members}, reasons[0] if reasons else None))
    return found


def _first_limits(found):
    """The combinations with the limits that were swept first, so that tables differ in nothing else."""
    return [c for c in found if c.limits == found[0].limits and c.preset == found[0].preset]


def _plain(run):
    """In whole memory, lent for each buffer."""
    return [c for c in choices(run) if c.whole and c.policy == "buffer" and c.cost]


def findings(run):
    """Sentences: the tables against each other, what limits of calls cost, a pool, torn memory."""
    plain = _plain(run)
    return _tables(plain) + _limits(plain) + _pool(run, plain) + _torn(run)


def _tables(plain):
    if not plain:
        return []
    its = _first_limits(plain)
    size = max(c.size for c in its)
    costs = {c.orders: c for c in its if c.size == size}
    if len(costs) < 2:
        return []
    best, worst = (pick(costs.values(), key=lambda c: c.cost) for pick in (min, max))
    text = (f"A buffer of {units.size_words(size)} costs least by order table {{{best.orders}}} "
            f"({units.with_unit(best.cost, best.of['latency', 'cycle'].unit)} for an alloc and a free), and "
            f"{units.times(worst.cost / best.cost)} times that by {{{worst.orders}}}")
    if BASE in costs and BASE not in (best.orders, worst.orders):
        text += f"; by mainline's {{{BASE}}} {units.times(costs[BASE].cost / best.cost)} times"
    return [text + "."]


def _carries(choice):
    entries, size = choice.limits
    if choice.preset:
        return choice.preset
    return f"{entries} ranges" + (f", {units.size(size)}" if size else "")


def _limits(plain):
    """The largest size by the table that takes most ranges: the loosest limits against the tightest."""
    found = {}
    for c in plain:
        found.setdefault((c.orders, c.size), []).append(c)
    pairs = [(min(its, key=lambda c: c.mean("tee_calls", "alloc")), max(its, key=lambda c: c.mean("tee_calls", "alloc")))
             for its in found.values() if len(its) > 1]
    pairs = [(few, many) for few, many in pairs if many.mean("tee_calls", "alloc") > few.mean("tee_calls", "alloc")]
    if not pairs:
        return []
    few, many = max(pairs, key=lambda pair: pair[1].cost / pair[0].cost)
    where = "calls are as" if many.preset else "a call carries"
    return [f"Where {where} {_carries(many)} and not {_carries(few)}, {units.size_words(many.size)} of "
            f"{{{many.orders}}} take {units.exact(round(many.mean('tee_calls', 'alloc')))} calls to be lent and not "
            f"{units.exact(round(few.mean('tee_calls', 'alloc')))}, and cost {units.times(many.cost / few.cost)} times as "
            "much."]


def _pool(run, plain):
    pooled = {(c.orders, c.size): c for c in choices(run) if c.whole and c.policy == "pool" and c.cost}
    pairs = [(c, pooled[c.orders, c.size]) for c in _first_limits(plain) if (c.orders, c.size) in pooled] if plain else []
    if not pairs:
        return []
    without, kept = max(pairs, key=lambda pair: (pair[0].orders == BASE, pair[0].cost / pair[1].cost))
    return [f"Kept in a pool between two buffers, {units.size_words(kept.size)} of {{{kept.orders}}} cost "
            f"{units.with_unit(kept.cost, kept.of['latency', 'cycle'].unit)}: "
            f"{units.times(without.cost / kept.cost)} times less."]


def _torn(run):
    whole = {(c.orders, c.limits, c.size): c for c in _plain(run)}
    pairs = [(c, whole[c.orders, c.limits, c.size]) for c in choices(run)
             if not c.whole and c.cost and c.policy == "buffer" and (c.orders, c.limits, c.size) in whole]
    failed = [c for c in choices(run) if not c.whole and c.skipped]
    says = []
    if pairs:
        torn, was = max(pairs, key=lambda pair: pair[0].cost / pair[1].cost)
        says.append(f"Torn memory (unusable index {torn.torn[0] / 1000:.2f} for blocks of order {torn.torn[1]}) makes "
                    f"{units.size_words(torn.size)} of {{{torn.orders}}} cost {units.times(torn.cost / was.cost)} times as "
                    f"much; they have {units.exact(round(torn.mean('entries')))} entries, and "
                    f"{units.exact(round(was.mean('entries')))} in whole memory.")
    if failed:
        says.append(f"In torn memory {len(failed)} of {len([c for c in choices(run) if not c.whole])} combinations had "
                    "no buffer: a table without single pages needs blocks that are no more.")
    return says


def rows(run):
    """A row a combination, under COLUMNS."""
    return [_row(choice) for choice in choices(run)]


def _row(choice):
    index, order, pages = choice.torn
    torn = f"{index / 1000:.2f} of order {order}, {pages}" if index else ""
    head = [choice.orders, _carries(choice), choice.policy or "", torn, choice.reclaim or "", units.size(choice.size)]
    if choice.skipped:
        return head + [f"skipped: {choice.skipped}"] + [""] * (len(COLUMNS) - 7)
    alloc, free = choice.of.get(("latency", "alloc")), choice.of.get(("latency", "free"))

    def mean(metric, op=None, size=False):
        value = choice.mean(metric, op)
        if value is None:
            return ""
        return units.size_words(round(value)) if size and value else f"{value:,.4g}"

    return head + [units.exact(alloc.p50) if alloc else "", units.exact(alloc.p99) if alloc else "",
                   units.exact(free.p50) if free else "", mean("tee_calls", "alloc"), mean("tee_ranges", "alloc"),
                   mean("entries"), mean("over_bytes", size=True), mean("tlb_entries"),
                   mean("tlb_reach", size=True)]


def panels(run):
    """Costs over the size, a line a table: in whole memory, by limits, in torn memory; and TLB entries."""
    plain = _plain(run)
    if not plain:
        return []
    unit = units.UNIT_NAME[plain[0].of["latency", "cycle"].unit]
    drawn = []
    for what in _pictured(run, plain):
        its = [c for c in choices(run) if c.cost and _way(c) == what]
        drawn.append(Panel(_way_words(its[0]), "KiB", unit, _lines(its, lambda c: c.cost), True, True))
    tlb = [c for c in _first_limits(plain) if c.mean("tlb_entries")]
    if tlb:
        drawn.append(Panel("TLB entries of a buffer", "KiB", "entries", _lines(tlb, lambda c: c.mean("tlb_entries")),
                           True, True))
    return drawn


def _way(choice):
    return choice.limits, choice.preset, choice.policy, choice.torn, choice.reclaim


def _pictured(run, plain):
    """Ways that get a panel: the loosest and the tightest limits, a pool, and each kind of torn memory once."""
    costly = [c for c in choices(run) if c.cost]
    first = _way(plain[0])
    tightest = max(plain, key=lambda c: c.mean("tee_calls", "alloc") or 0)
    others = {}
    for c in costly:
        if c.policy != first[2] or not c.whole:
            others.setdefault((c.policy, c.torn), _way(c))
    return list(dict.fromkeys([first, _way(tightest), *others.values()]))


def _way_words(choice):
    if choice.whole:
        return f"{choice.policy}, {_carries(choice)} a call"
    return f"torn {choice.torn[0] / 1000:.2f} of order {choice.torn[1]}, {choice.torn[2]}"


def _lines(found, value):
    lines = {}
    for c in found:
        lines.setdefault(f"{{{c.orders}}}", []).append((c.size / 1024, value(c)))
    return {name: sorted(points) for name, points in lines.items()}
