# SPDX-License-Identifier: GPL-2.0
"""What of a run is judged: each measurement as one case with one number.

A case is told by what its measurement measured (bench, params, metric, unit), so that
the same case is found in another run. Its tier says how the number is judged:

    counter  exact; any change is one
    median   a median of instructions, with the interval that its samples leave
    wall     nanoseconds: one boot tells nothing, several do. Of samples, what the fastest
             FAST of them took, as all that a host does beside it only adds time (Chen and Revels,
             "Robust benchmarking in noisy environments", HPEC 2016); of all passes of the boot together

Series and maps are pictures, and are not judged.
"""

import functools
from dataclasses import dataclass, replace

import inference
import steady
import units

# What the mainline kernel does: it is in the machine, and not the subject
CONTROL_HEAPS = {"system", "default_cma_region", "protected,secure-video"}
CONTROL_BENCHES = {"baseline"}
# Counters of which more is worse, and those of which less is; others only differ
MORE_IS_WORSE = {"tee_calls", "tee_ranges", "op_calls", "failures", "fragmented", "skipped",
                 "skipped_frees", "pool_misses", "quarantined_buffers", "quarantined_bytes"}
LESS_IS_WORSE = {"pool_hits"}
# Of a case's name: parameters that say nothing where they are as ever
USUAL = {"threads": 1, "pace": "fast", "case": "phase"}
BYTES = {"size", "bytes"}
# Of a wall clock's samples
FAST = 0.02


@dataclass(frozen=True)
class Case:
    """One number of one run.

    entry: of the plan that measured it. low, high: where the value lies for all that its
    samples tell; the value itself if that is exact. samples: their number, or None.
    worse: 1 where more is worse, -1 where less is, 0 where neither is. warmup: how many
    samples were none of the steady state, left out or not; None where nobody looked.
    unsteady: they came to none.
    """

    key: tuple
    name: str
    entry: str
    bench: str
    params: dict
    metric: str
    unit: str
    tier: str
    value: float
    low: float
    high: float
    samples: int
    worse: int
    control: bool
    warmup: int = None
    unsteady: bool = False


@functools.lru_cache(maxsize=4096)
def of_run(run, error):
    """The run's cases by their keys.

    error: the probability with which any interval of the run may miss its value; the
    cases share it equally.
    """
    judged = [m for m in run.measurements if m.series is None and m.map is None]
    found = {}
    for m in judged:
        case = _case(run, m, error / len(judged))
        found.setdefault(case.key, []).append((case, m))
    return {key: _fastest(passes) for key, passes in found.items()}


def _fastest(passes):
    """One case of the passes of a boot. What it counts is of the first, with a fresh machine."""
    case = passes[0][0]
    if case.tier != "wall":
        return case
    hists = [m.hist for _, m in passes if m.hist is not None]
    value = inference.quantile(hists, FAST) if hists else min(other.value for other, _ in passes)
    samples = case.samples and sum(other.samples for other, _ in passes)
    # The fast ones are of whatever state is the fastest; no other is looked for in many passes
    unsteady = case.unsteady and len(passes) == 1
    return replace(case, value=value, low=value, high=value, samples=samples, unsteady=unsteady)


def _case(run, m, error):
    params = run.told_apart(m)
    params.pop("pass", None)
    tier = _tier(m)
    value = m.value if m.value is not None else m.p50
    low = high = value
    if m.hist is not None:
        low, high = inference.median_interval(m.hist, m.n, error)
    elif m.low is not None:
        low, high = m.low, m.high
    key = (m.bench, tuple(sorted((name, str(param)) for name, param in params.items())),
           m.metric, m.unit)
    label = params.get("label")
    return Case(key, _name(m, params), f"{m.bench}:{label}" if label else m.bench, m.bench, params,
                m.metric, m.unit, tier, value, low, high, m.n, _worse(m, tier), _is_control(m),
                *_steadiness(m))


def _steadiness(m):
    """A measurement's warm-up, and whether it never came to an end."""
    if m.blocks is None:
        return m.warmup, False
    at = steady.begin(tuple(m.blocks))
    if at == len(m.blocks):
        return m.warmup, True
    return m.warmup + at * m.n // len(m.blocks), False


def _name(m, params):
    """A case in a few words: latency restricted_mtk_cm 4K alloc."""
    words = [m.bench]
    for name, value in params.items():
        if name in BYTES:
            words.append(units.size(value))
        elif value != USUAL.get(name):
            words.append(str(value))
    return " ".join(words if m.metric in ("latency", "service") else words + [m.metric])


def _tier(m):
    if m.unit == "ns":
        return "wall"
    return "median" if m.hist is not None or m.low is not None else "counter"


def _worse(m, tier):
    if tier != "counter":
        return 1
    return 1 if m.metric in MORE_IS_WORSE else -1 if m.metric in LESS_IS_WORSE else 0


def _is_control(m):
    return m.bench in CONTROL_BENCHES or m.params.get("heap") in CONTROL_HEAPS
