# SPDX-License-Identifier: GPL-2.0
"""What moved, as text for a terminal, as Markdown for a pull request, as JSON for a program."""

import units

WIDTH = 100
HEADS = ("", "base", "head", "change", "")
ORDER = ("gone", "worse", "unsteady", "changed", "new", "better", "unjudged", "same")


def text(rows):
    """A table of what moved, the worst first, or one line that nothing did."""
    shown = _shown(rows)
    if not shown:
        return f"nothing moved: {len(rows)} cases are the same\n"
    lines = columns([HEADS] + [_cells(row) for row in shown])
    return "\n".join(lines) + "\n" + _rest(rows, shown)


def columns(cells):
    """Rows of words as lines: the first column to the left, the others to the right."""
    widths = [max(len(line[k]) for line in cells) for k in range(1, len(cells[0]))]
    room = WIDTH - sum(widths) - 2 * len(widths)
    name = min(room, max(len(line[0]) for line in cells))
    lines = [_short(line[0], name).ljust(name) + "".join(
        "  " + cell.rjust(width) for cell, width in zip(line[1:], widths)) for line in cells]
    return [line.rstrip() for line in lines]


def markdown(rows):
    """The same as a table of Markdown."""
    shown = _shown(rows)
    if not shown:
        return f"Nothing moved: {len(rows)} cases are the same.\n"
    lines = ["| case | base | head | change | |", "|---|--:|--:|--:|---|"]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in shown]
    return "\n".join(lines) + "\n\n" + _rest(rows, shown)


def document(rows):
    """The rows as objects for JSON; what is not known is absent."""
    return [_object(row) for row in rows]


def _object(row):
    case = row.case
    fields = {"bench": case.bench, "params": case.params, "metric": case.metric, "unit": case.unit,
              "tier": case.tier, "verdict": row.verdict, "base": row.base, "head": row.head,
              "change": row.change, "fraction": row.fraction, "interval": row.interval}
    if case.control:
        fields["control"] = True
    if case.warmup is not None and not case.unsteady:
        fields["warmup"] = case.warmup
    return {name: value for name, value in fields.items() if value is not None}


def _shown(rows):
    moved = [row for row in rows if row.moved]
    return sorted(moved, key=lambda row: (row.case.control, ORDER.index(row.verdict),
                                          -abs(row.fraction or 0)))


def _cells(row):
    word = row.verdict + (", mainline's" if row.case.control else "")
    return row.case.name, _value(row, row.base), _value(row, row.head), _change(row), word


def _value(row, values):
    if not values:
        return "-"
    return units.exact(sorted(values)[len(values) // 2])


def _change(row):
    if row.change is None:
        return ""
    sign = "+" if row.change > 0 else ""
    fraction = f" ({sign}{units.percent(row.fraction)})" if row.fraction is not None else ""
    return f"{sign}{units.exact(row.change)}{fraction}"


def _rest(rows, shown):
    same = sum(row.verdict == "same" for row in rows)
    unjudged = sum(row.verdict == "unjudged" for row in rows)
    told = f"{len(shown)} of {len(rows)} cases moved, {same} are the same"
    if unjudged:
        told += f"; {unjudged} of a wall clock are not judged: that takes more boots of each side"
    return told + "\n"


def _short(name, width):
    return name if len(name) <= width else name[:width - 3] + "..."
