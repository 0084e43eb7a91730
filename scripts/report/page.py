# SPDX-License-Identifier: GPL-2.0
"""report.html: one self-contained page, readable without JavaScript.

All text from a run is escaped by _cell() or escape() right where it enters the
page; only gnuplot's SVG goes in as it is.
"""

import re
from html import escape
from pathlib import Path
from string import Template

import chapters
import commands
import figures
import findings
import fragmentation
import names
import overhead
import rundir
import sessions
import tables
import units

TEMPLATE = Path(__file__).resolve().parent / "page.html"
COLUMNS = ("n", "min", "p50", "p90", "p99", "p999", "max", "mean")
CLOCK_WORDS = {
    "icount": "The unit is one executed guest instruction, the secure world's included. It repeats "
              "exactly, and is blind to caches, memory latency and contention.",
    "wall": "The unit is one nanosecond of the guest's clock. It holds whatever else the host did "
            "meanwhile: one run is no verdict.",
}


def render(run, drawn):
    """The page as text. drawn: the Figures of the run."""
    provenance = run.provenance
    parts = {
        "title": escape(f"Restricted heaps, plan {provenance['plan']}"),
        "lead": escape(_lead(provenance)),
        "warnings": _warnings(run),
        "found": _list(findings.everything(run)),
        "figures": "\n".join(_figure(figure) for figure in drawn),
        "glance": _marked(run, _glance(run)),
        "sessions": _marked(run, _sessions(run)),
        "fragmentation": _marked(run, _fragmentation(run)),
        "chapters": _marked(run, _chapters(run)),
        "commands": _told(commands.TITLE, commands.NOTE, commands.COLUMNS, commands.rows(run), 1)
                    + _told(commands.PERF_TITLE, commands.PERF_NOTE, commands.PERF_COLUMNS, commands.perf_rows(run), 2),
        "baselines": _costs("Baselines", "What the instrument itself costs. It is contained in every "
                            "figure of this page and never subtracted.",
                            [(names.baseline(m), m) for m in tables.baselines(run)]),
        "counters": _marked(run, _counters(run)),
        "full": _marked(run, _full(run)),
        "provenance": _provenance(run),
        "method": _method(run),
    }
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(parts)


def _marked(run, part):
    """A part of the page with the mark in each of its titles."""
    return re.sub(r"(?=</(?:h2|caption)>)", names.mark(run), part)


def _lead(provenance):
    words = [provenance["started"].replace("T", " ").replace("Z", " UTC"),
             f"platform {provenance['platform']}", f"clock {provenance['clock']}",
             f"kernel {provenance['kernel_release']} ({provenance['kernel']})"]
    if "commit" in provenance:
        words.append(f"commit {provenance['commit'][:12]}"
                     + (" and uncommitted changes" if provenance["dirty"] else ""))
    if provenance.get("quick"):
        words.append("quick: fewer samples")
    return ", ".join(words) + "."


def _warnings(run):
    provenance = run.provenance
    texts = findings.models(run) + findings.missing(run)
    if provenance.get("exit_code"):
        texts.append(f"The plan ended with exit code {provenance['exit_code']}: "
                     "this run may be incomplete; see console.log.")
    elif not provenance.get("complete", True):
        texts.append("Not every measurement of the plan arrived: this run is incomplete.")
    failed = sum(m.value for m in tables.counters(run) if m.metric == "failures")
    if failed:
        texts.append(f"{units.exact(failed)} operations failed; see the exact counters.")
    return "\n".join(f'<p class="warning">{escape(text)}</p>' for text in texts)


def _list(sentences):
    items = [f"<li>{escape(sentence)}</li>" for sentence in sentences]
    return "<ul>\n" + "\n".join(items) + "\n</ul>" if items else \
        "<p>The run holds no measurements that a sentence could be computed from.</p>"


def _figure(figure):
    says = escape(" ".join(figure.says))
    return (f'<figure>\n<h3>{escape(figure.title)}</h3>\n{figures.inline(figure)}\n'
            f"<figcaption>{says}</figcaption>\n</figure>")


def _glance(run):
    """Median of alloc and free, a table a section, heaps down and sizes across."""
    parts = []
    for section in tables.sections(run):
        for op in ("alloc", "free", "cycle"):
            rows = []
            for heap in section.heaps:
                cells = [section.p50(heap, size, op) for size in section.sizes]
                if any(cell is not None for cell in cells):
                    rows.append([_cell(heap, "text", "th"), *map(_number_short, cells)])
            if rows:
                special = f" ({section.title})" if section.title else ""
                caption = f"{op}, p50 in {units.UNIT_NAME[section.unit]}{special}"
                heads = [_cell("heap", "text", "th"),
                         *(_cell(units.size(size), tag="th") for size in section.sizes)]
                parts.append(_table(caption, heads, rows))
    parts += _overhead(run) + [_dispatch(run), _lives(run)]
    steps = [(names.step(m), m) for m in tables.ladder(run)]
    ladder = _costs("TEE round trip", "", steps)
    parts = [part for part in parts if part]
    if not parts:
        return ladder
    return "<h2>Summary</h2>\n" + "\n".join(parts) + "\n" + ladder


def _overhead(run):
    """The framework's price with its interval, and the phases between tracepoints."""
    titles = ("heap minus twin, median of the differences and its interval",
              "between tracepoints, p50; what the events themselves cost (tracer) is in each phase")
    parts = []
    for title, (heads, rows) in zip(titles, (overhead.price_rows(run), overhead.phase_rows(run))):
        if rows:
            heads = [_cell(head, "" if k else "text", "th") for k, head in enumerate(heads)]
            rows = [[_cell(row[0], "text", "th"), *map(_cell, row[1:])] for row in rows]
            parts.append(_table(title, heads, rows))
    return parts


def _dispatch(run):
    """Ways of calling, a row each, a column a compilation; the loop around them taken off."""
    found = tables.dispatches(run)
    if not found:
        return ""
    heads = [_cell("call", "text", "th"),
             *(_cell(d.protection + (", as built" if d.as_built else ""), tag="th") for d in found)]
    rows = [[_cell(names.call(call), "text", "th"), *(_number(d.costs.get(call)) for d in found)]
            for call in dict.fromkeys(call for d in found for call in d.costs)]
    return _table(f"one call, p50 in {units.UNIT_NAME[found[0].unit]}, the loop around it taken off",
                  heads, rows)


def _lives(run):
    """A buffer's phases inside the kernel, heaps and sizes down and phases across."""
    lives = tables.lives(run)
    if not lives:
        return ""
    phases = list(dict.fromkeys(phase for life in lives for phase in life.phases))
    heads = [_cell("heap", "text", "th"), _cell("size", tag="th"),
             *(_cell(names.call(phase), tag="th") for phase in phases)]
    rows = [[_cell(life.heap, "text", "th"), _cell(units.size(life.size)),
             *(_number_short(life.phases[phase].p50 if phase in life.phases else None)
               for phase in phases)] for life in lives]
    return _table(f"inside the kernel, p50 in {units.UNIT_NAME[lives[0].unit]}", heads, rows)


def _costs(title, note, named):
    named = [(name, m) for name, m in named if m.value is None]
    if not named:
        return ""
    heads = [_cell("what", "text", "th"), _cell("unit", "text", "th"),
             *(_cell(column, tag="th") for column in ("n", "p50", "p99", "min", "max"))]
    rows = [[_cell(name, "text", "th"), _cell(m.unit, "text"),
             *map(_number, (m.n, m.p50, m.p99, m.min, m.max))] for name, m in named]
    note = f'<p class="note">{escape(note)}</p>\n' if note else ""
    return f"<h2>{escape(title)}</h2>\n{note}" + _table("", heads, rows)


def _sessions(run):
    note = ("Asked for is what would be held at most if no allocation failed. Fragmented are "
            "allocations that failed though as much was free in sum; empty where the heap does not "
            "tell the size of its pool. TEE calls are of one playing. The sessions that come with "
            "the project are made from decoders' formulas and seeded chance, not recorded.")
    return _told("Sessions", note, sessions.COLUMNS, sessions.rows(run), 2)


def _fragmentation(run):
    note = ("All loads but traces are synthetic, made from the seed alone. Fragmented are allocations "
            "that failed though as much was free in sum; first after so many operations. The "
            "unusable index is the share of free memory that whole buffers of a size leave; it is 0 "
            "for who takes memory in ranges, wherever it lies, whatever it says here.")
    return _told("Fragmentation", note, fragmentation.COLUMNS, fragmentation.rows(run), 3)


def _chapters(run):
    return "\n".join(_told(c.TITLE, c.NOTE, c.COLUMNS, c.rows(run), c.WORDS) for c in chapters.ALL)


def _told(title, note, columns, rows, words):
    """A table of text, the first columns being words; nothing without rows."""
    if not rows:
        return ""
    kind = ["text" if column < words else "" for column in range(len(columns))]
    heads = [_cell(name, kind[column], "th") for column, name in enumerate(columns)]
    cells = [[_cell(text, kind[column]) for column, text in enumerate(row)] for row in rows]
    return f'<h2>{escape(title)}</h2>\n<p class="note">{escape(note)}</p>\n' + _table("", heads, cells)


def _counters(run):
    found = tables.counters(run)
    if not found:
        return ""
    rows = [[_cell(names.measurement(run, m), "long"), _number(m.value), _cell(m.unit, "text")]
            for m in found]
    heads = [_cell("counter", "text", "th"), _cell("value", tag="th"), _cell("unit", "text", "th")]
    return "<h2>Exact counters</h2>\n" + _table("", heads, rows)


def _full(run):
    """All distributions, a table an instrument, a column each parameter that tells rows apart."""
    benches = dict.fromkeys(m.bench for m in tables.distributions(run))
    parts = [_full_table(run, bench) for bench in benches]
    return "\n".join(["<h2>Every measurement</h2>", *parts]) if parts else ""


def _full_table(run, bench):
    found = [m for m in tables.distributions(run) if m.bench == bench]
    rows = [run.told_apart(m) | {"metric": m.metric, "unit": m.unit} for m in found]
    named = list(dict.fromkeys(name for row in rows for name in row))
    shared = [name for name in named if all(row.get(name) == rows[0].get(name) for row in rows)
              and (len(rows) > 1 or name in ("metric", "unit", "threads"))]
    words = [f"{name} {rows[0][name]}" for name in shared
             if (name, rows[0][name]) != ("metric", bench)]
    named = [name for name in named if name not in shared]
    columns = [c for c in COLUMNS if any(getattr(m, c) is not None for m in found)]
    heads = [*(_cell(name, "text", "th") for name in named),
             *(_cell(column, tag="th") for column in columns)]
    body = [[*(_cell(_parameter(name, row.get(name)), "text") for name in named),
             *(_number(getattr(m, column)) for column in columns)] for m, row in zip(found, rows)]
    return _table(", ".join([bench, *words]), heads, body)


def _parameter(name, value):
    if value is None:
        return ""
    return units.size(value) if name in ("size", "bytes") else value


def _provenance(run):
    rows = []
    keys = rundir.key_fields()
    for name, description in rundir.described_fields():
        if name in run.provenance:
            text = _plain(run.provenance[name]) + (" *" if name in keys else "")
            rows.append(f'<tr><th class="text" title="{escape(description)}">'
                        f'{escape(name.replace("_", " "))}</th>{_cell(text, "long")}</tr>')
    return ('<h2>Provenance</h2>\n<p class="note">Runs that differ in a line marked * are not '
            'comparable.</p>\n<div class="wide"><table><tbody>\n' + "\n".join(rows)
            + "\n</tbody></table></div>")


def _method(run):
    texts = [CLOCK_WORDS[run.provenance["clock"]],
             "p50 is the median, p99 the value that 99 of 100 samples do not exceed; below 100 "
             "samples p99 is the largest sample, and p999 is given from 10000 samples up.",
             "Nothing is subtracted from any measured value. What was not measured is not shown."]
    if tables.framework(run):
        texts.append("A twin does the same memory work as its heap in a plain driver without the "
                     "framework: their difference is what the framework costs. A ± and the "
                     "whiskers there are what the histogram's buckets leave open.")
    if overhead.prices(run):
        texts.append("An interval is the one between two order statistics of the paired differences "
                     "that belongs to the sign test: it asks nothing of their distribution but that "
                     "they are independent (Conover, Practical Nonparametric Statistics, 3.2).")
    if any(not section.scrubbed for section in tables.sections(run)):
        texts.append("Mainline's protected heap does not zero its memory; tables without scrubbing "
                     "are for comparing with it, the others are what a user gets.")
    return "\n".join(f"<p>{escape(text)}</p>" for text in texts)


def _table(caption, heads, rows):
    caption = f"<caption>{escape(caption)}</caption>" if caption else ""
    body = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return (f'<div class="wide"><table>{caption}<thead><tr>{"".join(heads)}</tr></thead>\n'
            f"<tbody>\n{body}\n</tbody></table></div>")


def _cell(text, kind="", tag="td"):
    kind = f' class="{kind}"' if kind else ""
    return f"<{tag}{kind}>{escape(str(text))}</{tag}>"


def _number(value):
    return _cell("" if value is None else units.exact(value))


def _number_short(value):
    return _cell("" if value is None else units.scaled(value))


def _plain(value):
    """A provenance value as text: lists and objects flat, truth as yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(item)}" for name, item in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    return str(value)
