# SPDX-License-Identifier: GPL-2.0
"""Files of hyperfine and perf beside a run."""

import json
import tempfile
import unittest
from pathlib import Path

import support
import commands
import page
import rundir


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        support.write_run(self.folder, support.small_run())

    def test_tables(self):
        times = {"clock": "icount", "results": [{"command": "load", "times": [0.002, 0.001, 0.006]},
                                                {"command": "boot <once>", "times": [3.5]}]}
        (self.folder / "hyperfine.json").write_text(json.dumps(times), encoding="utf-8")
        (self.folder / "perf").mkdir()
        (self.folder / "perf" / "latency-x.stat.json").write_text(
            '{"counter-value": "1234567.000000", "event": "instructions:k"}\n'
            '{"counter-value": "<not supported>", "event": "cycles"}\n', encoding="utf-8")
        run = rundir.load(self.folder)
        self.assertEqual(commands.rows(run), [["load", "3", "2.000 ms", "3.000 ms", "1.000 ms", "6.000 ms"],
                                              ["boot <once>", "1", "3.500 s", "3.500 s", "3.500 s", "3.500 s"]])
        self.assertEqual(commands.perf_rows(run), [["latency-x", "instructions:k", "1,234,567"]])
        text = page.render(run, [])
        self.assertIn("boot &lt;once&gt;", text)
        self.assertIn("<h2>perf stat of each entry</h2>", text)

    def test_without_them_there_is_nothing(self):
        run = rundir.load(self.folder)
        self.assertEqual((commands.rows(run), commands.perf_rows(run)), ([], []))
        self.assertNotIn("Whole commands", page.render(run, []))


if __name__ == "__main__":
    unittest.main()
