# SPDX-License-Identifier: GPL-2.0
"""The gate and the comparison, from run folders to exit codes."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

import sides
import gate
import judge


class Folders(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def rounds(self, *pairs):
        """Rounds of pairs (base's p50s, head's p50s); a p50 a heap."""
        for number, pair in enumerate(pairs):
            for side, values in zip(gate.SIDES, pair):
                sides.write(self.folder / str(number) / side,
                            [sides.alloc(value, f"restricted_{k}") for k, value in enumerate(values)])
        return self.folder

    def act(self, *arguments):
        """Exit code, stdout, stderr."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = judge.main([str(word) for word in arguments])
        return code, out.getvalue(), err.getvalue()


class Gate(Folders):
    def test_nothing_moved(self):
        rounds = self.rounds(([5000], [5000]))
        self.assertEqual(gate.suspects(rounds), [])
        code, out, _ = self.act("decide", rounds)
        self.assertEqual(code, 0)
        self.assertIn("nothing moved", out)

    def test_a_suspicion_names_what_to_measure_again(self):
        self.assertEqual(gate.suspects(self.rounds(([5000], [6000]))), ["latency"])

    def test_an_alarm_is_confirmed(self):
        rounds = self.rounds(*[([5000, 700], [6000, 700])] * (gate.CONFIRMATIONS + 1))
        self.assertEqual(gate.suspects(rounds), [])
        markdown = self.folder / "table.md"
        code, out, _ = self.act("decide", rounds, "--markdown", markdown)
        self.assertEqual(code, 1)
        self.assertIn("REGRESSION: 1 cases are worse in 6 boots of each side", out)
        self.assertIn("| latency restricted_0 4K alloc | 5,000 | 6,000 | +1,000 (+20.0 %) | worse |",
                      markdown.read_text())
        document = json.loads((rounds / "gate.json").read_text())
        self.assertEqual(document["verdict"], "regression")
        self.assertEqual([case["verdict"] for case in document["cases"]], ["worse", "same"])

    def test_one_boot_that_differs_takes_it_back(self):
        rounds = self.rounds(([5000], [6000]), ([5000], [6000]), ([6000], [6000]))
        self.assertEqual(gate.suspects(rounds), [])
        self.assertEqual(self.act("decide", rounds)[0], 0)

    def test_a_call_more_is_named(self):
        for side, calls in zip(gate.SIDES, (200, 300)):
            played = sides.support.record("replay", 20000, heap="restricted_mtk_cm", trace="t", op="alloc")
            sides.write(self.folder / "0" / side, [dict(played, metric="service"), sides.counter(calls)])
        code, out, _ = self.act("decide", self.folder)
        self.assertEqual(code, 1)
        self.assertIn("restricted_mtk_cm t: 100 calls more into the TEE for 100 buffers: +1 a buffer", out)

    def test_later_rounds_may_play_fewer_traces(self):
        played = [{"a": "0" * 64, "b": "1" * 64}, {"b": "1" * 64}, None]
        for number, traces in enumerate(played):
            for side in gate.SIDES:
                sides.write(self.folder / str(number) / side, [sides.alloc(5000)], traces=traces)
        self.assertEqual(self.act("decide", self.folder)[0], 0)
        sides.write(self.folder / "2" / "head", [sides.alloc(5000)], traces={"b": "2" * 64})
        code, _, err = self.act("decide", self.folder)
        self.assertEqual(code, 7)
        self.assertIn("traces.b", err)

    def test_what_cannot_be_compared_ends_with_7(self):
        sides.write(self.folder / "0" / "base", [sides.alloc(1)])
        sides.write(self.folder / "0" / "head", [sides.alloc(1)], compiler="another 2.0")
        code, _, err = self.act("decide", self.folder)
        self.assertEqual(code, 7)
        self.assertIn("they differ in compiler", err)
        self.assertIn("compiler: cc (test) 1.0 | another 2.0", err)

    def test_a_run_that_ended_early_is_not_trusted(self):
        sides.write(self.folder / "0" / "base", [sides.alloc(1)], complete=False)
        sides.write(self.folder / "0" / "head", [sides.alloc(1)])
        code, _, err = self.act("decide", self.folder)
        self.assertEqual(code, 7)
        self.assertIn("did not end well", err)


class WallGate(Folders):
    """Rounds of a wall clock, and those that confirm."""

    def boots(self, folder, heads, rounds=range(12)):
        """Rounds there: base scatters about 100000, each head (a heap each) is so many times that."""
        for number in rounds:
            for side, factors in zip(gate.SIDES, ([1] * len(heads), heads)):
                sides.write(folder / str(number) / side,
                            [sides.alloc(int(factor * (100000 + 700 * (number % 6))), f"restricted_{k}", unit="ns",
                                         label=f"h{k}") for k, factor in enumerate(factors)], clock="wall")
        return self.folder

    def test_what_is_slower_is_to_be_confirmed(self):
        self.assertEqual(gate.suspects(self.boots(self.folder, [1, 1.05])), ["latency:h1"])

    def test_nothing_slower_needs_no_confirmation(self):
        self.assertEqual(gate.suspects(self.boots(self.folder, [1, 0.9])), [])
        self.assertEqual(self.act("decide", self.folder, "--wall")[0], 0)

    def test_a_regression_is_in_the_later_boots_too(self):
        self.boots(self.folder, [1, 1.05])
        self.boots(self.folder / gate.AGAIN, [1, 1.05], range(12, 24))
        self.assertEqual(gate.suspects(self.folder), [])
        code, out, _ = self.act("decide", self.folder, "--wall")
        self.assertEqual(code, 1)
        self.assertIn("REGRESSION: 1 cases are worse in 24 boots of each side", out)
        code, out, _ = self.act("decide", self.folder)
        self.assertEqual(code, 0)
        self.assertIn("that does not decide (--wall-decides)", out)

    def test_later_boots_take_it_back_and_bring_nothing_new(self):
        self.boots(self.folder, [1, 1.05])
        self.boots(self.folder / gate.AGAIN, [1.05, 1], range(12, 24))
        code, out, _ = self.act("decide", self.folder, "--wall")
        self.assertEqual((code, out), (0, "nothing moved: 2 cases are the same\n"
                                          "no regression, by 24 boots of each side\n"))


class Trust(Folders):
    """Runs that are whole, and tell nothing."""

    def refused(self, records=None, **fields):
        """Why a run of these fields is refused, beside one that is fine."""
        for side, more in zip(gate.SIDES, ({}, fields)):
            sides.write(self.folder / "0" / side, records or [sides.alloc(5000, unit="ns")], clock="wall", **more)
        code, _, err = self.act("decide", self.folder)
        return err if code == 7 else f"exit code {code}"

    def test_load_from_outside(self):
        self.assertIn("others used 30 %", self.refused(host_outside=0.3))
        self.assertEqual(self.refused(host_outside=0.05), "exit code 0")

    def test_steal_heat_and_too_few_samples(self):
        self.assertIn("a hypervisor took 10 %", self.refused(host_steal=0.1))
        self.assertIn("were hot", self.refused(host_throttled=2))
        few = sides.alloc(5000, unit="ns", n=12)
        self.assertIn("a median of 12 samples", self.refused([few]))

    def test_kvm_is_what_the_guest_saw(self):
        self.assertIn("claims kvm, and its guest saw tcg", self.refused(accelerator="kvm", virtualization="tcg"))
        self.assertIn("claims kvm, and nobody looked", self.refused(accelerator="kvm"))
        self.assertIn("claims tcg, and its guest saw kvm", self.refused(virtualization="kvm"))
        for side in gate.SIDES:
            sides.write(self.folder / "0" / side, [sides.alloc(5000, unit="ns")], clock="wall",
                        accelerator="kvm", virtualization="kvm", float_cost=3.1)
        self.assertEqual(self.act("decide", self.folder)[0], 0)

    def test_instructions_do_not_depend_on_them(self):
        for side in gate.SIDES:
            sides.write(self.folder / "0" / side, [sides.alloc(5000)], host_outside=0.9, host_steal=0.5)
        self.assertEqual(self.act("decide", self.folder)[0], 0)


class Compare(Folders):
    def test_table_document_and_figure(self):
        base = sides.write(self.folder / "a", [sides.alloc(5000), sides.counter(1)])
        head = sides.write(self.folder / "b", [sides.alloc(5100), sides.counter(1)])
        code, out, _ = self.act("compare", base, head)
        self.assertEqual(code, 0)
        self.assertIn("latency restricted_carveout 4K alloc  5,000  5,100  +100 (+2.0 %)  worse", out)
        self.assertIn("1 of 2 cases moved, 1 are the same", out)
        document = json.loads((head / "compare" / "compare.json").read_text())
        self.assertEqual([case["change"] for case in document["cases"]], [100, 0])
        self.assertIn("</svg>", (head / "compare" / "compare.svg").read_text())

    def test_refused_with_the_fields_named_unless_forced(self):
        base = sides.write(self.folder / "a", [sides.alloc(5000)])
        head = sides.write(self.folder / "b", [sides.alloc(5000)], seed=2,
                           pool_parameters={"carveout_size": 1})
        code, out, err = self.act("compare", base, head)
        self.assertEqual((code, out), (7, ""))
        self.assertIn("they differ in seed, pool_parameters.carveout_size", err)
        self.assertIn("--force", err)
        code, out, _ = self.act("compare", "--force", base, head)
        self.assertEqual(code, 0)
        self.assertTrue(out.startswith("NOT COMPARABLE"))
        self.assertIn("differs: seed: 1 | 2", out)


if __name__ == "__main__":
    unittest.main()
