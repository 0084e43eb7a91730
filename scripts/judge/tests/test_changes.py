# SPDX-License-Identifier: GPL-2.0
"""Where histories change: steps of exact figures, shifts of those that scatter."""

import unittest

import sides  # pylint: disable=unused-import
import changes
import numpy
import verdict


def steps(*values):
    """Of an exact history: (at, before, after, confirmed) of each change."""
    found = changes.steps([changes.Value(v, v, v) for v in values], verdict.Floor())
    return [(c.at, c.before, c.after, c.confirmed) for c in found]


class Steps(unittest.TestCase):
    def test_no_change(self):
        self.assertEqual(steps(5000), [])
        self.assertEqual(steps(5000, 5000, 5000), [])
        # 0.2 % is not beyond the floor
        self.assertEqual(steps(5000, 5010, 5000, 5010), [])

    def test_a_step_is_confirmed_by_the_next_run(self):
        self.assertEqual(steps(5000, 5000, 5100, 5100), [(2, 5000, 5100, True)])
        self.assertEqual(steps(5000, 5100), [(1, 5000, 5100, False)])
        # A run that stands alone is none
        self.assertEqual(steps(5000, 5100, 5000, 5000), [])

    def test_several_steps_each_against_the_level_before(self):
        self.assertEqual(steps(5000, 6000, 6000, 4000, 4000),
                         [(1, 5000, 6000, True), (3, 6000, 4000, True)])

    def test_a_drift_adds_up_to_a_step(self):
        self.assertEqual(steps(5000, 5000, 5000, 5006, 5012, 5018)[0][0], 4)

    def test_what_the_samples_leave_open_is_none(self):
        open_end = [changes.Value(5000, 5000, 5000), *[changes.Value(5100, 4990, 5110)] * 2]
        self.assertEqual(changes.steps(open_end, verdict.Floor()), [])

    def test_fraction(self):
        self.assertAlmostEqual(changes.Change(1, 5000, 5100).fraction, 0.02)
        self.assertIsNone(changes.Change(1, 0, 1).fraction)


class Shifts(unittest.TestCase):
    """The scatter of a hosted runner: 2.7 %."""

    def test_finds_five_percent_where_it_is(self):
        rng = numpy.random.default_rng(1)
        near = 0
        for _ in range(50):
            values = list(rng.normal(1000, 27, 20)) + list(rng.normal(1050, 27, 20))
            found = changes.shifts(values, verdict.WALL_FLOOR)
            near += len(found) == 1 and abs(found[0].at - 20) <= 4
        self.assertGreaterEqual(near, 40)

    def test_rarely_finds_what_is_not_there(self):
        rng = numpy.random.default_rng(2)
        false = sum(bool(changes.shifts(list(rng.normal(1000, 27, 30)), verdict.WALL_FLOOR))
                    for _ in range(200))
        # 1 % of 200, and what chance may add
        self.assertLessEqual(false, 6)

    def test_two_shifts(self):
        rng = numpy.random.default_rng(3)
        values = [*rng.normal(1000, 10, 15), *rng.normal(1200, 10, 15), *rng.normal(1000, 10, 15)]
        self.assertEqual([c.at for c in changes.shifts(values, verdict.WALL_FLOOR)], [15, 30])

    def test_what_is_sure_may_still_not_matter(self):
        values = [1000 + k % 2 for k in range(20)] + [1004 + k % 2 for k in range(20)]
        self.assertEqual(changes.shifts(values, verdict.WALL_FLOOR), [])

    def test_few_or_equal_values(self):
        for values in ([], [1.0], [1.0, 2.0, 3.0], [7.0] * 30):
            self.assertEqual(changes.shifts(values, verdict.WALL_FLOOR), [])


if __name__ == "__main__":
    unittest.main()
