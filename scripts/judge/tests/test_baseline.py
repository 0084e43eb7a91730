# SPDX-License-Identifier: GPL-2.0
"""Baselines, their history, and where it changed."""

import tempfile
import unittest
from pathlib import Path

import sides
import baseline
import changes
import numpy


class Changes(unittest.TestCase):
    def test_what_is_counted_changes_by_a_step(self):
        self.assertEqual(changes.points([5000, 5005, 5100, 5100, 5000], "insn"), [2, 4])
        self.assertEqual(changes.points([7, 7, 8], "count"), [2])
        self.assertEqual(changes.points([1], "insn"), [])

    def test_a_wall_clocks_changes_are_found_within_its_scatter(self):
        rng = numpy.random.default_rng(5)
        steady = rng.normal(1000, 27, 60)
        self.assertEqual(changes.points(steady, "ns"), [])
        moved = steady.copy()
        moved[30:] *= 1.1
        (place,) = changes.points(moved, "ns")
        self.assertLessEqual(abs(place - 30), 1)


class Baseline(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def keep(self, day, cycle):
        """Save a run of that day."""
        run = sides.write(self.folder / f"run{day}",
                          [sides.support.latency("restricted_carveout", 4096, "cycle", cycle)],
                          started=f"2026-01-{day:02}T00:00:00Z", ended=None, commit=f"{day:02}" * 20)
        return baseline.save(run, self.folder / "baselines")

    def test_one_folder_a_machine_and_tool_chain(self):
        folder = self.keep(1, 5000)
        self.assertEqual(folder.name, "optee-icount-optee-release-7.2.0_test-cc_1.0-test")
        self.assertEqual(self.keep(2, 5000), folder)
        self.assertEqual(len(baseline.history(folder)), 2)
        # Once more is no run more
        self.keep(2, 5000)
        self.assertEqual(len(baseline.history(folder)), 2)
        self.assertEqual(sides.rundir.load(folder).provenance["started"], "2026-01-02T00:00:00Z")

    def test_shows_where_it_changed_and_draws(self):
        for day, cycle in enumerate((5000, 5001, 5100, 5100), 1):
            folder = self.keep(day, cycle)
        text = baseline.show(folder.parent, self.folder / "drawn")
        self.assertIn("4 runs, the last of 2026-01-04T00:00:00Z at 040404040404", text)
        self.assertIn("5,100 insn; +2.0 % at 030303030303", text)
        self.assertIn("</svg>", (self.folder / "drawn" / f"{folder.name}.svg").read_text())

    def test_none_and_a_damaged_one(self):
        with self.assertRaises(baseline.NoBaseline):
            baseline.show(self.folder, self.folder)
        folder = self.keep(1, 5000)
        (folder / baseline.HISTORY).write_text("{}\n")
        with self.assertRaisesRegex(baseline.NoBaseline, "history.jsonl:1"):
            baseline.history(folder)


if __name__ == "__main__":
    unittest.main()
