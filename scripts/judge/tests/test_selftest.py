# SPDX-License-Identifier: GPL-2.0
"""How error rates are counted, on pairs of which it is known what they hold."""

import unittest

import sides
import numpy
import selftest
import trust
import walltest


def side(label, p50, **more):
    """One alloc under a label."""
    return sides.alloc(p50, label=label, **more)


class SelfTest(unittest.TestCase):
    def test_injections_are_in_percent_of_what_an_instruction_costs(self):
        run = sides.run([side("h-0", 10000), side("h-calibrate", 210000)])
        self.assertEqual(selftest.injections(run, 100000, ["0.5", "10"]),
                         ["h-0.5 26 0 0", "h-10 500 0 0"])

    def test_a_slow_down_that_nobody_saw_calibrates_nothing(self):
        run = sides.run([side("h-0", 10000), side("h-calibrate", 9990)])
        with self.assertRaisesRegex(trust.Untrusted, "from h no slower"):
            selftest.injections(run, 100000, ["2"])

    def test_counts_what_was_found_and_what_was_not(self):
        pairs = []
        for number in range(8):
            flips = 600 * (number == 0)
            base = sides.run([side("h-0", 5000), side("h-0.5", 5000), side("h-0.1", 5000)])
            head = sides.run([side("h-0", 5000 + flips), side("h-0.5", 5026), side("h-0.1", 5006)])
            pairs.append((base, head))
        found = {rate.what: rate.hits for rate in selftest.rates(pairs)}
        self.assertEqual(found, {"false alarms, all cases of a pair": 0,
                                 "pairs that had to be measured again, of these": 1,
                                 "h: +0.5 % on the p50 of an allocation": 8,
                                 "h: +0.1 % on the p50 of an allocation": 0})

    def test_the_table_tells_where_it_is_from(self):
        run = sides.run([side("h-0", 5000)])
        text = selftest.table(selftest.rates([(run, run)] * 100), [(run, run)] * 100, "How.")
        self.assertIn("at commit 0123456789ab, 2026-01-31: 200 boots", text)
        self.assertIn("| false alarms, all cases of a pair | 0 | 100 | 0.0 to 3.6 % |", text)
        self.assertIn("fewer than 3 % of gates", text)


class Wall(unittest.TestCase):
    """Gates of wall clocks on samples of a known scatter."""

    def test_errs_as_rarely_as_it_says(self):
        self.errs_rarely(numpy.random.default_rng(3).normal(1e5, 5e3, (9, 60)))

    def test_errs_as_rarely_where_boots_are_of_two_kinds(self):
        rng = numpy.random.default_rng(4)
        self.errs_rarely(rng.normal(1e5, 1e3, (9, 60)) * rng.choice([1, 1.7], (9, 60), p=[0.7, 0.3]))

    def errs_rarely(self, samples):
        """Both bounds hold of gates of such boots, with few cases and with many."""
        found = walltest.rates(samples, 100)
        share = {rate.what.partition(", ")[2].partition("variation, ")[2]: rate.hits / rate.trials
                 for rate in found}
        for cases in (9, walltest.CASES):
            told = f"{cases} cases, {walltest.ROUNDS} boots a side"
            self.assertLessEqual(share[f"{told}: false alarms"], 0.01)
            self.assertGreaterEqual(share[f"{told}: +5 % on one of them"], 0.95)
        self.assertLess(share[f"9 cases, {walltest.ROUNDS} boots a side: gates that had to measure again, of these"],
                        0.1)

    def test_scales_the_scatter(self):
        scaled = walltest.at_variation([[100, 110, 90, 120], [5, 5.5, 6, 7]], 0.027)
        for row in scaled:
            self.assertAlmostEqual(numpy.std(row, ddof=1), 0.027)
            self.assertAlmostEqual(numpy.median(row), 1)


if __name__ == "__main__":
    unittest.main()
