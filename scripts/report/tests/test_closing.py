# SPDX-License-Identifier: GPL-2.0
"""Closing in batches: what is made of uring's measurements, and the figure."""

import tempfile
import unittest
from pathlib import Path

import support
import closing
import figures
import page
import rundir


def batch(heap, way, number, visible, done, back=None, late=None):
    """What uring writes of one number of buffers closed in one way."""
    params = {"heap": heap, "way": way, "size": 65536, "batch": number}
    records = [{**support.record("uring", p50, **params), "metric": metric}
               for metric, p50 in (("visible", visible), ("done", done), ("back", back)) if p50]
    if late is not None:
        records.append({"bench": "uring", "params": params, "metric": "late", "unit": "count", "value": late})
    return records


def run_of(*parts):
    folder = tempfile.mkdtemp()
    support.write_run(folder, [record for part in parts for record in part])
    return rundir.load(Path(folder))


class Closing(unittest.TestCase):
    def test_sentences_are_of_the_largest_batch_that_all_have(self):
        run = run_of(batch("a", "close", 4, 400, 400, 410, 0), batch("a", "close", 16, 1600, 1600, 1610, 0),
                     batch("a", "unlinked", 4, 500, 500, 510, 0), batch("a", "linked", 4, 800, 800, 810, 0),
                     batch("a", "sqpoll", 4, 40, 9000, 19000, 25))
        self.assertEqual(closing.findings(run), [
            "Closing 4 buffers of 64 KiB of a costs 100 instructions each by close(2), 1.25 times that by io_uring, "
            "unlinked and 2.00 times that by io_uring, linked.",
            "By SQPOLL the caller goes on after 10 instructions for each of 4 buffers of a, by close(2) after 100.",
            "A completion does not say that the memory is back: by io_uring, SQPOLL, 4 buffers of a, in 25 of 100 "
            "batches some still was not, and came 10,000 instructions later at the median."])

    def test_nothing_late(self):
        run = run_of(batch("a", "close", 4, 400, 400, 410, 0))
        self.assertEqual(closing.findings(run), ["Whoever has seen the completions finds the memory back: in none of 1 "
                                                 "cases it came later."])

    def test_rows(self):
        gone = [{"bench": "uring", "params": {"heap": "b", "way": "sqpoll", "size": 4096, "reason": "EPERM"},
                 "metric": "skipped", "unit": "count", "value": 1}]
        rows = closing.rows(run_of(batch("system", "close", 4, 400, 402), gone))
        self.assertEqual(rows[0], ["system", "close(2)", "4", "64K", "400", "410", "402", "412", "100", "", "", ""])
        self.assertEqual(rows[1][:5], ["b", "io_uring, SQPOLL", "", "4K", "skipped: EPERM"])

    def test_figure_and_page(self):
        run = run_of(batch("a", "close", 1, 400, 400), batch("a", "close", 4, 1500, 1500))
        drawn = figures.draw(run, Path(tempfile.mkdtemp()) / "plots")
        self.assertEqual([figure.name for figure in drawn], ["uring"])
        self.assertIn("<h2>Closing in batches</h2>", page.render(run, drawn))

    def test_without_it_nothing_is_said(self):
        run = run_of(support.small_run())
        self.assertEqual((closing.findings(run), closing.rows(run), closing.panels(run)), ([], [], []))


if __name__ == "__main__":
    unittest.main()
