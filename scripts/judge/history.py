# SPDX-License-Identifier: GPL-2.0
"""The history of a baseline: history.jsonl, a run a line, checked by results/schema.

A line holds the key figures of a run: what the README's table answers, in few numbers.
"""

import json
from dataclasses import dataclass

import changes
import rundir
import verdict
from errors import BadRun

FILE = "history.jsonl"
# bench: parameters and what they may be. Heaps take no other parameter, such as a label.
HEAPS = {"restricted_carveout", "direct_carveout", "restricted_mtk_cm", "restricted_pages"}
KEY_FIGURES = {
    "latency": {"heap": HEAPS, "size": {4096, 1 << 20}, "op": {"alloc", "free"}, "threads": {1}},
    "tee_rtt": {"step": {"nop"}},
    "replay": {"heap": {"restricted_mtk_cm", "restricted_pages"}, "trace": None, "pace": {"fast"}},
}
METRICS = {"latency": "latency", "tee_rtt": "latency", "replay": "tee_calls"}


@dataclass(frozen=True)
class Figure:
    """One key figure over the runs that have it. at: their places in the history."""

    name: str
    unit: str
    at: list
    values: list
    changes: list


def entry(run, found, changed):
    """A run's line. found: its cases; changed: key fields that are not as in the run before."""
    told = run.provenance
    line = {"commit": told["commit"], "date": told["started"],
            "figures": {case.name: {"unit": case.unit, "value": case.value, "low": case.low,
                                    "high": case.high}
                        for case in found.values() if _is_key(case)}}
    return {**line, "changed": changed} if changed else line


def _is_key(case):
    asked = KEY_FIGURES.get(case.bench)
    return (asked is not None and case.metric == METRICS[case.bench]
            and case.params.keys() == asked.keys()
            and all(among is None or case.params[name] in among for name, among in asked.items()))


def read(folder):
    """The lines of a baseline's history, the oldest first. Raises BadRun, or Missing."""
    file = folder / FILE
    if not file.exists():
        return []
    lines, problems = [], []
    for number, raw in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        line, wrong = rundir.checked("history", raw)
        problems += [f"{file}:{number}: {text}" for text in wrong]
        lines.append(line)
    if problems:
        raise BadRun(problems)
    return sorted(lines, key=lambda line: line["date"])


def text(lines):
    """The lines as the file's text."""
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)


def figures(lines, clock):
    """Every key figure of a history as a Figure, with its changes."""
    names = dict.fromkeys(name for line in lines for name in line["figures"])
    return [_figure(lines, name, clock) for name in names]


def _figure(lines, name, clock):
    at = [place for place, line in enumerate(lines) if name in line["figures"]]
    told = [lines[place]["figures"][name] for place in at]
    values = [changes.Value(one["value"], one["low"], one["high"]) for one in told]
    plain = [value.value for value in values]
    # What is counted has no scatter, whatever the clock
    if told[-1]["unit"] == "count":
        found = changes.steps(values, verdict.Floor(0, 0))
    elif clock == "wall":
        found = changes.shifts(plain, verdict.WALL_FLOOR)
    else:
        found = changes.steps(values, verdict.Floor())
    return Figure(name, told[-1]["unit"], at, plain, found)
