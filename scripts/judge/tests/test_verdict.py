# SPDX-License-Identifier: GPL-2.0
"""What becomes of a case: same, worse, better, changed, new, gone."""

import unittest

import sides
import cases
import verdict


def word(base, head):
    """The verdict on one case of two runs of one record each."""
    rows = verdict.judge([sides.run([base])], [sides.run([head])])
    return rows[0].verdict


class Verdict(unittest.TestCase):
    def test_medians_beyond_the_floor(self):
        self.assertEqual(word(sides.alloc(5000), sides.alloc(5000)), "same")
        self.assertEqual(word(sides.alloc(5000), sides.alloc(5025)), "worse")
        self.assertEqual(word(sides.alloc(5025), sides.alloc(5000)), "better")
        # 0.2 % of 5000 is not beyond it
        self.assertEqual(word(sides.alloc(5000), sides.alloc(5010)), "same")

    def test_a_median_that_its_samples_leave_open(self):
        torn = sides.alloc(5025)
        torn.update(min=5000, hist=[[5000, 5000, 48], [5025, 5025, 51], [5035, 5035, 1]])
        self.assertEqual(word(sides.alloc(5000), torn), "same")

    def test_counters_are_exact(self):
        self.assertEqual(word(sides.counter(806), sides.counter(807)), "worse")
        self.assertEqual(word(sides.counter(5, "pool_hits"), sides.counter(4, "pool_hits")), "worse")
        self.assertEqual(word(sides.counter(5, "allocs"), sides.counter(4, "allocs")), "changed")

    def test_new_and_gone(self):
        base, head = sides.run([sides.alloc(9)]), sides.run([sides.counter(1)])
        self.assertEqual([row.verdict for row in verdict.judge([base], [head])], ["gone", "new"])

    def test_what_is_mainlines_is_no_alarm(self):
        rows = verdict.judge([sides.run([sides.alloc(5000, "system")])],
                             [sides.run([sides.alloc(6000, "system")])])
        self.assertEqual((rows[0].verdict, rows[0].alarming), ("worse", False))

    def test_boots_have_to_agree(self):
        base = [sides.run([sides.alloc(v)]) for v in (5000, 5000, 5400)]
        head = [sides.run([sides.alloc(v)]) for v in (5400, 5400, 5400)]
        self.assertEqual(verdict.judge(base[:2], head)[0].verdict, "worse")
        self.assertEqual(verdict.judge(base, head)[0].verdict, "same")

    def test_sides_lie_further_apart_than_boots(self):
        base = [sides.run([sides.counter(v)]) for v in (2100, 2150)]
        head = [sides.run([sides.counter(v)]) for v in (2160, 2170)]
        self.assertEqual(verdict.judge(base, head)[0].verdict, "same")
        head = [sides.run([sides.counter(v)]) for v in (2201, 2210)]
        self.assertEqual(verdict.judge(base, head)[0].verdict, "worse")


class WallClock(unittest.TestCase):
    """Boots whose medians scatter; the clock is the wall's."""

    @staticmethod
    def side(values):
        return [sides.run([sides.alloc(v, unit="ns")], clock="wall") for v in values]

    def test_one_boot_tells_nothing(self):
        rows = verdict.judge(self.side([100000]), self.side([200000]))
        self.assertEqual(rows[0].verdict, "unjudged")

    def test_the_fastest_samples_of_all_passes_count(self):
        run = sides.run([self.taken(1, [[1750, 1760, 4], [1790, 1810, 96]]),
                         self.taken(2, [[900, 904, 2], [980, 1020, 98]])], clock="wall")
        found = list(cases.of_run(run, 0.01).values())
        self.assertEqual([(case.value, case.samples) for case in found], [(1000, 200)])

    @staticmethod
    def taken(number, hist):
        record = sides.alloc(hist[1][0], unit="ns", **{"pass": number})
        record.update(hist=hist, n=100, min=hist[0][0], max=hist[1][1], mean=hist[1][0], p90=hist[1][0], p99=hist[1][0])
        return record

    def test_many_boots_do(self):
        base = self.side(range(100000, 110000, 1000))
        head = self.side(range(110000, 120000, 1000))
        row = verdict.judge(base, head)[0]
        self.assertEqual(row.verdict, "worse")
        self.assertLess(row.interval[0], 0.0952)
        self.assertGreater(row.interval[1], 0.0952)
        self.assertEqual(verdict.judge(head, base)[0].verdict, "better")
        self.assertEqual(verdict.judge(base, base)[0].verdict, "same")

    def test_what_is_sure_may_still_not_matter(self):
        base = self.side(range(100000, 100100, 10))
        head = self.side(range(100200, 100300, 10))
        self.assertEqual(verdict.judge(base, head)[0].verdict, "same")


if __name__ == "__main__":
    unittest.main()
