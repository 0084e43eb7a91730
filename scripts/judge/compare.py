# SPDX-License-Identifier: GPL-2.0
"""Two runs beside each other: a table, a JSON document, a figure."""

import json
from pathlib import Path

import causes
import comparability
import plot
import table
import trust
import verdict

SCRIPT = Path(__file__).resolve().parent / "plots" / "compare.gp"
# A figure of more bars is not read any more
MOST_BARS = 40


def compare(base_path, head_path, force, out):
    """The text of a comparison; compare.json and compare.svg go into out.

    Raises comparability.Incomparable unless force.
    """
    base, head = trust.load(base_path), trust.load(head_path)
    found = comparability.differences(base, head)
    if found and not force:
        raise comparability.Incomparable(found)
    rows = verdict.judge([base], [head])
    write(out, base, head, rows, found)
    draw(out / "compare.svg", rows)
    warning = "".join(f"differs: {line}\n" for line in comparability.lines(found))
    warning = f"NOT COMPARABLE, and compared by force:\n{warning}\n" if found else ""
    told = "".join(f"{sentence}\n" for sentence in causes.sentences(rows))
    return f"{warning}{table.text(rows)}{told}\n{out / 'compare.json'}\n"


def write(out, base, head, rows, found):
    """compare.json: what was compared, and every case."""
    out.mkdir(parents=True, exist_ok=True)
    document = {"base": _side(base), "head": _side(head), "cases": table.document(rows)}
    if found:
        document["forced_over"] = [{"field": field, "base": one, "head": other}
                                   for field, one, other in found]
    (out / "compare.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _side(run):
    kept = ("commit", "dirty", "started", "plan", "clock")
    return {"run": str(run.path), **{name: run.provenance[name] for name in kept
                                     if name in run.provenance}}


def draw(svg, rows):
    """A bar a case that moved, the change in percent of base; no figure if none did."""
    moved = sorted((row for row in rows if row.moved and row.fraction is not None),
                   key=lambda row: -abs(row.fraction))[:MOST_BARS]
    svg.unlink(missing_ok=True)
    if not moved:
        return
    moved.sort(key=lambda row: row.fraction)
    data = svg.with_suffix(".dat")
    data.write_text("".join(f'"{row.case.name}" {100 * row.fraction} {_colour(row)}\n'
                            for row in moved), encoding="utf-8")
    plot.draw(SCRIPT, data, svg, len(moved))


def _colour(row):
    """The line type of a bar: red worse, green better, grey what is not ours or only differs."""
    if row.case.control or row.verdict not in ("worse", "better"):
        return 8
    return 2 if row.verdict == "worse" else 3
