# SPDX-License-Identifier: GPL-2.0
"""Baselines: a run kept for each machine and tool chain, and what runs before it had told.

A baseline is a folder results/baselines/KEY: a run folder (run.json, measurements.jsonl), and
history.jsonl, a line for each run that was ever saved there: when, of which commit, and its
key figures.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import cases
import changes
import rundir
import trust
import units
from errors import Missing, ReportError

HISTORY = "history.jsonl"
SCRIPT = Path(__file__).resolve().parent / "plots" / "history.gp"
KEY_SIZES = (4096, 1 << 20)
MOST_PANELS = 12


class NoBaseline(ReportError):
    """There is none, or a history that cannot be read."""

    exit_code = 64


def key(run):
    """Machine and tool chain of a run in a folder's name."""
    told = run.provenance
    words = [told["platform"], told["clock"], told.get("tee", "optee"), told["kernel"],
             told["kernel_release"], re.sub(r"\(.*?\)", "", told["compiler"]), told["plan"]]
    return "-".join(re.sub(r"[^A-Za-z0-9.]+", "_", word).strip("_") for word in words)


def save(path, baselines):
    """Keep the run at path as the baseline of its machine; its folder."""
    run = trust.load(path)
    folder = baselines / key(run)
    folder.mkdir(parents=True, exist_ok=True)
    told = {name: run.provenance[name] for name in ("started", "commit", "dirty") if name in run.provenance}
    kept = {case.name: {"value": case.value, "unit": case.unit} for case in figures(run)}
    lines = [line for line in history(folder) if line["started"] != told["started"]]
    lines = sorted(lines + [{**told, "figures": kept}], key=lambda line: line["started"])
    for name in (rundir.PROVENANCE, rundir.RECORDS):
        if run.path.resolve() != folder.resolve():
            shutil.copyfile(run.path / name, folder / name)
    scratch = folder / f"{HISTORY}.new"
    scratch.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    scratch.replace(folder / HISTORY)
    return folder


def figures(run):
    """What of a run goes into its history: what buffers cost whole, a call into the TEE, counts."""
    return [case for case in cases.of_run(run, 0.05).values() if _is_key(case)]


def _is_key(case):
    if case.control or "label" in case.params:
        return False
    if case.bench == "latency":
        return case.params.get("op") == "cycle" and case.params.get("size") in KEY_SIZES
    return case.params.get("step") == "nop" or case.metric == "tee_calls"


def history(folder):
    """The lines of a baseline's history, in order."""
    file = folder / HISTORY
    if not file.is_file():
        return []
    lines = []
    for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            line = json.loads(text)
            line["started"], line["figures"] = str(line["started"]), dict(line["figures"])
        except (ValueError, KeyError, TypeError):
            raise NoBaseline(f"{file}:{number}: no line of a history: "
                             "take it back from git, or remove the line") from None
        lines.append(line)
    return lines


def show(baselines, out):
    """The text of all baselines; a figure of each goes into out."""
    folders = sorted(path.parent for path in baselines.glob(f"*/{HISTORY}"))
    if not folders:
        raise NoBaseline(f"{baselines} holds no baseline; keep one: scripts/rheap baseline save RUN")
    return "\n".join(_show(folder, out) for folder in folders)


def _show(folder, out):
    lines = history(folder)
    series = _series(lines)
    last = lines[-1]
    told = [f"{folder.name}: {len(lines)} run{'s' if len(lines) > 1 else ''}, the last of "
            f"{last['started']} at {last.get('commit', 'no commit')[:12]}"]
    width = max((len(name) for name in series), default=0)
    for name, (unit, runs) in series.items():
        values = [value for _, value in runs]
        steps = "".join(_step(lines, runs, place) for place in changes.points(values, unit))
        told.append(f"  {name.ljust(width)}  {units.exact(values[-1]):>12} {unit}{steps}")
    svg = out / f"{folder.name}.svg"
    if len(lines) > 1 and series:
        draw(svg, lines, series)
        told.append(f"  {svg}")
    return "\n".join(told) + "\n"


def _series(lines):
    """Each figure as (unit, its (number of run, value) in order)."""
    series = {}
    for number, line in enumerate(lines):
        for name, figure in line["figures"].items():
            series.setdefault(name, (figure["unit"], []))[1].append((number, figure["value"]))
    return series


def _step(lines, runs, place):
    before, (number, after) = runs[place - 1][1], runs[place]
    sign = "+" if after > before else ""
    change = f"{sign}{units.percent((after - before) / abs(before))}" if before else f"from 0 to {after:g}"
    return f"; {change} at {lines[number].get('commit', lines[number]['started'])[:12]}"


def draw(svg, lines, series):
    """A panel a figure: its value over runs, and a line where it changed."""
    svg.parent.mkdir(parents=True, exist_ok=True)
    blocks, titles = [], []
    for name, (unit, runs) in list(series.items())[:MOST_PANELS]:
        marked = set(changes.points([value for _, value in runs], unit))
        blocks.append("\n".join(f"{number} {value} {int(place in marked)}"
                                for place, (number, value) in enumerate(runs)))
        titles.append(re.sub(r"[^\w.,:=-]+", "\u00a0", f"{name}, {unit}"))
    commits = " ".join(line.get("commit", line["started"])[:7] for line in lines)
    data = svg.with_suffix(".dat")
    data.write_text("\n\n\n".join(blocks) + "\n", encoding="utf-8")
    command = ["gnuplot", "-c", SCRIPT, data, svg, " ".join(titles), commits]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Missing("gnuplot is missing: run `scripts/rheap setup`") from None
    if done.returncode:
        raise Missing(f"gnuplot could not draw {svg.name}: {' '.join(done.stderr.split())}")
    data.unlink()
