# SPDX-License-Identifier: GPL-2.0
"""Where the samples of a repeated operation come to a steady state, and what a gate does about it."""

import json

import sides
import numpy
import rundir
import steady
import test_gate
import verdict


def alloc(blocks, p50=5000, **more):
    """A latency whose blocks' medians were these."""
    record = sides.alloc(p50, n=200, **more)
    record.update(min=min(blocks + [record["min"]]), max=max(blocks + [record["max"]]),
                  warmup=16, blocks=blocks)
    record["hist"] = [[record["min"], record["max"], 200]]
    return record


class Steady(test_gate.Folders):
    def test_from_the_first_block(self):
        self.assertEqual(steady.begin((5000,) * 20), 0)
        # Less than a percent up and down is no other state
        self.assertEqual(steady.begin((5000,) * 10 + (5040,) * 10), 0)

    def test_a_warm_up_ends(self):
        self.assertEqual(steady.begin((188000,) * 8 + (2432,) * 12), 8)
        self.assertEqual(steady.begin((9000, 8000, 7000, 6000) + (5000,) * 16), 4)

    def test_a_level_that_was_there_before_belongs_to_it(self):
        # Six blocks of another state in the middle: it begins behind them
        self.assertEqual(steady.begin((5000,) * 4 + (8000,) * 6 + (5000,) * 10), 10)

    def test_it_never_comes(self):
        self.assertEqual(steady.begin((5000,) * 13 + (9000,) * 7), 20)
        self.assertEqual(steady.begin(tuple(range(5000, 9000, 200))), 20)

    def test_scatter_is_seldom_taken_for_a_change(self):
        rng = numpy.random.default_rng(7)
        wrong = sum(steady.begin(tuple(rng.normal(1e5, 3e3, 20))) > 0 for _ in range(300))
        self.assertLessEqual(wrong, 9)

    def test_a_warm_up_is_told(self):
        warm = [alloc([9000] * 4 + [5000] * 16)]
        for side in test_gate.gate.SIDES:
            sides.write(self.folder / "0" / side, warm)
        self.assertEqual(self.act("decide", self.folder)[0], 0)
        document = json.loads((self.folder / "gate.json").read_text())
        self.assertEqual([case["warmup"] for case in document["cases"]], [16 + 40])

    def test_what_drifts_is_not_judged_and_if_all_does_nothing_is(self):
        drifts = list(range(5000, 9000, 200))
        other = sides.counter(1)
        for side, p50 in zip(test_gate.gate.SIDES, (5000, 6000)):
            sides.write(self.folder / "0" / side, [alloc(drifts, p50), sides.alloc(700, "restricted_0"), other])
        code, out, _ = self.act("decide", self.folder)
        self.assertEqual(code, 0)
        self.assertIn("unsteady", out)
        for side in test_gate.gate.SIDES:
            sides.write(self.folder / "0" / side, [alloc(drifts), other])
        code, _, err = self.act("decide", self.folder)
        self.assertEqual(code, 7)
        self.assertIn("no case came to a steady state", err)

    def test_what_drifts_on_one_side_alone_is_judged(self):
        rows = verdict.judge([sides.run([alloc([5000] * 20)])],
                             [sides.run([alloc(list(range(5000, 9000, 200)), 6000)])])
        self.assertNotEqual(rows[0].verdict, "unsteady")

    def test_a_block_beyond_its_samples_is_refused(self):
        wrong = alloc([5000] * 20)
        wrong["blocks"][3] = wrong["max"] + 1
        with self.assertRaisesRegex(rundir.BadRun, "blocks has a median"):
            sides.run([wrong])
