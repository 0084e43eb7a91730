# SPDX-License-Identifier: GPL-2.0
"""Figures: data for gnuplot into the run folder's plots/, gnuplot's SVG out of it.

One .gp file a figure in plots/ beside this file; only gnuplot draws, but for the lines above a
figure that say what of it is modelled.
"""

import re
import subprocess
from dataclasses import dataclass
from html import escape
from pathlib import Path

import chapters
import findings
import fragmentation
import names
import overhead
import sessions
import tables
import units
from errors import Missing

SCRIPTS = Path(__file__).resolve().parent / "plots"
LINE_TYPES = 12
# The line type of what is no heap's.
GREY = 8
# A figure of bars in panels stays readable with this many panels.
MOST_PANELS = 4
# Height of a line above a figure, its letters' size, and their colour.
LINE, LETTERS, WARNING = 24, 13, "#d55e00"
MOST_SESSIONS = 8


@dataclass(frozen=True)
class Figure:
    """A drawn figure. name: of its file without .svg; says: sentences; svg: its path."""

    name: str
    title: str
    says: list
    svg: Path


def draw(run, folder):
    """Draw every figure the run has data for into folder; removes those of an older drawing.

    Sizes and costs of 0 have no place on a logarithmic axis and stay in the tables;
    differences that the histograms cannot tell from none are not drawn.

    Returns the Figures. Raises Missing if there is no gnuplot or it fails.
    """
    folder.mkdir(exist_ok=True)
    for old in [*folder.glob("*.svg"), *folder.glob("*.dat")]:
        old.unlink()
    figures = [_latency(run, section, folder) for section in tables.sections(run)]
    figures += [_overhead(run, folder), _framework(run, folder), _phases(run, folder),
                _mainline(run, folder), _ladder(run, folder), _sessions(run, folder),
                _maps(run, folder), _indices(run, folder)]
    figures += [_chapter(run, folder, chapter) for chapter in chapters.ALL]
    return [figure for figure in figures if figure]


def inline(figure):
    """The figure as an <svg> element that can stand in a page beside others.

    Ids get the figure's name, and the white ground goes, so that the page's
    own shows; class bare tells the page's style that it did.
    """
    text = figure.svg.read_text(encoding="utf-8")
    text = text[text.index("<svg"):]
    text, bare = re.subn(r'<rect [^>]*fill=["\']#ffffff["\'][^>]*/>', "", text, count=1)
    kind = ' class="bare"' if bare else ""
    text = text.replace("<svg", f'<svg{kind} role="img" aria-label="{escape(figure.title)}"', 1)
    text = re.sub(r"<title>.*?</title>\s*|<desc>.*?</desc>\s*", "", text, flags=re.DOTALL)
    names = set(re.findall(r"\bid=['\"]([^'\"]+)['\"]", text))
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(\bid=['\"]|#){re.escape(name)}(?=['\")])", rf"\g<1>{figure.name}-{name}", text)
    return text


def _latency(run, section, folder):
    blocks, types, extremes = [], [], []
    order = _heap_order(run)
    for heap in section.heaps:
        rows = []
        for size in filter(None, section.sizes):
            cells = [section.get(heap, size, op) for op in ("alloc", "free")]
            if not any(cells):
                continue
            values = [value for m in cells for value in ((m.p50, m.p99) if m else (None, None))]
            extremes += [value for value in values if value]
            rows.append(_row(size, *(value or None for value in values)))
        if rows:
            blocks.append("\n".join([f"size {_quote(heap)} alloc_p99 free_p50 free_p99", *rows]))
            types.append(1 + order.index(heap) % LINE_TYPES)
    if not blocks or not extremes:
        return None
    name = "-".join(["latency", section.name] if section.name else ["latency"])
    title = "Latency over size" + (f" ({section.title})" if section.title else "")
    arguments = [section.unit, " ".join(map(str, types)), min(extremes), max(extremes)]
    return _figure(run, folder, name, "latency", title, findings.latency(section), blocks, arguments)


def _framework(run, folder):
    blocks, types = [], []
    unit = None
    for kind, c in enumerate(c for c in tables.framework(run) if c.op != "pair"):
        unit = unit or c.section.unit
        known = [d for d in c.differences if d.size and d.resolved and d.fraction is not None]
        if not known or c.section.unit != unit:
            continue
        name = f"{c.other}, {c.op}" + (f" ({_short(c.section)})" if c.section.title else "")
        blocks.append(_costs(name, [(d.size, d.base, d.cost, d.cost - d.blur, d.cost + d.blur)
                                    for d in known]))
        types.append(1 + kind % LINE_TYPES)
    if not blocks:
        return None
    return _figure(run, folder, "framework", "framework", "The framework's cost: heap against twin",
                   findings.framework(run), blocks, [unit, " ".join(map(str, types))])


def _overhead(run, folder):
    """The same of paired samples, with the interval of each median as whiskers."""
    found = [p for p in overhead.prices(run) if p.op != "cycle" and p.size and p.base]
    blocks = []
    for heap, op in dict.fromkeys((p.heap, p.op) for p in found):
        blocks.append(_costs(f"{heap}, {op}", [(p.size, p.base, p.value, p.low, p.high)
                                               for p in found if (p.heap, p.op) == (heap, op)]))
    if not blocks:
        return None
    types = " ".join(str(1 + k % LINE_TYPES) for k in range(len(blocks)))
    return _figure(run, folder, "overhead", "framework", "The letter's question: heap against twin",
                   overhead.findings(run), blocks, [found[0].unit, types])


def _costs(name, costs):
    """A block for framework.gp, of (size, base, cost, low, high)."""
    rows = [_row(size, cost, 100 * cost / base, low, high, 100 * low / base, 100 * high / base)
            for size, base, cost, low, high in costs]
    return "\n".join([f"size {_quote(name)} percent low high low_percent high_percent", *rows])


def _phases(run, folder):
    """Bars of a hundred percent, a bar a heap and size; heaps set apart."""
    lives = sorted((life for life in tables.lives(run) if life.by_ops), key=lambda life: life.heap)
    rows, y, last = [], 0, None
    for life in lives:
        parts = [max(cost, 0) for _, cost in life.parts]
        total = sum(parts)
        if not total:
            continue
        y += 1 if life.heap == last else 1.6 if last else 0
        last = life.heap
        ends = [100 * sum(parts[:k]) / total for k in range(len(parts) + 1)]
        rows.append(_row(_quote(f"{life.heap} {units.size(life.size)}"), f"{y:.1f}",
                         _quote(units.scaled(total)), *(f"{end:.3f}" for end in ends)))
    if not rows:
        return None
    names_of_parts = "|".join(name for name, _ in lives[0].parts)
    return _figure(run, folder, "phases", "phases", "A buffer's life inside the kernel, phase by phase",
                   findings.kernel(run), ["\n".join(rows)], [lives[0].unit, y, names_of_parts])


def _mainline(run, folder):
    """Bars at a few sizes: mainline, and each heap of ours without scrubbing; scrubs apart."""
    compared, scrubs = tables.against_mainline(run), tables.scrub(run)
    if not compared:
        return None
    unit = compared[0].section.unit
    order = _heap_order(run)
    blocks, sizes, most = [], [], 0
    for size in _spread(sorted({d.size for c in compared for d in c.differences})):
        bars = {}
        for c in compared:
            for d in c.differences:
                if d.size == size and c.section.unit == unit:
                    bars.setdefault(tables.MAINLINE, (d.base, tables.MAINLINE))
                    bars.setdefault(c.other, (d.other, c.other))
        for c in scrubs:
            for d in c.differences:
                if d.size == size and c.other in bars and c.other in tables.TWIN_OF:
                    bars.setdefault(f"scrub of {c.other}", (max(d.cost, 0), None))
        rows = [f"{_quote(name)} {value} {1 + order.index(heap) % LINE_TYPES if heap else GREY} "
                f"{_quote(units.scaled(value))}" for name, (value, heap) in bars.items()]
        blocks.append("\n".join(rows))
        sizes.append(units.size(size))
        most = max(most, len(rows))
    says = findings.mainline(run) + findings.scrub(run)
    return _figure(run, folder, "mainline", "mainline",
                   "Against mainline's heap, without scrubbing; the scrub in bars of its own",
                   says, blocks, [unit, len(blocks), most, " ".join(sizes)])


def _ladder(run, folder):
    steps = [m for m in tables.ladder(run) if m.value is None and m.p50]
    if not steps:
        return None
    unit = steps[0].unit
    rows = [f"{_quote(names.step(m))} {m.p50} {m.p99} {_quote(units.exact(m.p50))}"
            for m in steps]
    arguments = [unit, len(rows), min(m.p50 for m in steps), max(m.p99 for m in steps)]
    return _figure(run, folder, "rtt", "rtt", "The ladder of a TEE round trip", findings.ladder(run),
                   ["\n".join(rows)], arguments)


def _sessions(run, folder):
    """What each heap holds over a session's time, a panel a session.

    Heaps that held the same throughout share a line.
    """
    played = sessions.played(run)
    traces = list(dict.fromkeys(p.trace for p in played))[:MOST_SESSIONS]
    curves = {}
    for heap in dict.fromkeys(p.heap for p in played):
        its = {p.trace: p for p in played if p.heap == heap and p.trace in traces}
        same = repr([(trace, its[trace].use if trace in its else None) for trace in traces])
        curves.setdefault(same, []).append((heap, its))
    order = [" = ".join(heap for heap, _ in curve) for curve in curves.values()]
    blocks = []
    for trace in traces:
        mine = [p for p in played if p.trace == trace]
        last = max(p.demand[-1][0] for p in mine)
        pools = {p.pool for p in mine if p.pool}
        most = max(p.counts["demand_bytes"] for p in mine)
        blocks.append(_curve(trace, mine[0].demand, last))
        blocks.append(_curve("pool", [[0, min(pools)]], last)
                      if pools and min(pools) < 4 * most else "0 pool")
        for name, curve in zip(order, curves.values()):
            its = curve[0][1].get(trace)
            blocks.append(_curve(name, its.use, last) if its else f"0 {_quote(name)}")
    if not blocks:
        return None
    return _figure(run, folder, "sessions", "sessions", "Sessions: what the heaps hold over time",
                   sessions.findings(run), blocks, ["insn", len(order), " ".join(map(_word, traces))])


def _maps(run, folder):
    """Pools over operations, a row of panels a load and a panel each different picture."""
    blocks, titles = [], []
    pictures = fragmentation.maps(run)
    columns = max((len(row) for row in pictures.values()), default=0)
    for load, row in pictures.items():
        for heaps, picture in row:
            title = f"{fragmentation.LOAD_WORDS.get(load, load)}: {' = '.join(heaps[:2])}"
            title += f", {len(heaps) - 2} more" if len(heaps) > 2 else ""
            titles.append(f"{_word(title)} {picture[-1][0]}")
            # A line of the matrix is a row of the picture: from the lowest address on
            cells = zip(*(cells for _, cells in picture))
            blocks.append("\n".join(" ".join(line) for line in cells))
        titles += ["- 0"] * (columns - len(row))
    if not blocks:
        return None
    return _figure(run, folder, "fragmentation-map", "map", "Where memory lies: pools over time",
                   fragmentation.findings(run), blocks, ["insn", columns, " ".join(titles)])


def _indices(run, folder):
    """Indices of fragmentation over operations, a panel each kind of memory and load."""
    panels = list(fragmentation.curves(run).items())[:MOST_SESSIONS]
    lines = list(dict.fromkeys(name for _, drawn in panels for name, _ in drawn))
    blocks = []
    for _, drawn in panels:
        drawn = dict(drawn)
        blocks += ["\n".join([f"0 {_quote(name)}", *(_row(*point) for point in drawn.get(name, []))])
                   for name in lines]
    if not blocks:
        return None
    blocks += [f"0 {_quote(name)}\n0 0" for name in lines]
    titles = [f"{_word(title)} {max(points[-1][0] for _, points in drawn)}"
              for title, drawn in panels]
    arguments = ["insn", len(lines), " ".join(titles)]
    return _figure(run, folder, "fragmentation-index", "index", "How torn memory is over time",
                   fragmentation.findings(run), blocks, arguments)


def _chapter(run, folder, chapter):
    """A chapter's panels; a line has one colour in all of them."""
    panels = chapter.panels(run)
    lines = list(dict.fromkeys(name for panel in panels for name in panel.lines))
    if not lines:
        return None
    blocks = ["\n".join([f"0 {_quote(name)}", *(_row(*point) for point in panel.lines.get(name, []))])
              for panel in panels for name in lines]
    blocks += [f"0 {_quote(name)}\n0 0" for name in lines]
    titles = " ".join(_word(word) for panel in panels for word in (panel.title, panel.x, panel.y))
    scales = " ".join("log" if log else "lin" for panel in panels for log in (panel.log_x, panel.log_y))
    return _figure(run, folder, chapter.BENCH, "panels", chapter.FIGURE, chapter.findings(run), blocks,
                   ["insn", len(lines), titles, scales])


def _curve(name, series, last):
    """A series as a block of steps in seconds and MiB, to the end of the session."""
    points = series + [[last, series[-1][1]]]
    return "\n".join([f"0 {_quote(name)}", *(_row(at / 1e6, size / 2 ** 20) for at, size in points)])


def _figure(run, folder, name, script, title, says, blocks, arguments):
    """Draws one figure. A model is named in the picture itself, which may be shown alone."""
    told = findings.models(run)
    data, svg = folder / f"{name}.dat", folder / f"{name}.svg"
    data.write_text("\n\n\n".join(blocks) + "\n", encoding="utf-8")
    command = ["gnuplot", "-c", SCRIPTS / f"{script}.gp", data, svg, *map(str, arguments)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Missing("gnuplot is missing: run `scripts/rheap setup`, "
                      "or apt-get install gnuplot-nox") from None
    if done.returncode or not svg.is_file() or "</svg>" not in svg.read_text(encoding="utf-8"):
        reason = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
        raise Missing(f"gnuplot could not draw {name}: {reason}")
    if told:
        svg.write_text(_with_lines(svg.read_text(encoding="utf-8"), told), encoding="utf-8")
    says = told + [text for text in says if text not in told]
    return Figure(name, title + names.mark(run), says, svg)


def _with_lines(svg, lines):
    """gnuplot's SVG with lines of text above what is drawn."""
    above = LINE * len(lines)

    def grow(found):
        return f"{found[1]}{-above}{found[2]}{int(found[3]) + above}{found[4]}"

    svg, boxes = re.subn(r'(viewBox="0 )0( \d+ )(\d+)(")', grow, svg, count=1)
    svg, grounds = re.subn(r'(<rect x="0" y=")0(" width="\d+" height=")(\d+)(" fill="#ffffff")', grow,
                           svg, count=1)
    if not boxes or not grounds:
        raise Missing("this gnuplot draws SVG of another form, into which no line can be put")
    shown = [f'<text x="480" y="{LINE * (number + 0.7) - above:g}" text-anchor="middle" '
             f'font-family="sans-serif" font-size="{LETTERS}" fill="{WARNING}">{escape(line)}</text>'
             for number, line in enumerate(lines)]
    return svg.replace("</svg>", "\n".join([*shown, "</svg>"]))


def _heap_order(run):
    """All heaps of the run in order, so that a heap has one colour in all figures."""
    return list(dict.fromkeys(m.params["heap"] for m in run.of("latency")))


def _short(section):
    return section.rest.get("label") or ("no scrub" if not section.scrubbed else section.title)


def _spread(sizes):
    """At most MOST_PANELS of the sizes, evenly, the first and the last among them."""
    if len(sizes) <= MOST_PANELS:
        return sizes
    last = len(sizes) - 1
    return [sizes[round(i * last / (MOST_PANELS - 1))] for i in range(MOST_PANELS)]


def _row(*values):
    return " ".join("?" if value is None else str(value) for value in values)


def _word(text):
    """Text as one of gnuplot's words; its blanks are wide ones, that do not part words."""
    return re.sub(r"[^\w.,:=\u00a0-]+", "_", re.sub(r"\s+", "\u00a0", text))


def _quote(text):
    """Text as one gnuplot column: no quotes, no line ends in it."""
    return '"' + re.sub(r'["\\\s]+', " ", text) + '"'
