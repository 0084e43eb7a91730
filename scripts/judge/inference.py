# SPDX-License-Identifier: GPL-2.0
"""What samples tell, and how sure that is. Numbers in, numbers out; scipy does the work."""

import bisect
import itertools
import math

import numpy
from scipy import stats

# The bootstrap's picks are the same for the same samples
BOOTSTRAP_SEED = 1


def median_interval(hist, samples, error):
    """Between which values a median lies, by order statistics, as (low, high).

    hist: buckets as [lo, hi, count]; samples: their sum. Nothing is asked of the samples'
    distribution (the interval that belongs to the sign test; Conover, Practical
    Nonparametric Statistics, 3.2). error: how often it may miss.
    """
    rank = int(stats.binom.ppf(error / 2, samples, 0.5))
    upto = list(itertools.accumulate(count for _, _, count in hist))
    low = hist[bisect.bisect_left(upto, max(rank, 1))][0]
    high = hist[bisect.bisect_left(upto, min(samples - rank + 1, samples))][1]
    return low, high


def quantile(hists, part):
    """What so large a part of the samples is below; the middle of the bucket that it is in.

    hists: of each some buckets as [lo, hi, count], all together the samples.
    """
    buckets = sorted(bucket for hist in hists for bucket in hist)
    left = part * sum(count for _, _, count in buckets)
    for low, high, count in buckets:
        left -= count
        if left < 0:
            return (low + high) / 2
    raise ValueError("no samples")


def median(samples):
    """The median as a plain number."""
    return float(numpy.median(samples))


def medians(rows):
    """The median of each row, as an array."""
    return numpy.median(numpy.asarray(rows, float), axis=1)


def extent(samples):
    """How far the largest is from the smallest."""
    return float(numpy.ptp(samples))


def middle_half(samples):
    """How far the upper quartile is from the lower."""
    return float(numpy.subtract(*numpy.percentile(samples, [75, 25])))


def slower_each(base, head):
    """The probability (Mann-Whitney, one-sided) of such samples if head were not slower.

    base, head: a row of samples each case; rows are equally long. Returns an array. By the
    normal approximation with its correction for continuity and none for ties, so that few
    samples and ties make it larger, and never smaller; all rows at once, which scipy is
    100 times slower at.
    """
    base, head = numpy.asarray(base, float), numpy.asarray(head, float)
    pairs = head[:, :, None], base[:, None, :]
    wins = (pairs[0] > pairs[1]).sum((1, 2)) + (pairs[0] == pairs[1]).sum((1, 2)) / 2
    n, m = head.shape[1], base.shape[1]
    scatter = numpy.sqrt(n * m * (n + m + 1) / 12)
    return stats.norm.sf((wins - n * m / 2 - 0.5) / scatter)


def slower_means_each(base, head):
    """The same by Welch's t test on the logarithms (Biometrika 34, 1947); all above 0.

    Where boots are of two kinds, fast and slow ones, and head is between them, ranks hardly
    move and means do. No smaller than what a permutation of so many samples can give.
    """
    base, head = numpy.log(numpy.asarray(base, float)), numpy.log(numpy.asarray(head, float))
    n, m = head.shape[1], base.shape[1]
    apart = head.mean(1) - base.mean(1)
    one, other = head.var(1, ddof=1) / n, base.var(1, ddof=1) / m
    # Where nothing scatters, anything is beyond its scatter: the least probability is for that
    scatter = numpy.maximum(one + other, numpy.finfo(float).tiny)
    freedom = scatter ** 2 / numpy.maximum(one ** 2 / (n - 1) + other ** 2 / (m - 1), numpy.finfo(float).tiny)
    found = stats.t.sf(apart / numpy.sqrt(scatter), numpy.maximum(freedom, 1))
    return numpy.maximum(found, 1 / math.comb(n + m, n))


def slower_either_each(base, head):
    """The smaller of both probabilities, doubled, as either may be the small one by chance."""
    return numpy.minimum(1, 2 * numpy.minimum(slower_each(base, head), slower_means_each(base, head)))


def holm(probabilities, error):
    """Which of these hold, by Holm's step-down, so that any false one is as rare as error."""
    order = sorted(range(len(probabilities)), key=probabilities.__getitem__)
    holds = [False] * len(order)
    for place, index in enumerate(order):
        if probabilities[index] > error / (len(order) - place):
            break
        holds[index] = True
    return holds


def ratio_interval(base, head, level, resamples=2000):
    """The bootstrap's percentile interval of median(head) / median(base), as (low, high)."""
    rng = numpy.random.default_rng(BOOTSTRAP_SEED)

    def medians(samples):
        picks = rng.integers(0, len(samples), (resamples, len(samples)))
        return numpy.median(numpy.asarray(samples, float)[picks], axis=1)

    tails = [50 * (1 - level), 50 * (1 + level)]
    low, high = numpy.percentile(medians(head) / medians(base), tails)
    return float(low), float(high)


def trend(samples):
    """The probability of such a rise or fall if the samples' order meant nothing (Mann, Econometrica 13, 1945)."""
    return float(stats.kendalltau(range(len(samples)), samples).pvalue)


def binomial_interval(hits, trials, level=0.95):
    """Between which rates the true one lies (Clopper and Pearson), as (low, high)."""
    found = stats.binomtest(hits, trials).proportion_ci(level, method="exact")
    return float(found.low), float(found.high)


def variation(samples):
    """Coefficient of variation: the sample standard deviation over the mean."""
    return float(numpy.std(samples, ddof=1) / numpy.mean(samples))
