# SPDX-License-Identifier: GPL-2.0
"""Fragmentation: what is made of frag's measurements, and the pictures."""

import tempfile
import unittest
from pathlib import Path

import support
import figures
import fragmentation
import rundir
import text
from test_report import Checker

FRAME = fragmentation.FRAME


def one(metric, unit, params, **more):
    return {"bench": "frag", "params": params, "metric": metric, "unit": unit, **more}


def case(load, heap, failures=0, fragmented=None, looks=(0,), cells=None, frame=FRAME, **rest):
    """What frag writes of one load on one heap that is asked for 100 buffers."""
    params = {"load": load, "heap": heap, **rest}
    records = [
        {**support.record("frag", 900, op="alloc", **params), "metric": "service"},
        one("allocs", "count", params, value=100 - failures),
        one("failures", "count", params, value=failures)]
    if fragmented is not None:
        records.append(one("fragmented", "count", params, value=fragmented))
    if fragmented:
        records.append(one("first_fragmented", "count", params, value=17))
    if looks:
        points = [[10 * (i + 1), value] for i, value in enumerate(looks)]
        records.append(one("unusable_permille", "count", {**params, "frame": frame},
                           against="count", series=points))
        records.append(one("external_permille", "count", params, against="count", series=points))
        records.append({**support.record("frag", 4096, unit="bytes", **params,
                                         external_permille=5), "metric": "free_extents"})
    if cells:
        rows = [[10 * (i + 1), row] for i, row in enumerate(cells)]
        records.append(one("map", "ratio", params, against="count", map=rows))
    return records


def torn(pages, ended, **more):
    """A heap on memory that was torn to 0.5 at order 4."""
    params = {"index": 500, "order": 4, "pages": pages, "label": pages}
    records = case("synthetic", "restricted_pages", looks=None, **params, **more)
    params = records[1]["params"]
    return records + [one("index_reached", "count", params, value=499),
                      one("buddy_permille", "count", params, against="count",
                          series=[[5, 480], [100, ended]])]


class Fragmentation(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name) / "run"

    def run_of(self, *groups):
        records = [record for group in groups for record in group]
        return rundir.load(support.write_run(self.folder, records))

    def test_control(self):
        run = self.run_of(case("control", "a", fragmented=0, frame=1 << 20),
                          case("control", "b", fragmented=0, frame=1 << 20),
                          case("control", "c", 3, fragmented=3, looks=(0, 250)),
                          case("control", "d", looks=None))
        self.assertEqual(fragmentation.findings(run), [
            "Equal sizes: a and b had an unusable index of 0 throughout and never failed though as "
            "much was free.",
            "Equal sizes: c had an unusable index of 0.25 at worst and failed 3 times though as much "
            "was free.",
            "Equal sizes: d never failed."])

    def test_loads(self):
        run = self.run_of(case("adversary", "a", 40, fragmented=30, looks=(0, 500, 1000)),
                          case("adversary", "b"), case("some-trace", "c", 2, looks=None))
        self.assertEqual(fragmentation.findings(run), [
            "Combs: a failed 40 of 100 allocations, 30 of them though as much was free (first after 17 "
            "operations); at the median of all looks, 50.0 % of what was free could not hold a buffer "
            "of 3.0 MiB in one piece.",
            "Combs: b gave all 100 buffers; at the median of all looks, 0 % of what was free could not "
            "hold a buffer of 3.0 MiB in one piece.",
            "Some-trace: c failed 2 of 100 allocations."])

    def test_torn_memory(self):
        run = self.run_of(torn("movable", 370), torn("unmovable", 510))
        says = fragmentation.findings(run)
        self.assertEqual(len(says), 2)
        self.assertIn("torn to an unusable index of 0.499 at order 4 (asked for: 0.5) by movable pages, "
                      "restricted_pages never failed under synthetic video load", says[0])
        self.assertIn("the index ended at 0.51", says[1])
        self.assertIn("an alloc's median was 900 instructions", says[1])

    def test_rows(self):
        run = self.run_of(case("adversary", "a", 40, fragmented=30, looks=(0, 500, 1000)),
                          torn("movable", 370),
                          [one("skipped", "count", {"load": "control", "heap": "gone",
                                                    "reason": "ENOENT"}, value=1)])
        rows = fragmentation.rows(run)
        self.assertEqual(rows[0], ["adversary", "a", "", "60", "40", "30", "17", "0.5", "1", "", "900", ""])
        self.assertEqual(rows[1][:3], ["synthetic (movable)", "restricted_pages",
                                       "index 0.5, order 4, movable"])
        self.assertEqual(rows[2][:3], ["control", "gone", "skipped: ENOENT"])
        self.assertTrue(all(len(row) == len(fragmentation.COLUMNS) for row in rows))

    def test_cut_off(self):
        run = self.run_of(case("adversary", "a"), case("adversary", "b")[:1])
        self.assertEqual([c.heap for c in fragmentation.done(run)], ["a"])
        self.assertEqual(fragmentation.rows(run)[1][3:5], ["", ""])

    def test_nothing_measured(self):
        run = rundir.load(support.write_run(self.folder))
        self.assertEqual((fragmentation.findings(run), fragmentation.rows(run)), ([], []))
        self.assertNotIn("Fragmentation", text.summary(run))

    def test_pictures(self):
        run = self.run_of(case("control", "x", cells=["0099", "9999"]),
                          case("control", "y", cells=["0099", "9999"]),
                          case("adversary", "x", looks=(5, 9), cells=["0909", "9990", "0000"]),
                          case("adversary", "y", looks=(5, 8), cells=["0909", "9990", "1234"]),
                          case('"od d;', "x", looks=(1, 2)), torn("movable", 370))
        self.assertEqual([len(row) for row in fragmentation.maps(run).values()], [1, 2])
        drawn = {f.name: f for f in figures.draw(run, self.folder / "plots")}
        svg = drawn["fragmentation-map"].svg.read_text(encoding="utf-8")
        for words in ("equal\u00a0sizes:\u00a0x\u00a0=\u00a0y", "combs:\u00a0y"):
            self.assertTrue(words in svg, words)
        self.assertEqual(svg.count("<image "), 3)
        checker = Checker()
        checker.feed(figures.inline(drawn["fragmentation-map"]))
        self.assertEqual(checker.errors, [])
        svg = drawn["fragmentation-index"].svg.read_text(encoding="utf-8")
        for words in ("page\u00a0allocator,\u00a0order\u00a04", "restricted_pages, from 0.5, movable",
                      "x and y", "_od\u00a0d_"):
            self.assertTrue(words in svg, words)


if __name__ == "__main__":
    unittest.main()
