# SPDX-License-Identifier: GPL-2.0
"""Many at once: what is made of scale's measurements, and the figure."""

import tempfile
import unittest
from pathlib import Path

import support
import figures
import page
import rundir
import scaling
import text


def crew(heap, workers, cost, load=None, response=None, waits=0, **more):
    """What scale writes of one crew."""
    params = {"workers": workers, "kind": "threads", "loop": "open" if load else "closed", "size": 65536, **more}
    if load:
        params["load"] = load
    whose = {} if "together" in params else {"heap": heap}
    records = [{**support.record("scale", cost, op="cycle", heap=heap, **params), "metric": "service"}]
    if load:
        return records + [{**support.record("scale", response, op="cycle", **whose, **params), "metric": "response"}]
    return records + [
        {**support.record("scale", cost, **whose, **params), "metric": "cost"},
        {"bench": "scale", "params": {**whose, **params}, "metric": "buffers", "unit": "count", "value": 100},
        {"bench": "scale", "params": {**whose, **params}, "metric": "lock_waits", "unit": "count", "value": waits},
        {"bench": "scale", "params": {"heap": heap, **params}, "metric": "tee_calls", "unit": "count", "value": 200}]


def run_of(*parts):
    folder = tempfile.mkdtemp()
    support.write_run(folder, [record for part in parts for record in part])
    return rundir.load(Path(folder))


class Scaling(unittest.TestCase):
    def test_sentences(self):
        tee = [{**support.record("scale", 750, heap="a", size=65536), "metric": "tee_time"}]
        run = run_of(crew("a", 1, 1000), crew("a", 4, 3000, waits=7), crew("b", 1, 500), crew("b", 4, 501),
                     crew("a", 4, 1000, load=90, response=9000), tee)
        says = scaling.findings(run)
        self.assertEqual(says[0], "A buffer of 64 KiB from a costs 4 threads 3,000 instructions each, 3.00 times what "
                                  "it costs one.")
        self.assertEqual(says[1], "A buffer of 64 KiB from b costs 4 threads what it costs one (501 instructions).")
        self.assertEqual(says[2], "Locks held up a most: 4 threads waited 7 times in a round of 100 buffers.")
        self.assertTrue(says[3].startswith("Of a buffer's life on a (64 KiB) 75.0 % is calls into the TEE"), says[3])
        self.assertTrue(says[4].startswith("On a schedule of 90 % load"), says[4])

    def test_nobody_waits(self):
        run = run_of(crew("a", 1, 1000), crew("a", 2, 1000))
        self.assertIn("Nobody waited for a lock of the kernel in 1 crews of up to 2.", scaling.findings(run))

    def test_rows_and_what_was_skipped(self):
        gone = [{"bench": "scale", "params": {"heap": "c", "workers": 2, "kind": "processes", "sizes": "mixed",
                                              "reason": "ENOMEM"}, "metric": "skipped", "unit": "count", "value": 1}]
        rows = scaling.rows(run_of(crew("a", 1, 1000), crew("a", 2, 1000, together="a+b"), gone))
        self.assertEqual(rows[0][:5], ["a", "1 thread", "64K", "", "1,000"])
        self.assertEqual(rows[0][10:12], ["0", "200"])
        self.assertEqual(rows[1][:2], ["a+b", "2 threads"])
        self.assertEqual(rows[2][:5], ["c", "2 processes", "mixed", "", "skipped: ENOMEM"])

    def test_figure_and_page(self):
        run = run_of(crew("a", 1, 1000), crew("a", 4, 3000), crew("a", 4, 1000, load=50, response=3000))
        drawn = figures.draw(run, Path(tempfile.mkdtemp()) / "plots")
        self.assertEqual([figure.name for figure in drawn], ["scale"])
        self.assertIn("<h2>Many at once</h2>", page.render(run, drawn))
        self.assertIn("Many at once", text.summary(run))

    def test_without_it_nothing_is_said(self):
        run = run_of(support.small_run())
        self.assertEqual((scaling.findings(run), scaling.rows(run), scaling.panels(run)), ([], [], []))


if __name__ == "__main__":
    unittest.main()
