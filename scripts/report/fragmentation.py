# SPDX-License-Identifier: GPL-2.0
"""How heaps' memory tears under loads, and what torn memory does to heaps: what frag measured."""

from dataclasses import dataclass
from statistics import median

import units

CONTROL, SYNTHETIC, ADVERSARY = "control", "synthetic", "adversary"
LOAD_WORDS = {CONTROL: "equal sizes", SYNTHETIC: "synthetic video load", ADVERSARY: "combs"}
# The frame that curves are drawn and sentences are made for, if it was looked at: NV12 of 1080p.
FRAME = 3133440
PERMILLE = 1000


@dataclass(frozen=True)
class Case:
    """One load on one heap.

    rest: parameters beside load and heap. counts: metric to value. series: metric to [[at, value]].
    unusable: frame to such a series. map: [[at, cells]] or None. service: op to measurement.
    """

    load: str
    heap: str
    rest: dict
    counts: dict
    series: dict
    unusable: dict
    map: list
    service: dict
    skipped: str

    @property
    def torn(self):
        """(index, order, pages) of the page allocator's memory beforehand, or None."""
        if "index" not in self.rest:
            return None
        return self.rest["index"], self.rest["order"], self.rest["pages"]

    @property
    def frame(self):
        """The size of buffers to speak of."""
        if FRAME in self.unusable or not self.unusable:
            return FRAME
        return next(iter(self.unusable))

    def unusable_index(self, of):
        """`of` (max, median) all looks at the index for `frame`, or None if nobody could see."""
        points = self.unusable.get(self.frame)
        return of([value for _, value in points]) / PERMILLE if points else None


def cases(run):
    """Every case of frag, in the run's order."""
    groups = {}
    for m in run.of("frag"):
        params = run.told_apart(m)
        own = ("load", "heap", "op", "frame", "reason", "external_permille")
        rest = {key: value for key, value in params.items() if key not in own}
        key = (params["load"], params["heap"], tuple(sorted((k, repr(v)) for k, v in rest.items())))
        groups.setdefault(key, (rest, []))[1].append(m)
    return [_case(load, heap, rest, found) for (load, heap, _), (rest, found) in groups.items()]


def _case(load, heap, rest, found):
    unusable = {m.params["frame"]: m.series for m in found if m.metric == "unusable_permille"}
    series = {m.metric: m.series for m in found if m.series and "frame" not in m.params}
    maps = [m.map for m in found if m.map]
    reasons = [m.params["reason"] for m in found if m.metric == "skipped"]
    return Case(load, heap, rest, {m.metric: m.value for m in found if m.value is not None}, series,
                unusable, maps[0] if maps else None,
                {m.params["op"]: m for m in found if m.metric == "service"},
                reasons[0] if reasons else None)


def done(run):
    """The cases that were played to their end: allocs comes first, failures are known."""
    return [case for case in cases(run) if "failures" in case.counts]


def findings(run):
    """Sentences, the control first."""
    found = done(run)
    says = []
    for load in dict.fromkeys(case.load for case in found):
        its = [case for case in found if case.load == load and not case.torn]
        groups = {}
        for case in its:
            text = _control_words(case) if load == CONTROL else _load_words(case)
            groups.setdefault(text, []).append(case.heap)
        name = LOAD_WORDS.get(load, load)
        says += [f"{name[0].upper()}{name[1:]}: {units.names(heaps)} {text}."
                 for text, heaps in groups.items()]
    return says + _torn_sentences(found)


def _control_words(case):
    worst = case.unusable_index(max)
    fragmented = case.counts.get("fragmented")
    words = []
    if worst is not None:
        words.append(f"had an unusable index of {_index(worst)}"
                     + (" throughout" if worst == 0 else " at worst"))
    if fragmented is not None:
        words.append(f"{_failed(fragmented)} though as much was free")
    return " and ".join(words) or _failed(case.counts["failures"])


def _load_words(case):
    asked = case.counts["allocs"] + case.counts["failures"]
    text = f"gave all {units.exact(asked)} buffers"
    if case.counts["failures"]:
        text = f"failed {units.exact(case.counts['failures'])} of {units.exact(asked)} allocations"
    fragmented = case.counts.get("fragmented")
    if case.counts["failures"] and fragmented is not None:
        text += f", {units.exact(fragmented)} of them though as much was free"
    if "first_fragmented" in case.counts:
        text += f" (first after {units.exact(case.counts['first_fragmented'])} operations)"
    usual = case.unusable_index(median)
    if usual is not None:
        text += (f"; at the median of all looks, {units.percent(usual)} of what was free could not "
                 f"hold a buffer of {units.mebibytes(case.frame)} in one piece")
    return text


def _failed(count):
    return "never failed" if not count else f"failed {units.times_words(count)}"


def _torn_sentences(found):
    """The page allocator's memory, torn beforehand: movable against unmovable."""
    says = []
    for case in found:
        if not case.torn:
            continue
        index, order, pages = case.torn
        text = (f"With free memory torn to an unusable index of "
                f"{_index(case.counts['index_reached'] / PERMILLE)} at order {order} "
                f"(asked for: {_index(index / PERMILLE)}) by {pages} pages, "
                f"{case.heap} {_failed(case.counts['failures'])} under "
                f"{LOAD_WORDS.get(case.load, case.load)}")
        buddy = case.series.get("buddy_permille")
        if buddy:
            text += f"; the index ended at {_index(buddy[-1][1] / PERMILLE)}"
        if "alloc" in case.service:
            alloc = case.service["alloc"]
            text += f"; an alloc's median was {units.with_unit(alloc.p50, alloc.unit)}"
        says.append(text + ".")
    return says


def _index(value):
    return f"{value:.3g}" if value else "0"


def maps(run):
    """Pictures: load to [(heaps with the same picture, map)], heaps in the run's order."""
    found = {}
    for case in done(run):
        if case.map and not case.torn:
            same = found.setdefault(case.load, {})
            same.setdefault(repr(case.map), ([], case.map))[0].append(case.heap)
    return {load: list(pictures.values()) for load, pictures in found.items()}


def curves(run):
    """Index over operations: panel title to [(line's name, [[at, index]])]."""
    found = {}
    for case in done(run):
        points = case.unusable.get(case.frame)
        if points and not case.torn:
            title = f"{LOAD_WORDS.get(case.load, case.load)}: pool, {units.mebibytes(case.frame)}"
            _add(found, title, case.heap, points)
        elif case.torn and "buddy_permille" in case.series:
            index, order, pages = case.torn
            start = [[0, case.counts["index_reached"]]]
            _add(found, f"page allocator, order {order}",
                 f"{case.heap}, from {_index(index / PERMILLE)}, {pages}",
                 start + case.series["buddy_permille"])
    return {title: [(units.names(heaps), points) for heaps, points in lines.values()]
            for title, lines in found.items()}


def _add(found, title, name, points):
    lines = found.setdefault(title, {})
    shown = [[at, value / PERMILLE] for at, value in points]
    lines.setdefault(repr(shown), ([], shown))[0].append(name)


COLUMNS = ("load", "heap", "memory before", "allocs", "failed", "fragmented", "first after",
           "unusable, median", "at worst", "TEE calls", "alloc p50", "free p50")


def rows(run):
    """A row a case under COLUMNS, as text; what was not told is empty."""
    return [_row(case) for case in cases(run)]


def _row(case):
    name = case.load + (f" ({case.rest['label']})" if "label" in case.rest else "")
    before = ""
    if case.torn:
        index, order, pages = case.torn
        before = f"index {_index(index / PERMILLE)}, order {order}, {pages}"
    if case.skipped is not None:
        return [name, case.heap, f"skipped: {case.skipped}"] + [""] * (len(COLUMNS) - 3)

    def count(metric):
        value = case.counts.get(metric)
        return "" if value is None else units.exact(value)

    usual, worst = case.unusable_index(median), case.unusable_index(max)
    return [name, case.heap, before, count("allocs"), count("failures"), count("fragmented"),
            count("first_fragmented"),
            *("" if value is None else _index(value) for value in (usual, worst)), count("tee_calls"),
            *(units.exact(case.service[op].p50) if op in case.service else ""
              for op in ("alloc", "free"))]
