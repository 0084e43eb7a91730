# SPDX-License-Identifier: GPL-2.0
"""Sentences that say in plain words what was found. Every figure in them is computed."""

import chapters
import fragmentation
import names
import overhead
import sessions
import tables
import units

OP_WORDS = {"alloc": "an alloc", "free": "a free", "pair": "an alloc and a free together"}


def models(run):
    """What of the run is modelled: whatever a reader takes from it, this is told first."""
    return [f"Modelled, not measured: {model}." for model in run.provenance.get("models", [])]


def missing(run):
    """What the plan named and the machine has not: heap by heap, and so not measured."""
    where = {}
    for m in run.measurements:
        if m.metric == "skipped" and m.params.get("reason") == "ENOENT" and "heap" in m.params:
            where.setdefault(m.params["heap"], []).append(
                " ".join([m.bench, *filter(None, [m.params.get("label")])]))
    return [f"Skipped: this machine has no heap {heap}, which {units.names(entries)} named."
            for heap, entries in where.items()]


def framework(run):
    """What the framework costs: one sentence per heap and section, for both ops together."""
    return [_framework_sentence(c) for c in tables.framework(run) if c.op == "pair"]


def mainline(run):
    """Ours against mainline's heap, without scrubbing."""
    found = []
    for c in tables.against_mainline(run):
        ratios = [d for d in c.differences if d.ratio is not None]
        if not ratios:
            continue
        first = ratios[0]
        text = (f"Without scrubbing, {c.other} takes {units.times(first.ratio)} times what "
                f"{c.base} takes for {OP_WORDS['pair']} at {units.size_words(first.size)}")
        if len(ratios) > 1:
            text += "; " + _range(ratios, lambda d: d.ratio, units.times)
        found.append(text + ".")
    return found


def scrub(run):
    """What zeroing costs, at the smallest and the largest size."""
    found = []
    for c in tables.scrub(run):
        ends = [c.differences[0]] if len(c.differences) == 1 else [c.differences[0], c.differences[-1]]
        parts = [f"{units.with_unit(d.cost, c.section.unit)} at {units.size_words(d.size)}" for d in ends]
        found.append(f"Scrubbing costs {c.other} " + " and ".join(parts) + ".")
    return found


def kernel(run):
    """Dispatch, the core, and the twins inside the kernel; and whether the clock counts right."""
    return _dispatch(run) + _lives(run) + _known(run)


def everything(run):
    """All sentences, the most asked for first."""
    found = (models(run) + overhead.findings(run) + framework(run) + kernel(run) + mainline(run) + scrub(run)
             + ladder(run) + sessions.findings(run) + fragmentation.findings(run)
             + chapters.findings(run))
    return found + [text for section in tables.sections(run) for text in latency(section)]


def latency(section):
    """The cheapest and the dearest heap for alloc and free, at the smallest and the largest size."""
    found = []
    for op in ("alloc", "free"):
        ends = [section.sizes[0]] if len(section.sizes) == 1 else [section.sizes[0], section.sizes[-1]]
        parts = []
        for size in ends:
            costs = {heap: section.p50(heap, size, op) for heap in section.heaps}
            costs = {heap: cost for heap, cost in costs.items() if cost is not None}
            if len(costs) < 2:
                continue
            low, high = min(costs, key=costs.get), max(costs, key=costs.get)
            parts.append(f"at {units.size_words(size)} from {units.with_unit(costs[low], section.unit)} "
                         f"({low}) to {units.exact(costs[high])} ({high})")
        if parts:
            found.append(_where(section, f"{OP_WORDS[op]} costs {'; '.join(parts)} at the median."))
    return found


def ladder(run):
    """What the cheapest call into the memory service costs, and its share of an alloc."""
    steps = tables.ladder(run)
    call = tables.no_op_call(run)
    if not steps or not call:
        return []
    first = steps[0]
    text = (f"A call into the secure world that does nothing costs "
            f"{units.with_unit(call.p50, call.unit)} at the median")
    if first is not call and first.p50:
        text += (f", {units.times(call.p50 / first.p50)} times the ladder's first rung "
                 f"({units.exact(first.p50)}, {names.step(first)})")
    return [text + _share_of_alloc(run, call) + "."]


PROTECTIONS = {
    "none": "without protection of branches",
    "pac": "with signed return addresses",
    "bti": "with branch targets marked",
    "pac_bti": "with signed return addresses and branch targets marked",
    "retpoline": "with retpolines",
}


def _dispatch(run):
    found = []
    for d in tables.dispatches(run):
        if d.price is None:
            continue
        code = PROTECTIONS[d.protection] + (", as this kernel is built" if d.as_built else "")
        text = (f"In code {code}, a call through the heap's ops costs "
                f"{units.with_unit(d.price, d.unit)} more than a direct call of the same function "
                f"({units.exact(d.costs['ops'])} and {units.exact(d.costs['direct'])}, the loop "
                "around them taken off)")
        if "ops_absent" in d.costs:
            text += (f"; to look for an optional op that is not there costs "
                     f"{units.exact(d.costs['ops_absent'])}")
        found.append(text + ".")
    return found


def _lives(run):
    """At each heap's smallest size: the core's share; and the twin beside it."""
    every = tables.lives(run)
    least = {}
    for life in every:
        if life.heap not in least or life.size < least[life.heap].size:
            least[life.heap] = life
    found = []
    for heap, life in least.items():
        if not life.by_ops or not life.pair:
            continue
        text = (f"For an in-kernel user, an alloc and a free of {units.size_words(life.size)} from "
                f"{heap} cost {units.with_unit(life.pair, life.unit)}, of which the core around the "
                f"provider's ops takes {units.exact(life.core)} ({units.percent(life.core / life.pair)})")
        twin = least.get(tables.TWIN_OF.get(heap))
        if twin and twin.size == life.size:
            text += f"; its twin costs {units.exact(twin.pair)}"
        found.append(text + ".")
    return found


def _known(run):
    loops = tables.known_loops(run)
    if not loops:
        return []
    number, cost = max(loops)
    return [f"Cross-check of the clock: a loop of {units.exact(number)} instructions in the kernel "
            f"was measured as {units.exact(cost)}."]


def _where(section, sentence):
    """The sentence with the section's conditions before it."""
    if section.plain:
        return sentence[0].upper() + sentence[1:]
    title = section.title.partition(", as")[0]
    return f"{title[0].upper()}{title[1:]}: {sentence}"


def _framework_sentence(c):
    resolved = [d for d in c.differences if d.resolved]
    lost = [units.size_words(d.size) for d in c.differences if not d.resolved]
    too_fine = f"what {c.other} costs over its twin {c.base} is less than the histogram tells apart"
    if not resolved:
        return _where(c.section, f"{too_fine} at {', '.join(lost)}.")
    first = resolved[0]
    verb = "costs" if first.cost >= 0 else "saves"
    text = f"the framework {verb} {units.with_unit(abs(first.cost), c.section.unit)}"
    if first.blur >= 1:
        text += f" ± {units.exact(first.blur)}"
    if first.fraction is not None:
        text += f" ({units.percent(abs(first.fraction))})"
    text += (f" at {units.size_words(first.size)}, for {OP_WORDS['pair']}, "
             f"{c.other} over its twin {c.base}")
    if len(resolved) > 1:
        text += "; " + _range(resolved, lambda d: d.cost, units.exact, lambda d: d.blur)
    if lost:
        text += f"; less than the histogram tells apart at {', '.join(lost)}"
    return _where(c.section, text + ".")


def _range(differences, key, shown, blur=lambda d: 0):
    """From the least to the most over the sizes, or the one figure that holds at all."""
    def figure(d):
        return shown(key(d)) + (f" ± {units.exact(blur(d))}" if blur(d) >= 1 else "")

    low, high = min(differences, key=key), max(differences, key=key)
    least, most = figure(low), figure(high)
    if least == most:
        return f"{least} at each of {len(differences)} sizes"
    return (f"over {len(differences)} sizes from {least} ({units.size_words(low.size)}) "
            f"to {most} ({units.size_words(high.size)})")


def _share_of_alloc(run, call):
    for section in tables.sections(run):
        if tables.TEE_HEAP not in section.heaps or section.unit != call.unit:
            continue
        for size in section.sizes:
            alloc = section.p50(tables.TEE_HEAP, size, "alloc")
            if alloc:
                return (f"; that is {units.percent(call.p50 / alloc)} of an alloc of "
                        f"{units.size_words(size)} from {tables.TEE_HEAP} ({units.exact(alloc)})")
    return ""
