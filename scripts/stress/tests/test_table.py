# SPDX-License-Identifier: GPL-2.0
"""A run folder of stress becomes a table and an exit code."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import table  # noqa: E402

FACTS = {"seed": 7, "kernel": "release", "clock": "wall", "started": "a", "ended": "b", "ops": 3000}


def record(stressor, metric, value, **params):
    return json.dumps({"metric": metric, "value": value,
                       "params": {"stressor": stressor, "tee": "sim", **params}})


class Table(unittest.TestCase):
    def run_with(self, verdicts, records, oracles=None, found=None, **facts):
        with tempfile.TemporaryDirectory() as folder:
            run = pathlib.Path(folder)
            (run / "verdicts.tsv").write_text("".join("\t".join(v) + "\n" for v in verdicts))
            (run / "measurements.jsonl").write_text("".join(r + "\n" for r in records))
            (run / "stress.json").write_text(json.dumps({**FACTS, **facts}))
            if oracles:
                (run / "oracles.txt").write_text(oracles)
            if found:
                (run / "corpus").mkdir()
                (run / "corpus" / f"{found}.found").touch()
            said = io.StringIO()
            with mock.patch.object(sys, "argv", ["table.py", folder]), \
                    contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                code = table.main()
        return code, said.getvalue()

    def test_nothing_found_has_a_bound(self):
        code, said = self.run_with([["edge", "sim", "0", "", ""]],
                                   [record("edge", "operations", 3000), record("edge", "blows", 10),
                                    record("edge", "found", 0)])
        self.assertEqual(code, 0)
        self.assertRegex(said, r"edge +sim +3,000 +10 +0 +1\.0e-03 +nothing found")
        self.assertIn("less than 1 in 1,000 operations", said)

    def test_what_was_found_has_a_replay_and_no_bound(self):
        code, said = self.run_with([["edge", "sim", "2", "driver", ""]],
                                   [record("edge", "operations", 3000), record("edge", "blows", 0),
                                    record("edge", "found", 2, why="a buffer outlives it")])
        self.assertEqual(code, 2)
        self.assertRegex(said, r"edge .* 2 +- +FAILED \(driver\)")
        self.assertIn("edge: a buffer outlives it", said)
        self.assertIn("stress --only edge --tee sim --seed 7 --kernel release --clock wall --ops 3000", said)

    def test_the_largest_buffer_is_told_and_replayed(self):
        _, said = self.run_with([["edge", "sim", "2", "driver", ""]], [record("edge", "found", 1, why="w")], max="32K")
        self.assertIn("seed 7, no buffer larger than 32K,", said)
        self.assertIn("--ops 3000 --max 32K", said)

    def test_a_crash_without_counts_is_told(self):
        code, said = self.run_with([["web", "sim", "5", "emulator", "the guest crashed"]], [])
        self.assertEqual(code, 5)
        self.assertIn("web: the guest crashed", said)

    def test_the_driver_counts_more_than_the_harness(self):
        code, _ = self.run_with([["a", "sim", "6", "harness", "x"], ["b", "sim", "2", "driver", "y"]], [])
        self.assertEqual(code, 2)

    def test_a_skip_is_no_pass_of_anything(self):
        code, said = self.run_with([["pin", "sim", "4", "", ""]],
                                   [record("pin", "skipped", 1, why="one processor")])
        self.assertEqual(code, 4)
        self.assertIn("skipped: one processor", said)
        self.assertNotIn("confidence", said)

    def test_the_proof_of_the_oracles_is_told(self):
        counts = [record("edge", metric, 0) for metric in ("operations", "blows", "found")]
        _, said = self.run_with([["edge", "sim", "0", "", ""]], counts, "caught  a  KASAN\ncaught  b  books\n")
        self.assertIn("2 of 2 oracles of this kernel caught a mistake", said)
        _, said = self.run_with([["edge", "sim", "0", "", ""]], counts)
        self.assertNotIn("oracles", said)
        code, said = self.run_with([["edge", "sim", "0", "", ""]], counts, "caught  a  KASAN\nMISSED  b  books\n")
        self.assertEqual(code, 64)
        self.assertIn("did not prove itself", said)

    def test_paths_have_a_table_of_their_own(self):
        of = {"path": "alloc", "heap": "restricted_pages pool", "cause": "memory"}
        records = [record("fail-nth", "operations", 3000), record("fail-nth", "blows", 40),
                   record("fail-nth", "found", 0), record("fail-nth", "points", 40, **of),
                   record("fail-nth", "failed", 33, **of), record("fail-nth", "whole", 1, **of)]
        _, said = self.run_with([["fail-nth", "sim", "0", "", ""]], records)
        self.assertRegex(said, r"\nalloc +restricted_pages pool +memory +40 +33 +7 +all")
        records[-1] = record("fail-nth", "whole", 0, **of)
        _, said = self.run_with([["fail-nth", "sim", "2", "driver", ""]], records)
        self.assertRegex(said, r"\nalloc .* NOT ALL")

    def test_what_a_fuzzer_reached_is_told(self):
        def counts(guide):
            return [record("fuzz-tee", metric, value, guide=guide) for metric, value in (
                ("operations", 3000), ("blows", 0), ("found", 0), ("pcs", 1234), ("programs", 400), ("kept", 56))] + \
                [record("fuzz-tee", "pcs-within", 99, guide=guide, within=1024)]
        verdicts = [["fuzz-tee", "sim", "0", "", ""]]
        _, said = self.run_with(verdicts, counts("on"))
        self.assertIn("fuzz-tee reached 1,234 places of our modules' code, guided, in 400 programs; 56 that", said)
        self.assertIn("corpus/fuzz-tee.", said)
        _, said = self.run_with(verdicts, counts("off"))
        self.assertIn("fuzz-tee reached 1,234 places of our modules' code.", said)

    def test_what_was_found_is_replayed_from_its_program(self):
        records = [record("fuzz-tee", "operations", 1), record("fuzz-tee", "blows", 0),
                   record("fuzz-tee", "found", 1, why="x")]
        _, said = self.run_with([["fuzz-tee", "sim", "2", "driver", ""]], records, found="fuzz-tee")
        self.assertRegex(said, r"--ops 3000 --corpus .*/corpus/fuzz-tee\.found")

    def test_a_folder_that_is_no_run_is_refused(self):
        code, said = self.run_with([["pin"]], [])
        self.assertEqual(code, 64)
        self.assertIn("not a run of stress", said)
        code, said = self.run_with([["pin", "sim", "0", "", ""]], ["{"])
        self.assertEqual(code, 64)
        self.assertIn("measurements.jsonl:1", said)


if __name__ == "__main__":
    unittest.main()
