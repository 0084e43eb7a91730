# SPDX-License-Identifier: GPL-2.0
"""Where in a series of runs a figure changed for good."""

import numpy

import verdict

# E-divisive: the fewest runs of a stretch, its permutations, and how often they may be beaten
LEAST_STRETCH = 5
PERMUTATIONS = 199
LEVEL = 0.05
SEED = 1


def points(values, unit):
    """The places in values, each the first of a new stretch, in order.

    What is counted is exact: each step beyond the gate's floor is one. A wall clock's
    changes are those of E-divisive (Matteson and James, JASA 109, 2014).
    """
    if unit == "ns":
        return sorted(_divide(numpy.asarray(values, float), 0, numpy.random.default_rng(SEED)))
    floor = verdict.Floor()
    least = floor.of if unit == "insn" else lambda value: 0
    return [k for k in range(1, len(values)) if abs(values[k] - values[k - 1]) > least(values[k - 1])]


def _divide(values, first, rng):
    """The changes in values, of which the first is run number first."""
    if len(values) < 2 * LEAST_STRETCH:
        return []
    place, distance = _best(values)
    beaten = sum(_best(rng.permutation(values))[1] >= distance for _ in range(PERMUTATIONS))
    if (beaten + 1) / (PERMUTATIONS + 1) > LEVEL:
        return []
    return (_divide(values[:place], first, rng) + [first + place]
            + _divide(values[place:], first + place, rng))


def _best(values):
    """The place that parts the values best, and the energy distance of the parts there."""
    apart = numpy.abs(values[:, None] - values[None, :])
    found = [(_energy(apart, place), place)
             for place in range(LEAST_STRETCH, len(values) - LEAST_STRETCH + 1)]
    distance, place = max(found)
    return place, distance


def _energy(apart, place):
    total = len(apart)
    n, m = place, total - place
    between = apart[:n, n:].mean()
    within = apart[:n, :n].sum() / (n * (n - 1)) + apart[n:, n:].sum() / (m * (m - 1))
    return n * m / total * (2 * between - within)
