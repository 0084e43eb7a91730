# SPDX-License-Identifier: GPL-2.0
"""What an advice is made of: workloads, the model, the pool, and sweeps that carry none."""

import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.append(str(Path(__file__).resolve().parents[2] / "report" / "tests"))

import refusals
import advice
import advise
import model
import pool
import support
import sweep
import workload

ANY, FEW = sweep.Limits(1024, 0), sweep.Limits(32, 511 * 4096)
KIB, MIB = 1 << 10, 1 << 20


def true_cost(orders, limits, policy, op, size):
    """A heap whose costs are known."""
    found = model.chunks(orders, size)
    chunks = sum(found.values())
    if policy == "pool":
        return 2700 + 120 * chunks
    calls = max(-(-chunks // limits.entries), -(-model.pages(found) * 4096 // limits.bytes) if limits.bytes else 1)
    return 2000 + 500 * model.pages(found) + 300 * chunks + 30000 * calls, calls, chunks


def records(tables=("8,4,0", "9,4,0", "4,0"), sizes=(4 * KIB, 64 * KIB, MIB, 3133440, 8 * MIB),
            limits=(ANY, FEW), policies=("buffer", "pool")):
    """What orders would write of it."""
    for orders in tables:
        for one in limits:
            for policy in policies:
                for size in sizes:
                    yield from _case(orders, one, policy, size)


def _case(orders, limits, policy, size):
    common = {"heap": "restricted_pages", "size": size, "orders": orders, "batch_entries": limits.entries,
              "batch_bytes": limits.bytes, "reclaim": "smallest", "policy": policy, "index": 0}
    table = tuple(map(int, orders.split(",")))
    for op in model.OPS:
        cost, calls, chunks = (true_cost(table, limits, policy, op, size), 0, 0) if policy == "pool" else \
            true_cost(table, limits, policy, op, size)
        for metric, unit, value in (("latency", "insn", cost), ("tee_calls", "count", calls),
                                    ("tee_ranges", "count", max(calls, chunks))):
            yield exactly(metric, unit, value, **common, op=op)
    if policy == "buffer":
        yield exactly("entries", "count", chunks, **common)


def exactly(metric, unit, value, **params):
    """A distribution of one value."""
    return {"bench": "orders", "params": params, "metric": metric, "unit": unit, "n": 30,
            **{name: value for name in ("min", "p50", "p90", "p99", "max", "mean")}, "hist": [[value, value, 30]]}


class Scratch(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def file(self, text, name="load.txt"):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def sweep_of(self, *args, fields=None, **kwargs):
        return support.write_run(self.folder / "sweep", list(records(*args, **kwargs)), fields)


class Workloads(Scratch):
    def test_a_histogram_keeps_its_shares(self):
        load = workload.read(self.file("# sizes\n4K 300\n\n1M 100 # frames\n"), 1)
        sizes = [event.bytes for event in load.allocs]
        self.assertEqual((sizes.count(4096), sizes.count(MIB)), (180, 60))
        self.assertEqual(load.events, workload.read(self.folder / "load.txt", 1).events)
        self.assertNotEqual(load.events, workload.read(self.folder / "load.txt", 2).events)
        self.assertTrue(all(a.id == b.id for a, b in zip(load.events[::2], load.events[1::2])))

    def test_a_rare_size_is_there(self):
        load = workload.read(self.file("4K 100000\n8M 1\n"), 1)
        self.assertEqual(sum(event.bytes == 8 * MIB for event in load.allocs), 1)

    def test_a_trace_is_read_and_written(self):
        text = 't_us,op,id,heap,bytes\n0,alloc,1,"protected,secure-video",4096\n5,free,1,,\n7,alloc,1,a,8192\n'
        load = workload.read(self.file(text), 1)
        self.assertEqual([(e.t_us, e.alloc, e.bytes) for e in load.events],
                         [(0, True, 4096), (5, False, 4096), (7, True, 8192)])
        workload.write_trace(load, "x", self.folder / "out.csv")
        self.assertEqual((self.folder / "out.csv").read_text(),
                         "t_us,op,id,heap,bytes\n0,alloc,1,x,4096\n5,free,1,,\n7,alloc,1,x,8192\n")

    def test_bad_ones_are_told_with_their_place(self):
        head = "t_us,op,id,heap,bytes\n"
        for text, said in (
                ("", "no line SIZE COUNT"), ("4K\n", "load.txt:1:3: a line is SIZE COUNT"),
                ("4K 1\n 5X 2\n", "load.txt:2:2: '5X' is no size"), ("0 3\n", ":1:1: '0' is no size"),
                ("4K 0\n", ":1:4:"), ("4K 1\n4096 2\n", ":2:1: size 4096 is there twice"),
                ("4K 1 1\n", ":1:4:"), ("t_us,op\n", ":1:1: the header"), (head, "without an operation"),
                (head + "0,alloc,1,a,0\n", ":2:13: bytes is no number above 0"),
                (head + "x,alloc,1,a,1\n", ":2:1: t_us is no number"),
                (head + "0,grow,1,a,1\n", ":2:3: op is neither"), (head + "0,alloc,1,a\n", ":2:1: 4 fields"),
                (head + "0,free,7,,\n", ":2:8: id 7 is not allocated"),
                (head + "0,alloc,1,a,9\n0,free,1,,\n0,free,1,,\n", ":4:8: id 1 is not allocated"),
                (head + "0,alloc,1,a,9\n0,alloc,1,a,9\n", ":3:9: id 1 is allocated already"),
                (head + "5,alloc,1,a,9\n4,free,1,,\n", ":3:1: earlier")):
            with self.assertRaises(refusals.BadWorkload) as caught:
                workload.read(self.file(text), 1)
            self.assertIn(said, str(caught.exception), text)


class Chunks(unittest.TestCase):
    def test_as_the_heap_takes_them(self):
        self.assertEqual(model.chunks((8, 4, 0), 3133440), {8: 2, 4: 15, 0: 13})
        self.assertEqual(model.chunks((8, 4, 0), 1), {0: 1})
        self.assertEqual(model.chunks((9, 4), 4096), {4: 1})
        self.assertEqual(model.chunks((4, 2), 17 * 4096), {4: 1, 2: 1})


class Predictions(Scratch):
    def setUp(self):
        super().setUp()
        self.found = sweep.load(self.sweep_of())
        self.model = model.Model(self.found.cases)

    def test_a_sum_is_found_again_at_sizes_that_were_not_measured(self):
        self.assertLess(self.model.error(), 0.01)
        for orders in ((8, 4, 0), (9, 4, 0), (4, 0)):
            for size in (12 * KIB, 200 * KIB, 5 * MIB):
                want = true_cost(orders, FEW, "buffer", "alloc", size)[0]
                got = self.model.lent("alloc", orders, FEW, model.chunks(orders, size))
                self.assertAlmostEqual(got / want, 1, delta=0.03)

    def test_no_factor_is_below_0(self):
        found = model.fit([{"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 3, "b": 1}], [3, 2, 1])
        self.assertGreaterEqual(min(found.values()), 0)

    def test_the_best_is_advised_within_what_the_tee_takes(self):
        load = workload.read(self.file("8M 5\n1M 5\n"), 1)
        best = advice.advise(self.found, self.model, load, ANY, 0)
        self.assertEqual((best.advised.policy, best.advised.limits), ("buffer", ANY))
        self.assertEqual(best.base, advice.Setting((8, 4, 0), ANY))
        few = advice.advise(self.found, self.model, load, FEW, 0)
        self.assertEqual({few.advised.limits, few.base.limits}, {FEW})
        kept = advice.advise(self.found, self.model, load, ANY, 64 * MIB)
        self.assertEqual((kept.advised.policy, kept.advised.limits), ("pool", ANY))
        self.assertGreater(kept.gain(), best.gain())
        small = advice.advise(self.found, self.model, load, ANY, 2 * MIB)
        self.assertLessEqual(small.advised.pool_bytes, 2 * MIB)

    def test_a_table_that_is_hardly_better_is_no_reason_for_a_change(self):
        load = workload.read(self.file("4K 5\n"), 1)
        self.assertEqual(advice.advise(self.found, self.model, load, ANY, 0).advised.orders, sweep.BASE)

    def test_a_gain_that_cannot_be_told_from_an_error_is_passed_by(self):
        load = workload.read(self.file("8M 5\n"), 1)
        with mock.patch.object(advice, "WORTH", 0), mock.patch.object(model.Model, "doubt", return_value=0):
            best = advice.advise(self.found, self.model, load, ANY, 0)
        self.assertEqual((best.advised.orders, best.passed), ((9, 4, 0), None))
        with mock.patch.object(model.Model, "doubt", return_value=0.5):
            careful = advice.advise(self.found, self.model, load, ANY, 0)
        self.assertEqual((careful.advised, careful.passed), (best.table, best.advised))

    def test_the_doubt_is_how_far_a_comparison_errs(self):
        self.assertLess(self.model.doubt((9, 4, 0), sweep.BASE, "buffer"), 0.01)
        with mock.patch.object(model.Model, "again", lambda _, case: sum(case.cost.values())
                               * (1.25 if (case.orders, case.size) == ((9, 4, 0), MIB) else 1)):
            self.assertAlmostEqual(self.model.doubt((9, 4, 0), sweep.BASE, "pool"), 0.25)
            self.assertEqual(self.model.doubt((4, 0), sweep.BASE, "pool"), 0)
        self.assertEqual(self.model.doubt((7, 0), sweep.BASE, "pool"), float("inf"))


class Pools(unittest.TestCase):
    def test_what_came_back_can_be_used_when_it_is_scrubbed(self):
        kept = pool.Pool(MIB, 10, 1000)
        self.assertEqual(kept.take({0: 2}, 0), ({}, {0: 2}))
        kept.give({0: 2}, 100)
        self.assertEqual(kept.take({0: 2}, 200), ({}, {0: 2}))
        self.assertEqual(kept.take({0: 3}, 50000), ({0: 2}, {0: 1}))
        self.assertEqual(kept.bytes, 0)

    def test_what_is_not_used_goes_back(self):
        kept = pool.Pool(MIB, 10, 1000)
        kept.give({4: 1}, 0)
        self.assertEqual(kept.take({4: 1}, 900000)[0], {4: 1})
        kept.give({4: 1}, 900000)
        # Looked at about a second after the first came back, and a second later
        self.assertEqual(kept.bytes, 65536)
        self.assertEqual(kept.take({4: 1}, 2100000)[0], {})

    def test_the_surplus_goes_back_dirty_first(self):
        kept = pool.Pool(8 * 4096, 10, 1000)
        kept.give({0: 6}, 0)
        kept.give({1: 4}, 50000)
        self.assertEqual(kept.bytes, 8 * 4096)
        self.assertEqual(kept.take({0: 6}, 100000)[0], {0: 6})

    def test_the_most_that_is_kept(self):
        events = [workload.Event(0, True, 1, 8192), workload.Event(1, True, 2, 4096),
                  workload.Event(2, False, 1, 8192), workload.Event(3, False, 2, 4096)]
        load = workload.Workload("x", events, "")
        self.assertEqual(pool.peak(load, (0,)), 3 * 4096)
        self.assertEqual(pool.most_kept(load, (0,), 10, 1000), 3 * 4096)


class Commands(Scratch):
    def run_main(self, *words):
        out, err = io.StringIO(), io.StringIO()
        with mock.patch.object(sys, "argv", ["advise", *map(str, words)]), \
                contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = advise.main()
        return code, out.getvalue(), err.getvalue()

    def recommend(self, run, *more):
        load = self.file("8M 5\n1M 5\n")
        return self.run_main("recommend", run, load, "--into", self.folder / "into", *more)

    def test_an_advice_is_a_plan_and_a_prediction(self):
        code, out, err = self.recommend(self.sweep_of())
        self.assertEqual((code, err), (0, ""))
        self.assertIn("echo 'pool' >/sys/kernel/restricted_heap/restricted_pages/policy", out)
        plan = (self.folder / "into" / "advice.ini").read_text()
        self.assertIn("[replay:base]\ntrace = load.csv\nheap = restricted_pages\npace = schedule\n"
                      "tune = orders=8,4,0 batch_entries=1024 batch_bytes=0 policy=buffer\n", plan)
        self.assertIn("[replay:advised]", plan)

    def verify(self, factor, failures=0):
        self.recommend(self.sweep_of())
        predicted = json.loads((self.folder / "into" / "advice.json").read_text())
        found = []
        for label, its in predicted["settings"].items():
            params = {"trace": "load", "heap": "restricted_pages", "label": label}
            for op, share in (("alloc", 0.25), ("free", 0.75)):
                found.append({**exactly("service", "insn", round(its["buffer"] * share * factor), **params, op=op),
                              "bench": "replay"})
            found.append({"bench": "replay", "params": params, "metric": "failures", "unit": "count",
                          "value": failures})
        run = support.write_run(self.folder / "run", found)
        (run / "advice.json").write_text(json.dumps(predicted))
        return self.run_main("verify", run)

    def test_what_was_predicted_is_shown_beside_what_was_measured(self):
        code, out, _ = self.verify(1.05)
        self.assertEqual(code, 0)
        self.assertRegex(out, r"as it comes: 8,4,0; .* -4\.8 %")
        self.assertRegex(out, r"Gain: .* predicted, .* measured\.")
        told = json.loads((self.folder / "run" / "advice.json").read_text())
        self.assertIn("measured", told["settings"]["advised"])

    def test_a_prediction_that_was_wrong_ends_with_7(self):
        code, out, err = self.verify(1.2)
        self.assertEqual(code, 7)
        self.assertIn("off by 16.7 %, more than 10.0 %", err)
        self.assertIn("measured", out)

    def test_failed_allocations_are_told(self):
        code, _, err = self.verify(1, failures=3)
        self.assertEqual((code, "3 allocations failed" in err), (7, True))

    def test_sweeps_that_carry_no_advice(self):
        for kwargs, code, said in (
                ({"tables": ("9,4,0", "4,0")}, 64, "no table 8,4,0"),
                ({"sizes": (4096, 8192)}, 64, "measured at 2 sizes, and 3 are needed"),
                ({"policies": ("pool",)}, 64, "nothing of policy buffer"),
                ({"fields": support.provenance(exit_code=130, complete=False)}, 7, "incomplete")):
            with self.subTest(said):
                got, _, err = self.recommend(self.sweep_of(**kwargs))
                self.assertEqual(got, code)
                self.assertIn(said, err)
                self.assertEqual(err.count("\n"), 1)

    def test_runs_that_are_no_sweeps(self):
        run = support.write_run(self.folder / "other", support.small_run())
        code, _, err = self.recommend(run)
        self.assertEqual((code, "holds no sweep" in err), (64, True))
        code, _, err = self.recommend(self.folder / "nowhere")
        self.assertEqual((code, "no such folder" in err), (64, True))

    def test_bad_bounds(self):
        run = self.sweep_of()
        for words in (("--abi", "0"), ("--abi", "32/100"), ("--abi", "2000"), ("--abi", "32/"), ("--max-pool", "x")):
            self.assertEqual(self.recommend(run, *words)[0], 64, words)



class Tried(unittest.TestCase):
    def settings(self, **measured):
        return {"advised": "advised",
                "settings": {label: {"words": label, "measured": cost} for label, cost in measured.items()}}

    def test_the_last_word_has_what_was_measured(self):
        predicted = self.settings(base=300, table=99, advised=100)
        self.assertEqual(advise._better(predicted),
                         ["When tried, another took 1.0 % less, and that is the advice: table."])
        self.assertEqual(predicted["advised"], "table")

    def test_an_advice_that_is_as_good_stays(self):
        predicted = self.settings(base=300, table=100, advised=100)
        self.assertEqual((advise._better(predicted), predicted["advised"]), ([], "advised"))


if __name__ == "__main__":
    unittest.main()
