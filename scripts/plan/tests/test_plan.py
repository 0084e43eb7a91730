# SPDX-License-Identifier: GPL-2.0
"""A plan becomes a job: the job is run by the shell, its programs are stubs."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import job  # noqa: E402
from parse import Plan, PlanError  # noqa: E402


class WithFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def plan(self, text):
        path = self.folder / "plan.ini"
        path.write_text(text)
        return Plan(path, ["one", "two"], self.folder / "traces")


class Places(WithFolder):
    def test_the_key_of_its_own_section_is_named(self):
        plan = self.plan("[one]\nsize = 1\n\n[one:b]\n# size\nsize = 2\n")
        self.assertEqual([plan.line("one", "size"), plan.line("one:b"), plan.line("one:b", "size")],
                         [2, 4, 6])

    def test_a_key_without_a_value_does_not_go_on(self):
        with self.assertRaisesRegex(PlanError, r"plan\.ini:3: "):
            self.plan("[one]\nflag\n  more\n")

    def test_only(self):
        plan = self.plan("[one]\n[two:b]\n")
        plan.only(["b"])
        self.assertEqual([entry.name for entry in plan.entries], ["two:b"])
        with self.assertRaisesRegex(PlanError, "--only one: no such entry; there are: two:b"):
            plan.only(["one"])


class Jobs(WithFolder):
    """Heaps are files of a folder, programs print their options and end as the test says."""

    def run_job(self, text, codes=None, heaps=("here",), strict=False, passes=1):
        for heap in heaps:
            (self.folder / heap).touch()
        for name in ("one", "two"):
            program = self.folder / name
            code = (codes or {}).get(name, 0)
            program.write_text(f"#!/bin/sh\necho \"ran {name} $*${{RHEAP_PASS:+ pass $RHEAP_PASS}}\"\nexit {code}\n")
            program.chmod(0o755)
        script = job.write(self.plan(text), 7, strict, passes=passes) \
            .replace("/dev/dma_heap", str(self.folder)).replace("/job/bin", str(self.folder))
        return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False,
                              env=os.environ | {"RHEAP_TEE": "optee", "RHEAP_CLOCK": "icount"})

    def test_options_and_seed(self):
        done = self.run_job("[one:x]\nsize = 1 2\nquiet\n[two]\nseed = 3\n")
        self.assertEqual(done.stdout.splitlines(),
                         ["ran one --label x --size 1 --size 2 --quiet --seed 7", "ran two --seed 3"])

    def test_a_heap_that_is_not_here_is_left_out(self):
        done = self.run_job("[one:x]\nheap = here gone\npair = here:gone here:here\n[two]\nheap = gone\n")
        lines = done.stdout.splitlines()
        self.assertEqual(done.returncode, 0)
        self.assertEqual(lines[2], "ran one --label x --seed 7 --heap here --pair here:here")
        self.assertEqual(len(lines), 4)
        self.assertEqual(json.loads(lines[0]), {
            "bench": "one", "metric": "skipped", "unit": "count", "value": 1,
            "params": {"heap": "gone", "reason": "ENOENT", "label": "x", "clock": "icount", "tee": "optee"}})
        self.assertEqual(json.loads(lines[3])["bench"], "two")

    def test_all_of_it_is_run_in_each_pass(self):
        done = self.run_job("[one]\nheap = here gone\n[two]\n", passes=2)
        ran = [line for line in done.stdout.splitlines() if line.startswith("ran")]
        self.assertEqual(ran, ["ran one --seed 7 --heap here pass 1", "ran two --seed 7 pass 1",
                               "ran one --seed 7 --heap here pass 2", "ran two --seed 7 pass 2"])
        skipped = [json.loads(line)["params"]["pass"] for line in done.stdout.splitlines() if line.startswith("{")]
        self.assertEqual(skipped, [1, 2])
        self.assertIn("@plan 3 4 one#2", done.stderr)

    def test_strict_ends_with_4_for_what_was_skipped(self):
        text = "[one]\nheap = gone\n[two]\n"
        self.assertEqual(self.run_job(text).returncode, 0)
        self.assertEqual(self.run_job(text, strict=True).returncode, 4)
        self.assertEqual(self.run_job("[two]\n", {"two": 4}).returncode, 0)
        self.assertEqual(self.run_job("[two]\n", {"two": 4}, strict=True).returncode, 4)
        self.assertEqual(self.run_job(text, {"two": 3}, strict=True).returncode, 3)

    def test_the_first_failure_counts_and_the_rest_runs(self):
        done = self.run_job("[one]\n[two]\n[two:b]\n", {"one": 3, "two": 7})
        self.assertEqual(done.returncode, 3)
        self.assertEqual(len(done.stdout.splitlines()), 3)
        self.assertIn("@plan failed 7", done.stderr)


if __name__ == "__main__":
    unittest.main()
