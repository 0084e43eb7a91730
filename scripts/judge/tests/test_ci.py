# SPDX-License-Identifier: GPL-2.0
"""The workflows of GitHub and GitLab: what they call is there, and their shell is shell."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

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


BRANCH = {"GITHUB_BASE_REF": "main", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "0" * 40}
TABLE = "results/runs/gate/table.md"
# In curl's place: tells its arguments and what it was to send
CURL = """#!/bin/sh
{ printf '%s\\n' "$@"; cat; } >posted
"""


class Workflows(unittest.TestCase):
    def test_shell_is_shell(self):
        for text in scripts():
            done = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, f"{done.stderr}: {text}")

    def test_the_commands_take_these_options(self):
        calls = [line for text in scripts() for line in text.splitlines() if "scripts/rheap" in line]
        self.assertEqual([line.split()[1] for line in calls], ["setup", "gate"] * 2)
        for call in calls:
            # What is parsed before --help is known, and has its value
            done = subprocess.run(f"{call} --help", shell=True, cwd=ROOT, capture_output=True, text=True,
                                  check=False, env={**os.environ, **BRANCH})
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("usage:", done.stdout)

    def test_what_a_gate_leaves_does_not_make_the_checkout_dirty(self):
        for call in re.findall(r"rheap gate .*", "\n".join(scripts())):
            for path in re.findall(r"--(?:out|markdown) (\S+)", call):
                self.assertTrue(path.startswith("results/runs/"), path)
        self.assertIn("/results/runs/\n", (ROOT / ".gitignore").read_text())

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
        self.assertEqual(gitlab()["artifacts"]["when"], "always")

    def posted(self, lines, **variables):
        """What these lines print, sum up and send."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / TABLE).parent.mkdir(parents=True)
            (folder / TABLE).write_text('| "case" | worse |\n')
            (folder / "curl").write_text(CURL)
            (folder / "curl").chmod(0o755)
            done = subprocess.run(["sh", "-ec", "\n".join(lines)], cwd=folder, capture_output=True, text=True,
                                  check=False, env={"PATH": f"{folder}:{os.environ['PATH']}",
                                                    "GITHUB_STEP_SUMMARY": "summary", **variables})
            files = [folder / file for file in ("summary", "posted")]
            return [done.stdout, *(file.read_text() if file.exists() else None for file in files)]

    def test_github_sums_up_and_comments_but_not_for_a_fork(self):
        (step,) = [step for step in github() if "comments_url" in str(step)]
        _, summary, sent = self.posted([step["run"]], OURS="true", TOKEN="secret", COMMENTS="the-url")
        self.assertEqual(summary, '| "case" | worse |\n')
        self.assertIn('"body": "| \\"case\\" | worse |\\n"', sent)
        self.assertIn("\nthe-url\n", sent)
        _, summary, sent = self.posted([step["run"]], OURS="false")
        self.assertIn("worse", summary)
        self.assertIsNone(sent)

    def test_gitlab_prints_and_notes_only_with_a_token(self):
        lines = gitlab()["after_script"]
        printed, _, sent = self.posted(lines)
        self.assertIn("worse", printed)
        self.assertIsNone(sent)
        _, _, sent = self.posted(lines, RHEAP_TOKEN="secret", CI_API_V4_URL="api", CI_PROJECT_ID="7",
                                 CI_MERGE_REQUEST_IID="8")
        self.assertIn("api/projects/7/merge_requests/8/notes", sent)
        self.assertIn("worse", sent)


if __name__ == "__main__":
    unittest.main()
