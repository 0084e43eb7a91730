# SPDX-License-Identifier: GPL-2.0
"""Baselines: kept in a folder of their kind, found again, refused with the fields named, shown."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

import sides
import judge

COMMITS = [f"{number:012x}".ljust(40, "0") for number in range(1, 9)]
FOLDER = "optee-icount-gcc1.0-qemu0.0-linux7.2-test"
ALLOC = "latency restricted_carveout 4K alloc"


class Baselines(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name)
        self.kept = self.scratch / "baselines"

    def act(self, action, *words):
        """Exit code and all that was told."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = judge.main([action, *map(str, words), "--baselines", str(self.kept)])
        return code, out.getvalue()

    def run_of(self, day, p50, records=(), **fields):
        """A run folder of that day's commit."""
        told = {"commit": COMMITS[day], "started": f"2026-01-{1 + day:02}T00:00:00Z", **fields}
        return sides.write(self.scratch / f"run-{day}", [sides.alloc(p50), *records], **told)

    def save(self, *arguments, **fields):
        """Save such a run; it has to work."""
        code, text = self.act("baseline-save", self.run_of(*arguments, **fields))
        self.assertEqual(code, 0, text)
        return text

    def history(self):
        """The lines of the only baseline."""
        text = (self.kept / FOLDER / "history.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]

    def test_keeps_the_newest_run_and_a_line_of_each(self):
        self.save(1, 5000)
        self.assertIn("run 2 of its history, commit 000000000003", self.save(2, 5100))
        self.assertIn("a newer run stays", self.save(0, 4900))
        self.assertIn("has this run already", self.save(2, 5100))
        self.assertEqual([line["commit"] for line in self.history()], COMMITS[:3])
        self.assertEqual([line["figures"][ALLOC]["value"] for line in self.history()], [4900, 5000, 5100])
        self.assertEqual(sides.rundir.load(self.kept / FOLDER).provenance["commit"], COMMITS[2])
        self.assertFalse(list(self.kept.glob("*/*.new")))

    def test_pictures_are_not_kept(self):
        series = {"bench": "frag", "params": {"heap": "restricted_carveout"}, "metric": "free_bytes",
                  "unit": "bytes", "against": "count", "series": [[0, 5], [1, 4]]}
        self.save(0, 5000, [series, sides.counter(7)])
        small = sides.rundir.load(self.kept / FOLDER)
        self.assertEqual([m.bench for m in small.measurements], ["latency", "replay"])

    def test_what_cannot_be_a_baseline(self):
        for told, fields in (("commit, and measure again", {"dirty": True}),
                             ("of no commit", {"commit": None, "dirty": None}),
                             ("did not end well", {"complete": False})):
            code, text = self.act("baseline-save", self.run_of(0, 5000, **fields))
            self.assertEqual(code, 7)
            self.assertIn(told, text)
        run = sides.write(self.scratch / "bare", [sides.alloc(1, heap="system")])
        code, text = self.act("baseline-save", run)
        self.assertEqual(code, 7)
        self.assertIn("none of the key figures", text)
        self.assertFalse(self.kept.exists())

    def test_finds_the_one_that_fits(self):
        self.save(0, 5000)
        self.save(1, 5000, seed=9, kernel_release="7.3.0-test")
        for number, fields in enumerate(({}, {"seed": 9, "kernel_release": "7.3.0-test"})):
            code, text = self.act("baseline-find", self.run_of(2, 6000, **fields))
            self.assertEqual(code, 0)
            found = Path(text.strip())
            self.assertEqual(sides.rundir.load(found).provenance["commit"], COMMITS[number])

    def test_refuses_with_the_fields_of_the_nearest_named(self):
        code, text = self.act("baseline-find", self.run_of(2, 5000))
        self.assertEqual(code, 7)
        self.assertIn("there is no baseline", text)
        self.save(0, 5000)
        self.save(1, 5000, kernel_release="7.3.0-test")
        code, text = self.act("baseline-find", self.run_of(2, 5000, compiler="cc (other) 2.0"))
        self.assertEqual(code, 7)
        self.assertIn(f"of the nearest one, {FOLDER}, differ compiler\n", text)
        self.assertIn("compiler: cc (test) 1.0 | cc (other) 2.0", text)
        self.assertIn("baseline save", text)

    def test_shows_where_a_figure_changed_and_draws_it(self):
        for day, p50 in enumerate((5000, 5000, 5100, 5100, 5200)):
            self.save(day, p50, qemu_version=f"QEMU 0.0.{day // 2}")
        code, text = self.act("baseline-show")
        self.assertEqual(code, 0, text)
        self.assertIn(f"{FOLDER}: 5 runs, 2026-01-01 000000000001 to 2026-01-05 000000000005", text)
        self.assertIn(f"2026-01-03 000000000003: {ALLOC}: 5,000 to 5,100, +2.0 %\n", text)
        self.assertIn("5,100 to 5,200, +2.0 %; to be confirmed by the next run", text)
        self.assertIn("2026-01-03 000000000003: measured otherwise: qemu_version", text)
        self.assertIn("</svg>", (self.kept / FOLDER / "history.svg").read_text())
        code, text = self.act("baseline-show", FOLDER, "--out", self.scratch / "drawn")
        self.assertTrue((self.scratch / "drawn" / FOLDER / "history.svg").exists())

    def test_nothing_to_show(self):
        code, text = self.act("baseline-show")
        self.assertEqual(code, 3)
        self.assertIn("no baseline yet", text)
        self.save(0, 5000)
        code, text = self.act("baseline-show", "nonesuch")
        self.assertEqual(code, 3)
        self.assertIn(f"no baseline 'nonesuch'; there are: {FOLDER}", text)

    def test_a_damaged_history_is_named_by_its_line(self):
        self.save(0, 5000)
        with open(self.kept / FOLDER / "history.jsonl", "a", encoding="utf-8") as file:
            file.write('{"commit": "abc"}\n')
        code, text = self.act("baseline-show")
        self.assertEqual(code, 7)
        self.assertIn("history.jsonl:2: ", text)


if __name__ == "__main__":
    unittest.main()
