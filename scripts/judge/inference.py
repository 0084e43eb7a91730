# SPDX-License-Identifier: GPL-2.0
"""What samples tell, and how sure that is. Numbers in, numbers out; scipy does the work."""

import bisect
import itertools

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


def median(samples):
    """The median as a plain number."""
    return float(numpy.median(samples))


def slower(base, head):
    """The probability (Mann-Whitney, one-sided) of such samples if head were not slower."""
    if min(base) == max(base) == min(head) == max(head):
        return 1.0
    return float(stats.mannwhitneyu(head, base, alternative="greater").pvalue)


def slower_each(base, head):
    """The same for each row of two tables, as an array."""
    return stats.mannwhitneyu(head, base, alternative="greater", axis=1).pvalue


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


def binomial_interval(hits, trials, level=0.95):
    """Between which rates the true one lies (Clopper and Pearson), as (low, high)."""
    found = stats.binomtest(hits, trials).proportion_ci(level, method="exact")
    return float(found.low), float(found.high)


def variation(samples):
    """Coefficient of variation: the sample standard deviation over the mean."""
    return float(numpy.std(samples, ddof=1) / numpy.mean(samples))
