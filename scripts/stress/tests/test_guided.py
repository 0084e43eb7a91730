# SPDX-License-Identifier: GPL-2.0
"""Runs of fuzzers, guided and not, become a comparison; what cannot be compared is refused."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import guided  # noqa: E402

FACTS = {"kernel": "cov", "ops": 1000, "commit": "0123456789abcdef", "dirty": False, "kernel_release": "7.2",
         "kernel_config_sha256": "c", "started": "a", "ended": "b"}


def records(guide, pcs, begun=0, operations=1000):
    params = {"stressor": "fuzz-tee", "tee": "sim", "guide": guide}
    counts = {"operations": operations, "pcs": pcs, "programs": 9, "kept": 5, "begun": begun}
    yield from ({"metric": metric, "value": value, "params": params} for metric, value in counts.items())
    for power in (32, 64, 1024):
        yield {"metric": "pcs-within", "value": pcs - 1024 + power, "params": {**params, "within": power}}


class Guided(unittest.TestCase):
    def compare(self, *runs):
        """Each run: seed, the records, and facts of its own."""
        with tempfile.TemporaryDirectory() as folder:
            for number, (seed, lines, facts) in enumerate(runs):
                run = pathlib.Path(folder) / str(number)
                run.mkdir()
                (run / "stress.json").write_text(json.dumps({**FACTS, "seed": seed, **facts}))
                (run / "measurements.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
            said = io.StringIO()
            words = ["guided.py"] + [f"{folder}/{number}" for number in range(len(runs))]
            with mock.patch.object(sys, "argv", words), contextlib.redirect_stdout(said), \
                    contextlib.redirect_stderr(said):
                code = guided.main()
        return code, said.getvalue()

    def test_medians_stand_side_by_side(self):
        code, said = self.compare(*((seed, records(guide, pcs), {}) for seed, guide, pcs in (
            (1, "on", 1500), (2, "on", 1600), (3, "on", 1400), (1, "off", 1200), (2, "off", 1250), (3, "off", 1100))))
        self.assertEqual(code, 0)
        self.assertIn("| fuzz-tee | sim | 1,500 (1,400-1,600) | 1,200 (1,100-1,250) | +25.0% | 5 (5-5) |", said)
        self.assertIn("| 64 | 540 (440-640) | 240 (140-290) |", said)
        self.assertNotIn("| 32 |", said)
        self.assertIn("--kernel cov --ops 1000 --corpus none --guide off --seed 3", said)

    def test_what_differs_is_refused(self):
        one = (1, list(records("on", 1500)), {})
        for other, why in (((1, records("off", 1200), {"commit": "f"}), "differ in commit"),
                           ((2, records("off", 1200), {}), "seeds"),
                           ((1, records("on", 1200), {}), "seeds"),
                           ((1, records("off", 1200, begun=7), {}), "began with a corpus"),
                           ((1, records("off", 1200, operations=7), {}), "did not come to its end"),
                           ((1, [{"metric": "operations", "value": 1, "params": {"stressor": "web"}}], {}),
                            "did not tell"),
                           ((1, list(records("on", 1)) + list(records("off", 1)), {}), "guided and not")):
            code, said = self.compare(one, other)
            self.assertEqual(code, 64)
            self.assertIn(why, said)

    def test_a_folder_that_is_no_run_is_refused(self):
        with mock.patch.object(sys, "argv", ["guided.py", "/no/such/run"]), \
                contextlib.redirect_stderr(io.StringIO()) as said:
            self.assertEqual(guided.main(), 64)
        self.assertIn("/no/such/run", said.getvalue())


if __name__ == "__main__":
    unittest.main()
