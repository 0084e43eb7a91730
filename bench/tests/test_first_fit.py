# SPDX-License-Identifier: GPL-2.0
"""The simulation against cases that were worked out by hand, and against itself."""

import random
import unittest

import first_fit
from first_fit import PAGE, Pool, play


class Pools(unittest.TestCase):
    def test_lowest_hole_that_is_large_enough(self):
        pool = Pool(10)
        self.assertEqual([pool.take(n) for n in (2, 3, 1, 4)], [0, 2, 5, 6])
        self.assertIsNone(pool.take(1))
        pool.give(0, 2)
        pool.give(5, 1)
        self.assertEqual(pool.take(1), 0)
        self.assertIsNone(pool.take(2))
        self.assertEqual(pool.free_pages(), 2)
        self.assertEqual(pool.take(1), 1)
        self.assertEqual(pool.take(1), 5)

    def test_neighbours_become_one_hole(self):
        for order in ((0, 1, 2), (2, 1, 0), (0, 2, 1), (1, 0, 2)):
            pool = Pool(3)
            for _ in range(3):
                pool.take(1)
            for page in order:
                pool.give(page, 1)
            self.assertEqual(pool.holes, [[0, 3]])

    def test_against_a_map_of_pages(self):
        """The same decisions as looking at every page anew."""
        chance = random.Random(1)
        pool, pages, live = Pool(64), [False] * 64, []
        for _ in range(5000):
            if live and chance.random() < 0.5:
                first, size = live.pop(chance.randrange(len(live)))
                pool.give(first, size)
                pages[first:first + size] = [False] * size
                continue
            size = chance.randint(1, 16)
            fits = [at for at in range(64 - size + 1) if not any(pages[at:at + size])]
            first = pool.take(size)
            self.assertEqual(first, fits[0] if fits else None)
            if fits:
                pages[first:first + size] = [True] * size
                live.append((first, size))
            self.assertEqual(pool.free_pages(), pages.count(False))


class Plays(unittest.TestCase):
    def test_counts(self):
        count = play(4 * PAGE, [
            ("alloc", "1", 2 * PAGE), ("alloc", "2", PAGE - 1), ("free", "1", 0),
            ("alloc", "3", 3 * PAGE),       # two pages free, then one used, then one free
            ("alloc", "4", 1), ("free", "3", 0), ("free", "2", 0), ("free", "4", 0)])
        self.assertEqual(count, {
            "allocs": 3, "frees": 3, "failures": 1, "fragmented": 1, "skipped_frees": 1,
            "peak_buffers": 2, "peak_bytes": 3 * PAGE,
            "demand_buffers": 3, "demand_bytes": 5 * PAGE})

    def test_not_enough_is_not_fragmented(self):
        count = play(PAGE, [("alloc", "1", 2 * PAGE)])
        self.assertEqual((count["failures"], count["fragmented"]), (1, 0))

    def test_an_id_is_given_again(self):
        count = play(PAGE, [("alloc", "1", 1), ("free", "1", 0)] * 3)
        self.assertEqual((count["allocs"], count["peak_bytes"]), (3, PAGE))

    def test_usage(self):
        self.assertEqual(first_fit.main([]), 64)
        self.assertEqual(first_fit.main(["4K", "x"]), 64)


if __name__ == "__main__":
    unittest.main()
