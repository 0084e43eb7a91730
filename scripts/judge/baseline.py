# SPDX-License-Identifier: GPL-2.0
"""Baselines: runs that are kept, a folder for each platform, tool chain and plan.

A folder holds the newest run that was saved there, in small (run.json, and measurements.jsonl
without the pictures, which nothing judges), and history.jsonl, a line a run.
"""

import json
import re
from pathlib import Path

import cases
import comparability
import history
import plot
import rundir
import table
import trust
import units
import verdict
from errors import Missing

DEFAULT = Path(__file__).resolve().parents[2] / "results" / "baselines"
SCRIPT = Path(__file__).resolve().parent / "plots" / "history.gp"
PICTURE = "history.svg"


class NoBaseline(trust.Untrusted):
    """No baseline fits, or a run that cannot be one; the text says what to do."""


def folder_name(provenance):
    """The folder of a run: its platform, its tool chain as major.minor, its plan."""
    told = provenance
    words = [told["platform"], told["clock"]]
    words += [told[name] for name, usual in (("tee", "optee"), ("kernel", "release"))
              if told.get(name, usual) != usual]
    words += [f"gcc{_version(told['compiler'].rpartition(' ')[2])}"]
    if "qemu_version" in told:
        words.append(f"qemu{_version(told['qemu_version'])}")
    words += [f"linux{_version(told['kernel_release'])}", told["plan"]]
    if "module_cflags" in told:
        words.append(told["module_cflags"])
    return re.sub(r"[^a-zA-Z0-9._]+", "-", "-".join(words)).strip("-")


def _version(told):
    found = re.search(r"\d+\.\d+", told)
    return found.group() if found else "unknown"


def save(run_path, baselines):
    """Keep a run; returns what to tell. Raises NoBaseline, or what an untrustworthy run raises."""
    run = trust.load(run_path)
    _check_revision(run)
    folder = baselines / folder_name(run.provenance)
    lines = history.read(folder)
    told = run.provenance
    if any(line["date"] == told["started"] and line["commit"] == told["commit"] for line in lines):
        return f"{folder}: has this run already\n"
    before = rundir.load(folder) if (folder / rundir.PROVENANCE).exists() else None
    changed = [field for field, _, _ in comparability.differences(before, run)] if before else []
    entry = history.entry(run, cases.of_run(run, verdict.INTERVAL_ERROR), changed)
    if not entry["figures"]:
        raise NoBaseline(f"{run_path}: none of the key figures is in it; measure the plan quick, or full")
    newest = not lines or lines[-1]["date"] < told["started"]
    lines = sorted([*lines, entry], key=lambda line: line["date"])
    folder.mkdir(parents=True, exist_ok=True)
    if newest:
        _write_small(run, folder)
    _replace(folder / history.FILE, history.text(lines))
    return (f"{folder}: run {len(lines)} of its history, commit {told['commit'][:12]}"
            + ("" if newest else "; a newer run stays the baseline") + "\n")


def _check_revision(run):
    if "commit" not in run.provenance:
        raise NoBaseline(f"{run.path}: of no commit, and a history is one of commits: "
                         "measure in a git checkout")
    if run.provenance["dirty"]:
        raise NoBaseline(f"{run.path}: the checkout differed from its commit: commit, and measure again")


def _write_small(run, folder):
    """The run without series and maps; each file is there whole or as it was."""
    kept = {m.line for m in run.measurements if m.series is None and m.map is None}
    with open(run.path / rundir.RECORDS, encoding="utf-8") as file:
        records = [line for number, line in enumerate(file, start=1) if number in kept]
    provenance = {**run.provenance, "measurements": len(records)}
    _replace(folder / rundir.RECORDS, "".join(records))
    _replace(folder / rundir.PROVENANCE, json.dumps(provenance, indent=1) + "\n")


def _replace(file, content):
    new = file.with_name(file.name + ".new")
    new.write_text(content, encoding="utf-8")
    new.replace(file)


def all_of(baselines):
    """The folders of baselines there are, by name."""
    return sorted(path.parent for path in baselines.glob(f"*/{history.FILE}"))


def fitting(run_path, baselines):
    """The baseline that a run may be compared with. Raises NoBaseline, or Incomparable with the
    fields in which the nearest one differs."""
    run = trust.load(run_path)
    found = []
    for folder in all_of(baselines):
        differences = comparability.differences(rundir.load(folder), run)
        if not differences:
            return folder
        found.append((len(differences), folder, differences))
    if not found:
        raise NoBaseline(f"{baselines}: there is no baseline; save one with "
                         "`scripts/rheap baseline save RUN`")
    _, folder, differences = min(found, key=lambda one: one[:2])
    raise NoFit(folder, differences)


class NoFit(comparability.Incomparable):
    """No baseline fits. folder: the nearest one."""

    advice = "a run of this kind becomes a baseline by `scripts/rheap baseline save RUN`"

    def __init__(self, folder, differences):
        super().__init__(differences)
        self.args = (f"no baseline fits; of the nearest one, {folder.name}, differ "
                     + ", ".join(field for field, _, _ in differences),)


def show(folder, out):
    """The text of a baseline's history; its picture goes into out."""
    lines = history.read(folder)
    clock = rundir.load(folder).provenance["clock"]
    figures = history.figures(lines, clock)
    out.mkdir(parents=True, exist_ok=True)
    svg = out / PICTURE
    draw(svg, lines, figures, clock)
    told = [f"{folder.name}: {len(lines)} runs, {_run(lines[0])} to {_run(lines[-1])}"]
    rows = [("", "first", "last", "change", "unit")]
    rows += [(f.name, units.exact(f.values[0]), units.exact(f.values[-1]),
              _change(f.values[0], f.values[-1]), f.unit) for f in figures]
    told += table.columns(rows)
    told += [f"{_run(lines[f.at[c.at]])}: {f.name}: {units.exact(c.before)} to {units.exact(c.after)}, "
             f"{_change(c.before, c.after)}" + ("" if c.confirmed else "; to be confirmed by the next run")
             for f in figures for c in f.changes] or ["no figure changed"]
    told += [f"{_run(line)}: measured otherwise: {', '.join(line['changed'])}"
             for line in lines if "changed" in line]
    return "\n".join([*told, str(svg)]) + "\n"


def _run(line):
    return f"{line['date'][:10]} {line['commit'][:12]}"


def _change(before, after):
    change = after - before
    if not before or not change:
        return units.exact(change)
    return f"{'+' if change > 0 else ''}{units.percent(change / abs(before))}"


def draw(svg, lines, figures, clock):
    """A panel a figure, over the commits; changes are marked."""
    blocks = []
    for figure in figures:
        marks = {c.at: c.confirmed for c in figure.changes}
        rows = []
        for number, (at, value) in enumerate(zip(figure.at, figure.values)):
            sure, doubtful = (value if marks.get(number) is kind else "?" for kind in (True, False))
            other = value if "changed" in lines[at] else "?"
            rows.append(f'{at} {value} {sure} {doubtful} {other} "{lines[at]["commit"][:7]}"')
        blocks.append("\n".join(rows))
    data = svg.with_suffix(".dat")
    data.write_text("\n\n\n".join(blocks) + "\n", encoding="utf-8")
    plot.draw(SCRIPT, data, svg, rundir.CLOCK_UNIT[clock], len(figures), len(lines),
              " ".join(figure.name.replace(" ", "\N{NO-BREAK SPACE}") for figure in figures))
    data.unlink()


def _act_save(options):
    return save(options.run, options.baselines)


def _act_find(options):
    return f"{fitting(options.run, options.baselines)}\n"


def _act_show(options):
    folders = all_of(options.baselines)
    if options.name:
        folders = [folder for folder in folders if folder.name == options.name]
    if not folders:
        what = f"no baseline '{options.name}'" if options.name else "no baseline yet"
        raise Nothing(f"{options.baselines}: {what}; there are: "
                      + (" ".join(folder.name for folder in all_of(options.baselines)) or "none"))
    return "\n".join(show(folder, (options.out or options.baselines) / folder.name) for folder in folders)


class Nothing(Missing):
    """What should be shown is not there."""


ACTIONS = {"baseline-save": _act_save, "baseline-find": _act_find, "baseline-show": _act_show}


def add_arguments(actions):
    """The actions' command lines."""
    for name in ACTIONS:
        action = actions.add_parser(name)
        action.add_argument("--baselines", type=Path, default=DEFAULT)
        if name == "baseline-show":
            action.add_argument("name", nargs="?")
            action.add_argument("--out", type=Path)
        else:
            action.add_argument("run", type=Path)
