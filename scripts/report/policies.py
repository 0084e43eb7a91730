# SPDX-License-Identifier: GPL-2.0
"""For how long memory stays lent: what each policy costs, what it holds, how soon it gives that back."""

from dataclasses import dataclass

import units
from panel import Panel

BENCH = "policy"
TITLE = "For how long memory stays lent"
FIGURE = "For how long memory stays lent: a lone buffer's price, and what is held when all are gone"
NOTE = ("A lone buffer comes and goes, so many ms apart; calls are of each, with those off its path. Held is what the "
        "TEE counts as lent when the last of several buffers was freed; back is from before the first of them is "
        "freed until nothing is lent: when the heap is left alone (idle), and when the kernel asks at once for all "
        "that it can have (pressed), with the calls into the TEE that this takes.")
COLUMNS = ("heap", "policy", "size", "ms apart", "alloc p50", "max", "free p50", "calls", "held", "idle: back",
           "pressed: back", "calls")
WORDS = 2
DYNAMIC = "optee-dynamic"
PEER = "protected,secure-video"
# An allocation that takes so many times the median is said to wait
SPIKE = 10


@dataclass(frozen=True)
class Lone:
    """One buffer that comes and goes. ops: op to distribution. calls: into the TEE, of all."""

    pause: int
    ops: dict
    calls: int

    def calls_each(self):
        """Calls into the TEE a buffer; None where they were not counted."""
        return None if self.calls is None else self.calls / self.ops["cycle"].n


@dataclass(frozen=True)
class Trial:
    """A heap under a policy ("" for one that has none) with buffers of one size.

    lone: pause to Lone. back: idle and pressed to metric to measurement. skipped: an error's name, or None.
    """

    heap: str
    policy: str
    size: int
    tee: str
    buffers: int
    lone: dict
    back: dict
    skipped: str

    def name(self):
        """The heap and its policy."""
        return f"{self.heap}, {self.policy}" if self.policy else self.heap

    def held(self):
        """Bytes that are lent when the last buffer was freed; None where that was not seen."""
        found = self.back.get("idle", {}).get("held")
        return found and found.p50


def trials(run):
    """Every one, in the run's order."""
    groups = {}
    for m in run.of(BENCH):
        p = m.params
        groups.setdefault((p["heap"], p.get("policy", ""), p.get("size"), p.get("label")), []).append(m)
    return [_trial(key, members) for key, members in groups.items()]


def _trial(key, members):
    lone, back, buffers = {}, {}, None
    for pause in sorted({m.params["pause"] for m in members if "pause" in m.params}):
        its = [m for m in members if m.params.get("pause") == pause]
        calls = [m.value for m in its if m.metric == "tee_calls"]
        lone[pause] = Lone(pause, {m.params["op"]: m for m in its if m.metric == "latency"}, calls[0] if calls else None)
    for m in members:
        if "when" in m.params:
            buffers = m.params["buffers"]
            back.setdefault(m.params["when"], {})[m.metric] = m
    reasons = [m.params["reason"] for m in members if m.metric == "skipped"]
    heap, policy, size, _ = key
    return Trial(heap, policy, size, members[0].params.get("tee"), buffers, lone, back, reasons[0] if reasons else None)


def findings(run):
    """Sentences: what a lone buffer costs, who waits, what is held, and how soon it is back."""
    found = [t for t in trials(run) if t.lone and {"idle", "pressed"} <= set(t.back)]
    if not found:
        return []
    small = [t for t in found if t.size == min(t.size for t in found)]
    large = [t for t in found if t.size == max(t.size for t in found)]
    return [_alone(small), *_spike(found), _held(large), _returned(large)]


def _alone(found):
    pause = max(found[0].lone)
    costs = {_called(t): t.lone[pause].ops["cycle"] for t in found}
    least = min(costs.values(), key=lambda m: m.p50)
    parts = [f"{units.with_unit(m.p50, m.unit)} of {name}" for name, m in sorted(costs.items(), key=lambda i: i[1].p50)]
    most = max(costs.values(), key=lambda m: m.p50)
    return (f"A lone buffer of {units.size_words(found[0].size)} that comes and goes {pause} ms apart costs, allocated "
            f"and freed, {units.names(parts)}: the dearest {units.times(most.p50 / least.p50)} times the cheapest.")


def _called(trial):
    if trial.heap == PEER and (trial.tee or "").startswith(DYNAMIC):
        return "mainline's dynamic pool"
    return trial.name()


def _spike(found):
    waits = [(t, lone) for t in found for lone in t.lone.values()
             if lone.ops["alloc"].max > SPIKE * lone.ops["alloc"].p50]
    if not waits:
        return ["No allocation of a lone buffer took "
                f"{SPIKE} times its median: nobody waits for what is done off their path."]
    trial, lone = max(waits, key=lambda w: w[1].ops["alloc"].max / w[1].ops["alloc"].p50)
    alloc = lone.ops["alloc"]
    return [f"Who allocates may wait for what is done off their path: {lone.pause} ms apart, of {_called(trial)} with "
            f"{units.size_words(trial.size)}, {units.with_unit(alloc.max, alloc.unit)} at worst, "
            f"{units.times(alloc.max / alloc.p50)} times the median."]


def _held(found):
    parts = [f"{_called(t)} {units.mebibytes(t.held()) if t.held() else 'nothing'}" for t in found]
    return (f"When the last of {found[0].buffers} buffers of {units.size_words(found[0].size)} is freed, {units.names(parts)} "
            "stays lent.")


def _returned(found):
    keeping = [t for t in found if t.held()]
    if not keeping:
        return "All memory is the kernel's again when the last buffer is freed."
    parts = []
    for t in keeping:
        pressed, calls = t.back["pressed"]["back"], t.back["pressed"].get("back_calls")
        told = f" and {units.exact(calls.p50)} call{'' if calls.p50 == 1 else 's'}" if calls else ""
        parts.append(f"{_called(t)} {units.with_unit(pressed.p50, pressed.unit)}{told}")
    idle = [t.back["idle"]["back"].p50 for t in keeping]
    unit = keeping[0].back["idle"]["back"].unit
    return (f"When the kernel wants it, it takes {units.names(parts)} until all of it is back, the buffers' frees included; "
            f"left alone, {units.with_unit(min(idle), unit)} to {units.exact(max(idle))}.")


def rows(run):
    """A row a pause of a trial, under COLUMNS; what is of all buffers stands in the first."""
    return [row for t in trials(run) for row in _rows(t)]


def _rows(trial):
    head = [trial.heap, trial.policy, "" if trial.size is None else units.size(trial.size)]
    if trial.skipped:
        return [head + [f"skipped: {trial.skipped}"] + [""] * (len(COLUMNS) - 4)]
    rest = _back(trial)
    made = []
    for lone in trial.lone.values():
        alloc, free, calls = lone.ops["alloc"], lone.ops["free"], lone.calls_each()
        made.append(head + [str(lone.pause), units.exact(alloc.p50), units.exact(alloc.max), units.exact(free.p50),
                            "" if calls is None else units.exact(calls)] + rest)
        rest = [""] * 4
    return made


def _back(trial):
    def exact(when, metric):
        m = trial.back.get(when, {}).get(metric)
        return "" if m is None else units.exact(m.p50)

    held = trial.held()
    return ["" if held is None else units.mebibytes(held), exact("idle", "back"), exact("pressed", "back"),
            exact("pressed", "back_calls")]


def panels(run):
    """Lone buffers over size, a panel a pause; what is held over time; when it is back over what was freed."""
    found = [t for t in trials(run) if t.lone and {"idle", "pressed"} <= set(t.back)]
    if not found:
        return []
    unit = units.UNIT_NAME[next(iter(found[0].lone.values())).ops["cycle"].unit]
    drawn = []
    for pause in found[0].lone:
        lines = {}
        for t in found:
            if pause in t.lone:
                lines.setdefault(t.name(), []).append((t.size / 1024, t.lone[pause].ops["cycle"].p50))
        drawn.append(Panel(f"a lone buffer, {pause} ms apart: alloc and free", "KiB", unit, lines, True, True))
    return drawn + [_course(found), _pressed(found, unit)]


def _course(found):
    large = [t for t in found if t.size == max(t.size for t in found)]
    lines = {t.name(): _steps(t.back["idle"]["course"].series) for t in large}
    return Panel(f"lent after {large[0].buffers} buffers of {units.size_words(large[0].size)}, left alone", "ms",
                 "MiB", lines)


def _steps(series):
    """Corners in ms and MiB of a line that stays at a value until the next."""
    before = [held for _, held in series]
    corners = [corner for (at, held), last in zip(series, before[:1] + before) for corner in ((at, last), (at, held))]
    return [(at / 1000, held / 2 ** 20) for at, held in dict.fromkeys(corners)]


def _pressed(found, unit):
    lines = {}
    for t in found:
        lines.setdefault(t.name(), []).append((t.size * t.buffers / 2 ** 20, t.back["pressed"]["back"].p50))
    return Panel("until all is back, when the kernel wants it", "MiB freed", unit, lines, True, True)
