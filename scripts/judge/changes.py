# SPDX-License-Identifier: GPL-2.0
"""Where in a history of runs a figure changed.

What counts exactly changes at a step beyond the floor that the next run confirms. What a wall
clock tells scatters: there the cumulative sum of the runs' ranks is judged (of ranks, so that no
run counts for more than its place). If it goes so far up and down rarely for the same values in
random order, the runs are parted where it is furthest from 0 (Pettitt's place); and then again
on either side of that.
"""

from dataclasses import dataclass

import inference
import numpy

# How often a history of a wall clock's figure without change may be parted
ERROR = 0.01
SHUFFLES = 999
# The shuffles are the same for the same values
SEED = 1


@dataclass(frozen=True)
class Value:
    """A figure of one run, and between which values it lies for all that its samples tell."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Change:
    """at: the first run after it. before, after: medians of the runs on either side of it, up to
    the next change. confirmed: whether a later run tells the same."""

    at: int
    before: float
    after: float
    confirmed: bool = True

    @property
    def fraction(self):
        """Of before; None if that is 0."""
        return (self.after - self.before) / abs(self.before) if self.before else None


def steps(values, floor):
    """The changes of an exact figure; the last run's may be unconfirmed. values: Values."""
    found, settled = [], []
    for at, value in enumerate(values):
        level = inference.median([v.value for v in settled or values[:1]])
        direction = _direction(level, value, floor)
        last = at + 1 == len(values)
        if not direction:
            settled.append(value)
        elif last or _direction(level, values[at + 1], floor) == direction:
            found.append((at, not last))
            settled = [value]
    return _changes([v.value for v in values], found)


def _direction(level, value, floor):
    """1 if a value is above the level by more than the floor, for sure, -1 if below, else 0."""
    least = floor.of(level)
    if abs(value.value - level) <= least:
        return 0
    return 1 if value.low > level else -1 if value.high < level else 0


def shifts(values, floor):
    """The changes of a figure that scatters. values: numbers."""
    rng = numpy.random.default_rng(SEED)
    places = sorted(_parted(rng, numpy.asarray(values, float), 0))
    kept = []
    for at in places:
        before = inference.median(values[kept[-1] if kept else 0:at])
        after = inference.median(values[at:next((p for p in places if p > at), len(values))])
        if abs(after - before) > floor.of(before):
            kept.append(at)
    return _changes(values, [(at, True) for at in kept])


def _parted(rng, values, first):
    """Where these values part, as numbers of runs; first: the number of the first of them."""
    if len(values) < 2:
        return
    ranks = _ranks(values)
    sums = numpy.cumsum(ranks)
    excess = numpy.ptp(sums)
    shuffled = rng.permuted(numpy.tile(ranks, (SHUFFLES, 1)), axis=1)
    as_good = (numpy.ptp(numpy.cumsum(shuffled, axis=1), axis=1) >= excess).sum()
    if (1 + as_good) / (1 + SHUFFLES) > ERROR:
        return
    at = int(numpy.abs(sums[:-1]).argmax()) + 1
    yield first + at
    yield from _parted(rng, values[:at], first)
    yield from _parted(rng, values[at:], first + at)


def _ranks(values):
    """Ranks about their mean; equal values share one."""
    _, inverse, counts = numpy.unique(values, return_inverse=True, return_counts=True)
    ranks = (numpy.cumsum(counts) - (counts + 1) / 2)[inverse]
    return ranks - ranks.mean()


def _changes(values, found):
    if not found:
        return []
    places = [0] + [at for at, _ in found] + [len(values)]
    levels = [inference.median(values[a:b]) for a, b in zip(places, places[1:])]
    return [Change(at, before, after, sure)
            for (at, sure), before, after in zip(found, levels, levels[1:])]
