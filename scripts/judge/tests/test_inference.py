# SPDX-License-Identifier: GPL-2.0
"""What samples tell: against values that are known, and against how often it errs."""

import unittest

import sides  # pylint: disable=unused-import
import inference
import numpy
from scipy import stats


class Inference(unittest.TestCase):
    def test_median_interval_is_of_order_statistics(self):
        # Of 10 samples, the 2nd and the 9th hold the median in 97.9 % (Conover, table A3)
        hist = [[k, k, 1] for k in range(1, 11)]
        self.assertEqual(inference.median_interval(hist, 10, 0.05), (2, 9))
        self.assertEqual(inference.median_interval([[5, 5, 300]], 300, 0.01), (5, 5))

    def test_median_interval_misses_as_rarely_as_it_says(self):
        rng = numpy.random.default_rng(1)
        missed = 0
        for _ in range(1000):
            samples = sorted(rng.exponential(1000, 60).astype(int))
            hist = [[v, v, samples.count(v)] for v in sorted(set(samples))]
            low, high = inference.median_interval(hist, 60, 0.05)
            missed += not low <= 693 <= high
        self.assertLess(missed, 65)

    def test_slower_is_mann_whitney(self):
        rng = numpy.random.default_rng(4)
        base, head = rng.normal(100, 3, (8, 12)), rng.normal(102, 3, (8, 20))
        known = stats.mannwhitneyu(head, base, alternative="greater", axis=1, method="asymptotic").pvalue
        numpy.testing.assert_allclose(inference.slower_each(base, head), known)
        # Where all is tied, and where there is little, it is no smaller than it should be
        self.assertGreater(inference.slower_each([[7] * 5], [[7] * 5])[0], 0.4)
        self.assertGreater(inference.slower_each([[1, 2, 3, 4, 5]], [[6, 7, 8, 9, 10]])[0], 1 / 252)

    def test_slower_means_is_welch(self):
        rng = numpy.random.default_rng(5)
        base, head = rng.normal(100, 3, (8, 12)), rng.normal(102, 9, (8, 20))
        known = stats.ttest_ind(numpy.log(head), numpy.log(base), axis=1, equal_var=False, alternative="greater")
        numpy.testing.assert_allclose(inference.slower_means_each(base, head), known.pvalue)
        # What does not scatter is no surer than its order can be
        self.assertAlmostEqual(inference.slower_means_each([[7] * 5], [[8] * 5])[0], 1 / 252)
        self.assertAlmostEqual(inference.slower_means_each([[7] * 5], [[7] * 5])[0], 0.5)

    def test_either_is_sure_where_one_of_both_is(self):
        rng = numpy.random.default_rng(6)
        # Boots of two kinds, 6 % apart, and head between them: ranks hardly tell
        base = numpy.tile([100.0] * 18 + [106.0] * 12, (40, 1)) + rng.normal(0, 0.2, (40, 30))
        ranks = inference.slower_each(base, 1.05 * base)
        either = inference.slower_either_each(base, 1.05 * base)
        self.assertGreater(ranks.min(), 1e-4)
        self.assertLess(either.max(), 1e-5)
        # One wild boot hides what means tell, and not what ranks do
        wild = base.copy()
        wild[:, 0] = 1e4
        self.assertGreater(inference.slower_means_each(wild, 1.1 * base).min(), 0.1)
        self.assertLess(inference.slower_either_each(wild, 1.1 * base).max(), 1e-5)

    def test_holm_steps_down(self):
        self.assertEqual(inference.holm([0.01, 0.04, 0.03, 0.005], 0.05), [True, False, False, True])
        self.assertEqual(inference.holm([], 0.05), [])

    def test_binomial_interval_of_none_in_100(self):
        low, high = inference.binomial_interval(0, 100)
        self.assertEqual(low, 0)
        self.assertAlmostEqual(high, 0.0362, places=4)

    def test_ratio_interval_holds_the_ratio(self):
        rng = numpy.random.default_rng(2)
        base, head = rng.normal(1000, 27, 40), rng.normal(1050, 27, 40)
        low, high = inference.ratio_interval(list(base), list(head), 0.95)
        self.assertLess(low, 1.05)
        self.assertGreater(high, 1.05)
        self.assertGreater(low, 1.02)


if __name__ == "__main__":
    unittest.main()
