# SPDX-License-Identifier: GPL-2.0
"""The workflows of GitHub and GitLab: what they call is there, and their shell is shell."""

import re
import subprocess
import unittest

import yaml

import sides

ROOT = sides.JUDGE.parents[1]
GITHUB = ROOT / ".github" / "workflows" / "gate.yml"
GITLAB = ROOT / ".gitlab-ci.yml"


def github():
    """The steps of the workflow's only job."""
    return yaml.safe_load(GITHUB.read_text())["jobs"]["gate"]["steps"]


def gitlab():
    """The job."""
    return yaml.safe_load(GITLAB.read_text())["gate"]


def scripts():
    """Every shell text of both."""
    job = gitlab()
    return [step["run"] for step in github() if "run" in step] + [
        line for name in ("before_script", "script", "after_script") for line in job[name]]


class Workflows(unittest.TestCase):
    def test_shell_is_shell(self):
        for text in scripts():
            done = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, f"{done.stderr}: {text}")

    def test_the_gate_knows_its_options(self):
        calls = [line for text in scripts() for line in text.splitlines() if "rheap gate" in line]
        self.assertEqual(len(calls), 2)
        known = subprocess.run([ROOT / "scripts" / "rheap", "gate", "--help"], capture_output=True,
                               text=True, check=True).stdout
        for option in re.findall(r"--[a-z-]+", " ".join(calls)):
            self.assertIn(option, known)

    def test_they_run_on_a_request_with_all_of_git_and_keep_the_machine(self):
        steps = {step["uses"].partition("@")[0]: step for step in github() if "uses" in step}
        self.assertEqual(steps["actions/checkout"]["with"]["fetch-depth"], 0)
        self.assertEqual(steps["actions/cache"]["with"]["path"],
                         yaml.safe_load(GITHUB.read_text())["jobs"]["gate"]["env"]["RHEAP_CACHE"])
        # YAML 1.1 takes the word `on` for true
        self.assertIn("pull_request", yaml.safe_load(GITHUB.read_text())[True])
        job = gitlab()
        self.assertEqual(job["variables"]["GIT_DEPTH"], "0")
        self.assertIn("merge_request_event", job["rules"][0]["if"])
        self.assertEqual(job["cache"]["paths"], [".cache/rheap"])
        self.assertEqual(job["artifacts"]["when"], "always")

    def test_the_table_is_posted_when_the_gate_fails(self):
        posting = [step for step in github() if "comments_url" in str(step)]
        self.assertEqual(len(posting), 1)
        self.assertTrue(posting[0]["if"].startswith("always()"))
        self.assertIn("/notes", " ".join(gitlab()["after_script"]))


if __name__ == "__main__":
    unittest.main()
