# SPDX-License-Identifier: GPL-2.0
"""Replayed sessions: what is made of their measurements, and the picture."""

import tempfile
import unittest
from pathlib import Path

import support
import figures
import rundir
import sessions
import text

MIB = 1 << 20


def counter(metric, value, unit="count", **params):
    return {"bench": "replay", "params": params, "metric": metric, "unit": unit, "value": value}


def steps(metric, points, **params):
    return {"bench": "replay", "params": params, "metric": metric, "unit": "bytes",
            "against": "us", "series": points}


def played(trace, heap, failures=0, tee=None, pool=None, fragmented=None, **more):
    """What replay writes of one trace on one heap; it asks for 10 buffers of 8 MiB."""
    params = {"trace": trace, "heap": heap, "pace": "fast", **more}
    held = (10 - failures) * 8 * MIB
    records = [
        {**support.record("replay", 900, op="alloc", **params), "metric": "service"},
        {**support.record("replay", 300, op="free", **params), "metric": "service"},
        counter("allocs", 10 - failures, **params), counter("frees", 10 - failures, **params),
        counter("failures", failures, **params), counter("skipped_frees", failures, **params),
        counter("peak_buffers", 10 - failures, **params),
        counter("peak_bytes", held, "bytes", **params),
        counter("demand_buffers", 10, **params),
        counter("demand_bytes", 80 * MIB, "bytes", **params)]
    if fragmented is not None:
        records.append(counter("fragmented", fragmented, **params))
    if pool:
        records.append(counter("pool_bytes", pool, "bytes", **params))
    if tee is not None:
        records.append(counter("tee_calls", tee, **params))
    return records + [steps("use", [[0, held], [60000000, 0]], **params),
                      steps("demand", [[0, 80 * MIB], [60000000, 0]], **params)]


class Sessions(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name) / "run"

    def run_of(self, *groups):
        records = [record for group in groups for record in group]
        return rundir.load(support.write_run(self.folder, records))

    def test_one_sentence_for_heaps_that_went_the_same(self):
        run = self.run_of(played("a", "one", 2), played("a", "two", 2), played("a", "three", 0))
        says = sessions.findings(run)
        self.assertEqual(says[0], "one and two gave every buffer of 0 of 1 sessions; 2 of 10 "
                                  "allocations failed in all.")
        self.assertEqual(says[1], "three gave every buffer of 1 of 1 sessions.")
        self.assertEqual(says[2], "The session that asks for most, a, would hold 80.0 MiB at its peak.")
        self.assertEqual(len(says), 3)

    def test_pool_is_the_heaps_word_or_the_runs(self):
        run = self.run_of(played("a", "restricted_carveout"), played("a", "pages", pool=96 * MIB))
        one, two = sessions.played(run)
        self.assertEqual((one.pool, two.pool), (67108864, 96 * MIB))
        self.assertIn("restricted_carveout, with 64.0 MiB of pool, gave", sessions.findings(run)[0])

    def test_calls_are_of_one_playing(self):
        run = self.run_of(played("a", "x", tee=60, repeat=3), played("b", "x", tee=7))
        self.assertEqual([p.tee_calls for p in sessions.played(run)], [20, 7])
        self.assertIn("calls into the TEE: 27", sessions.findings(run)[0])

    def test_fragmented(self):
        run = self.run_of(played("a", "x", 5, fragmented=2, pool=64 * MIB), played("a", "y", 1),
                          played("a", "z"))
        self.assertEqual(sessions.findings(run)[-1],
                         "a failed on x twice though as much was free in sum, so its pool was "
                         "fragmented; on y once in all, z never in all.")

    def test_skipped_and_cut_off(self):
        skipped = counter("skipped", 1, trace="a", heap="gone", pace="fast", reason="ENOENT")
        run = self.run_of([skipped], played("a", "x"), played("b", "x")[:-1])
        self.assertEqual([p.heap for p in sessions.plays(run)], ["gone", "x"])
        self.assertEqual(len(sessions.played(run)), 1)
        self.assertIn("skipped: ENOENT", sessions.rows(run)[0])
        self.assertNotIn("gone", " ".join(sessions.findings(run)))

    def test_rows(self):
        run = self.run_of(played("a", "x", 1, tee=5), played("a", "x", pace="schedule"))
        first, second = sessions.rows(run)
        self.assertEqual(first, ["a", "x", "", "80.0 MiB", "72.0 MiB", "9", "1", "", "5", "900", "300"])
        self.assertEqual(second[0], "a, pace schedule")
        self.assertEqual(len(first), len(sessions.COLUMNS))

    def test_nothing_replayed(self):
        run = rundir.load(support.write_run(self.folder))
        self.assertEqual((sessions.findings(run), sessions.rows(run)), ([], []))
        self.assertNotIn("Sessions", text.summary(run))

    def test_picture(self):
        run = self.run_of(played("a", "x", 1), played("a", "y", 1), played("a", "z"),
                          played('"od d;', "x"), played('"od d;', "y"))
        drawn = [f for f in figures.draw(run, self.folder / "plots") if f.name == "sessions"]
        self.assertEqual(len(drawn), 1)
        svg = drawn[0].svg.read_text(encoding="utf-8")
        for words in ("x = y", ">z<", ">a<", "_od\u00a0d_"):
            self.assertTrue(words in svg, words)


if __name__ == "__main__":
    unittest.main()
