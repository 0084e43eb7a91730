# SPDX-License-Identifier: GPL-2.0
"""The run as a plain table that a person reads at a glance, at most WIDTH columns wide."""

import textwrap

import chapters
import findings
import fragmentation
import names
import overhead
import sessions
import tables
import units

WIDTH = 100
CELL = 8


def summary(run):
    """The whole text, ending with a line end; plain ASCII for any terminal."""
    blocks = [_sentences("The letter", overhead.findings(run))]
    blocks += [_rows(title, *table) for title, table in
               (("heap minus twin, median and interval", overhead.price_rows(run)),
                ("between tracepoints, p50", overhead.phase_rows(run)))]
    for section in tables.sections(run):
        blocks += _latency(section)
    blocks.append(_sentences("Framework's cost", findings.framework(run)))
    blocks += _kernel(run)
    blocks.append(_sentences("Against mainline", findings.mainline(run) + findings.scrub(run)))
    blocks.append(_ladder(run))
    blocks.append(_sentences("Sessions", sessions.findings(run)))
    blocks.append(_sentences("Fragmentation", fragmentation.findings(run)))
    blocks += [_sentences(chapter.TITLE, chapter.findings(run)) for chapter in chapters.ALL]
    blocks.append(_counters(run))
    blocks = [_marked(block, names.mark(run)) for block in blocks if block]
    models = "\n".join(line for text in findings.models(run) for line in _wrap(text))
    blocks = [models, *blocks, _baselines(run)]
    return "\n\n".join(block for block in blocks if block).replace("±", "+-") + "\n"


def _marked(block, mark):
    """The block with the mark at the end of its title, however long that is."""
    title, *lines = block.split("\n")
    if len(title) + len(mark) > WIDTH:
        title = title[:WIDTH - len(mark) - 3] + "..."
    return "\n".join([title + mark, *lines])


def _latency(section):
    return [_grid(section, op) for op in ("alloc", "free")]


def _grid(section, op):
    """Heaps down, sizes across; of more sizes than fit, every second, third ... and the last."""
    heaps = [heap for heap in section.heaps
             if any(section.get(heap, size, op) for size in section.sizes)]
    sizes = [size for size in section.sizes
             if any(section.get(heap, size, op) for heap in heaps)]
    if not heaps:
        return ""
    name_width = max(len(heap) for heap in heaps)
    shown = _thin(sizes, max(2, (WIDTH - name_width) // CELL))
    title = f"{op}, p50 in {units.UNIT_NAME[section.unit]}"
    title += f" ({section.title})" if section.title else ""
    title += f", {len(shown)} of {len(sizes)} sizes" if len(shown) < len(sizes) else ""
    lines = [_fit(title), " " * name_width + "".join(units.size(s).rjust(CELL) for s in shown)]
    for heap in heaps:
        cells = [section.p50(heap, size, op) for size in shown]
        lines.append(heap.ljust(name_width) + "".join(
            ("-" if value is None else units.scaled(value)).rjust(CELL) for value in cells))
    return "\n".join(lines)


def _thin(sizes, most):
    """At most `most` (2 or more) of the sizes at even steps, the first and the last among them."""
    step = 1
    while len(sizes[:-1:step]) + 1 > most:
        step += 1
    return sizes[:-1:step] + sizes[-1:]


PHASES = (("alloc", "memory_alloc"), ("restrict", "memory_restrict"),
          ("unrestr", "memory_unrestrict"), ("free", "memory_free"), ("export", "export"),
          ("release", "release"), ("b.alloc", "buffer_alloc"), ("b.free", "buffer_free"))


def _kernel(run):
    """At the smallest and the largest size: the ops, and what is made of them."""
    lives = tables.lives(run)
    sizes = sorted({life.size for life in lives})
    blocks = [_lives([life for life in lives if life.size == size])
              for size in dict.fromkeys(sizes[:1] + sizes[-1:])]
    return blocks + [_sentences("Inside the kernel", findings.kernel(run))]


def _lives(lives):
    name_width = max(len(life.heap) for life in lives)
    title = (f"inside the kernel, {units.size(lives[0].size)}, p50 in "
             f"{units.UNIT_NAME[lives[0].unit]}; b.: all of it for an in-kernel user")
    lines = [title, " " * name_width + "".join(head.rjust(CELL + 1) for head, _ in PHASES)]
    for life in lives:
        cells = [life.phases.get(phase) for _, phase in PHASES]
        lines.append(life.heap.ljust(name_width) + "".join(
            ("-" if m is None else units.scaled(m.p50)).rjust(CELL + 1) for m in cells))
    return "\n".join(map(_fit, lines))


def _rows(title, heads, rows):
    """Rows of text under their heads, each column as wide as it must be."""
    if not rows:
        return ""
    widths = [max(len(row[k]) for row in [heads, *rows]) for k in range(len(heads))]
    lines = [title] + ["  ".join([row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in
                                                               zip(row[1:], widths[1:])])
                       for row in [heads, *rows]]
    return "\n".join(_fit(line.rstrip()) for line in lines)


def _ladder(run):
    steps = [m for m in tables.ladder(run) if m.value is None]
    table = _costs("TEE round trip", [(names.step(m), m) for m in steps])
    return "\n".join([table, *(line for text in findings.ladder(run) for line in _wrap(text))])


def _baselines(run):
    found = [m for m in tables.baselines(run) if m.value is None]
    return _costs("Baseline, contained in every figure above, never subtracted",
                  [(names.baseline(m), m) for m in found])


def _costs(title, named):
    if not named:
        return ""
    name_width = max(len(name) for name, _ in named)
    lines = [f"{title}, {units.UNIT_NAME[named[0][1].unit]}",
             " " * name_width + "".join(head.rjust(12) for head in ("p50", "p99"))]
    lines += [name.ljust(name_width) + "".join(units.exact(v).rjust(12) for v in (m.p50, m.p99))
              for name, m in named]
    return "\n".join(map(_fit, lines))


def _counters(run):
    found = tables.counters(run)
    if not found:
        return ""
    lines = [f"{names.measurement(run, m)}: {units.with_unit(m.value, m.unit)}" for m in found]
    return "\n".join(["Exact counters", *map(_fit, lines)])


def _sentences(title, sentences):
    if not sentences:
        return ""
    return "\n".join([title, *(line for sentence in sentences for line in _wrap(sentence))])


def _wrap(sentence):
    return textwrap.wrap(sentence, WIDTH, subsequent_indent="    ", break_long_words=False,
                         break_on_hyphens=False)


def _fit(line):
    return line if len(line) <= WIDTH else line[:WIDTH - 3] + "..."
