# SPDX-License-Identifier: GPL-2.0
"""How often a gate of wall clocks errs, by resampling boots that were recorded.

What a boot's times differ from the median of all boots is kept as it was recorded, its
shape and all, and only scaled so that each case has the coefficient of variation that is
asked for. A gate is ROUNDS of such boots for each side, drawn with replacement; and as many
again, drawn anew, if its screen finds anything.
"""

import numpy

import cases
import inference
import verdict
from selftest import Rate

ROUNDS = 30
GATES = 1000
VARIATION = 0.027
# A case more of the same kind is one of those recorded, drawn on its own
CASES = 450
SEED = 1


def rates(samples, gates=GATES):
    """Rates of so many gates each; samples: an array of a row of boots' times each case."""
    rng = numpy.random.default_rng(SEED)
    scaled = at_variation(samples, VARIATION)
    found = []
    for cases in (len(scaled), CASES):
        kind = f"wall clock, {100 * VARIATION:.1f} % variation, {cases} cases, {ROUNDS} boots a side"
        quiet = [_gate(rng, scaled, cases, 0) for _ in range(gates)]
        found.append(Rate(f"{kind}: false alarms", quiet.count(True), gates))
        found.append(Rate(f"{kind}: gates that had to measure again, of these", gates - quiet.count(None), gates))
        for percent in (2, 5, 10):
            hits = [_gate(rng, scaled, cases, percent) for _ in range(gates)]
            found.append(Rate(f"{kind}: +{percent} % on one of them", hits.count(True), gates))
    return found


def at_variation(samples, variation):
    """The same samples about 1, of that coefficient of variation in each row."""
    samples = numpy.asarray(samples, float)
    relative = samples / numpy.median(samples, axis=1, keepdims=True) - 1
    return 1 + relative * (variation / numpy.std(relative, axis=1, ddof=1, keepdims=True))


def _gate(rng, scaled, cases, percent):
    """Whether a gate raises an alarm; or, if percent, finds what the first case had more.

    None: no, and it took no confirmation.
    """
    rows = numpy.arange(cases) if cases == len(scaled) else rng.integers(0, len(scaled), cases)
    more = numpy.ones((cases, 1))
    more[0] += percent / 100
    found = numpy.flatnonzero(verdict.wall_screen(*_sides(rng, scaled, rows, more)))
    if not len(found):
        return None
    base, head = _sides(rng, scaled, rows, more)
    words = dict(zip(found, verdict.wall_words(base[found], head[found])))
    return (words.get(0) == "worse") if percent else "worse" in words.values()


def _sides(rng, scaled, rows, more):
    return _draw(rng, scaled, rows), more * _draw(rng, scaled, rows)


def _draw(rng, scaled, rows):
    """Boots: of what was recorded, whole ones; of more cases, each on its own."""
    boots = scaled.shape[1]
    if len(rows) == len(scaled):
        return scaled[:, rng.integers(0, boots, ROUNDS)]
    return scaled[rows[:, None], rng.integers(0, boots, (len(rows), ROUNDS))]


def recorded(pairs, quiet):
    """What all boots without a slow-down took: a row a case, of the labels in quiet."""
    rows = {}
    for run in (run for pair in pairs for run in pair):
        for key, case in cases.of_run(run, verdict.INTERVAL_ERROR).items():
            if case.tier == "wall" and case.samples and case.params["label"] in quiet:
                rows.setdefault(key, []).append(case.value)
    most = max(map(len, rows.values()))
    return [row for row in rows.values() if len(row) == most and inference.variation(row) > 0]


def _passes(pairs):
    return max(m.params.get("pass", 1) for m in pairs[0][0].measurements)


def _plain_variation(pairs, quiet):
    """The variation of what a boot of one pass and its medians would have told."""
    rows = {}
    for run in (run for pair in pairs for run in pair):
        for m in run.measurements:
            if m.p50 and m.unit == "ns" and m.params.get("pass", 1) == 1 and m.params["label"] in quiet:
                rows.setdefault((m.bench, str(m.params), m.metric), []).append(m.p50)
    return inference.median([inference.variation(row) for row in rows.values()])


def told(pairs, samples, quiet):
    """How gates of wall clocks were judged, and on what, in words."""
    variation = inference.median([inference.variation(row) for row in samples])
    outside = [run.provenance.get("host_outside", 0) for pair in pairs for run in pair]
    return (f"A boot's time of a case is what the fastest {100 * cases.FAST:g} % of its samples took, in "
            f"{_passes(pairs)} passes. The smaller probability of Mann-Whitney and Welch's test, doubled; a screen of each case at "
            f"{100 * verdict.SCREEN_ERROR:g} %, and of what it finds, as many boots again: Holm over those cases at "
            f"{100 * verdict.WALL_ERROR:g} %, and a floor of {100 * verdict.WALL_FLOOR.relative:g} %. The boots recorded have a coefficient of variation of "
            f"{100 * variation:.1f} % (median over {len(samples)} cases; medians of their first passes alone vary by "
            f"{100 * _plain_variation(pairs, quiet):.0f} %); others used "
            f"{100 * inference.median(outside):.0f} % of the host's processors meanwhile (median; "
            f"{100 * max(outside):.0f} % at most). Rows with a variation in their name are "
            f"{GATES} gates each, resampled from these boots, their scatter scaled to that variation; the other "
            "rows are one set of boots as it was measured, a trial a case.")
