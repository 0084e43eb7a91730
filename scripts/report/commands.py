# SPDX-License-Identifier: GPL-2.0
"""Whole commands that hyperfine timed, and what perf counted: files beside a run's measurements."""

import json
from dataclasses import dataclass

TITLE = "Whole commands"
NOTE = ("By hyperfine: in boots of their own, under the run's clock but for 'rheap exec', which is a whole boot on "
        "the host, in its time. Under icount a second is 1,000,000,000 instructions. A command that can be given once in "
        "a boot was timed once.")
COLUMNS = ("command", "n", "median", "mean", "min", "max")
PERF_TITLE = "perf stat of each entry"
PERF_NOTE = ("In a boot of its own, by perf in the machine: instructions are those that its performance counter saw in "
             "the normal world.")
PERF_COLUMNS = ("entry", "event", "count")
FILE, PERF = "hyperfine.json", "perf"


@dataclass(frozen=True)
class Command:
    """A command's times in seconds."""

    name: str
    times: list

    @property
    def median(self):
        ordered = sorted(self.times)
        middle = len(ordered) // 2
        return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def commands(run):
    """What hyperfine timed, by its own file; nothing if there is none."""
    try:
        found = json.loads((run.path / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [Command(one["command"], one["times"]) for one in found["results"]]


def rows(run):
    """A row a command, under COLUMNS."""
    return [[c.name, str(len(c.times)), *(_seconds(value) for value in
             (c.median, sum(c.times) / len(c.times), min(c.times), max(c.times)))] for c in commands(run)]


def _seconds(value):
    return f"{value:.3f} s" if value >= 1 else f"{1000 * value:.3f} ms"


def perf_rows(run):
    """A row an entry and event, under PERF_COLUMNS."""
    found = []
    for file in sorted((run.path / PERF).glob("*.stat.json")):
        for line in file.read_text(encoding="utf-8").splitlines():
            event = json.loads(line)
            if event["counter-value"].replace(".", "", 1).isdigit():
                found.append([file.name.removesuffix(".stat.json"), event["event"],
                              f"{float(event['counter-value']):,.0f}"])
    return found
