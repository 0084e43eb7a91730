# SPDX-License-Identifier: GPL-2.0
"""The reader: what it takes, and what it refuses with which words."""

import json
import tempfile
import unittest
from pathlib import Path

import support
import rundir
from errors import BadRun, NotARun


class RunFolder(unittest.TestCase):
    """Base: a folder of the test's own."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name) / "run"

    def problems(self, records=None, fields=None):
        """What the reader finds in a run folder of these records and fields."""
        support.write_run(self.folder, records, fields)
        return rundir.read(self.folder)[1]

    def assert_refused(self, words, records=None, fields=None):
        """The reader finds one problem, and its text holds the words."""
        problems = self.problems(records, fields)
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(words, problems[0])


class NotRunFolders(RunFolder):
    def assert_not_a_run(self, words):
        with self.assertRaises(NotARun) as caught:
            rundir.load(self.folder)
        self.assertIn(words, str(caught.exception))
        self.assertIn("scripts/rheap bench", str(caught.exception))
        self.assertNotIn("\n", str(caught.exception))

    def test_no_folder(self):
        self.assert_not_a_run("no such folder")

    def test_a_file(self):
        self.folder.write_text("")
        self.assert_not_a_run("not a folder")

    def test_no_run_json(self):
        self.folder.mkdir()
        self.assert_not_a_run("has no run.json")

    def test_no_measurements(self):
        support.write_run(self.folder)
        (self.folder / "measurements.jsonl").unlink()
        self.assert_not_a_run("has no measurements.jsonl")


class GoodRuns(RunFolder):
    def test_small_run(self):
        support.write_run(self.folder)
        run = rundir.load(self.folder)
        self.assertEqual(len(run.measurements), len(support.small_run()))
        self.assertEqual(run.measurements[0].params["heap"], "restricted_carveout")
        self.assertIsNone(run.measurements[0].p999)
        self.assertEqual(run.measurements[-1].value, 0)
        self.assertEqual([m.params["what"] for m in run.of("baseline")], ["clock"])

    def test_told_apart_drops_what_the_run_says(self):
        records = [support.latency("system", 4096, "alloc", 10, clock="icount", seed=1, order="x")]
        support.write_run(self.folder, records)
        run = rundir.load(self.folder)
        self.assertEqual(set(run.told_apart(run.measurements[0])),
                         {"heap", "size", "op", "threads", "order"})

    def test_p999_from_10000_samples_up(self):
        good = support.latency("system", 4096, "alloc", 10, n=10000) | {"p999": 20}
        self.assertEqual(self.problems([good]), [])
        bad = support.latency("system", 4096, "alloc", 10, n=9999) | {"p999": 20}
        self.assert_refused("measurements.jsonl:1: n: 9999 is less than the minimum", [bad])


    def test_a_run_on_a_model_says_so(self):
        model = {"models": ["the TEE is a model"], "model_parameters": {"preset": "x"}}
        self.assertEqual(self.problems(fields=support.provenance(tee="sim:x", **model)), [])
        self.assert_refused("'models' is a required property", fields=support.provenance(tee="sim"))
        self.assert_refused("run.json", fields=support.provenance(tee="optee", **model))
        self.assert_refused("run.json: tee:", fields=support.provenance(tee="qsee"))


class BadLines(RunFolder):
    def one(self, **changes):
        """A good line with some fields set, or taken out where given as None."""
        record = support.latency("system", 4096, "alloc", 100) | changes
        return {name: value for name, value in record.items() if value is not None}

    def test_half_line(self):
        support.write_run(self.folder)
        file = self.folder / "measurements.jsonl"
        file.write_bytes(file.read_bytes()[:-20])
        with self.assertRaises(BadRun) as caught:
            rundir.load(self.folder)
        count = len(support.small_run())
        self.assertIn(f"measurements.jsonl:{count}: half a line", str(caught.exception))

    def test_whole_last_line_without_its_end(self):
        support.write_run(self.folder)
        file = self.folder / "measurements.jsonl"
        file.write_bytes(file.read_bytes()[:-1])
        self.assertIn("half a line", rundir.read(self.folder)[1][0])

    def test_not_json(self):
        self.assert_refused("measurements.jsonl:2: not JSON", [self.one(), "{"])

    def test_empty_line(self):
        self.assert_refused("measurements.jsonl:1: not JSON", ["", self.one()])

    def test_not_an_object(self):
        self.assert_refused("measurements.jsonl:1: [] is not of type 'object'", ["[]"])

    def test_not_utf8(self):
        support.write_run(self.folder)
        (self.folder / "measurements.jsonl").write_bytes(b'"\xff"\n')
        self.assertIn("measurements.jsonl:1: not UTF-8", rundir.read(self.folder)[1][0])

    def test_nan(self):
        line = json.dumps(self.one()).replace('"mean": 105.0', '"mean": NaN')
        self.assert_refused("measurements.jsonl:1: NaN is not a number", [line])

    def test_name_twice(self):
        line = json.dumps(self.one()).replace('"n": 100', '"n": 100, "n": 100')
        self.assert_refused("'n' twice", [line])

    def test_unknown_field(self):
        self.assert_refused("'extra' was unexpected", [self.one(extra=1)])

    def test_missing_field(self):
        self.assert_refused("'p90' is a required property", [self.one(p90=None)])

    def test_wrong_type_names_the_field(self):
        self.assert_refused("params.size: '4K'", [support.latency("system", "4K", "alloc", 10)])

    def test_latency_without_heap(self):
        self.assert_refused("params: 'heap' is a required", [support.record(
            "latency", 10, size=1, op="alloc", threads=1)])

    def test_unknown_unit(self):
        self.assertIn("unit: 'us'", self.problems([self.one(unit="us")])[0])

    def test_ratio_that_is_a_distribution(self):
        self.assert_refused("unit: 'ratio'", [self.one(unit="ratio")])

    def test_value_beside_a_distribution(self):
        problems = self.problems([self.one(value=1)])
        self.assertTrue(any("'hist' is not one of" in text for text in problems), problems)

    def test_series(self):
        def series(points, **more):
            return {"bench": "replay", "params": {}, "metric": "use", "unit": "bytes",
                    "against": "us", "series": points, **more}

        self.assertEqual(self.problems([series([[0, 4096], [5, 1], [5, 0]])]), [])
        self.assert_refused("series has points out of order", [series([[5, 1], [4, 1]])])
        self.assert_refused("series: [] ", [series([])])
        self.assert_refused("unit: 'insn'", [series([[0, 1]], unit="insn")])
        self.assert_refused("'n' is not one of", [series([[0, 1]], n=1)])

    def test_map(self):
        def drawn(rows, **more):
            return {"bench": "frag", "params": {}, "metric": "map", "unit": "ratio",
                    "against": "count", "map": rows, **more}

        self.assertEqual(self.problems([drawn([[0, "09"], [5, "99"]])]), [])
        self.assert_refused("map has points out of order", [drawn([[5, "0"], [4, "0"]])])
        self.assert_refused("map has rows of different lengths", [drawn([[4, "0"], [5, "00"]])])
        self.assert_refused("map.0.1: '0a'", [drawn([[4, "0a"]])])
        self.assert_refused("unit: 'ratio' was expected", [drawn([[4, "0"]], unit="bytes")])
        self.assert_refused("'against' is a required property",
                            [{k: v for k, v in drawn([[4, "0"]]).items() if k != "against"}])

    def test_unit_of_another_clock(self):
        self.assert_refused("unit ns in a run whose clock is icount", [self.one(unit="ns")])

    def test_percentiles_out_of_order(self):
        self.assert_refused("p50 (100) above p90 (99)", [self.one(p90=99)])

    def test_mean_outside(self):
        self.assert_refused("mean (99)", [self.one(mean=99)])

    def test_hist_that_does_not_add_up(self):
        self.assert_refused("hist counts 1 samples, n is 100", [self.one(hist=[[100, 110, 1]])])

    def test_hist_that_overlaps(self):
        self.assert_refused("overlap", [self.one(hist=[[100, 105, 50], [105, 110, 50]])])

    def test_hist_without_min_or_max(self):
        self.assert_refused("does not hold min", [self.one(hist=[[101, 110, 100]])])
        self.assert_refused("does not hold max", [self.one(hist=[[100, 109, 100]])])

    def test_same_measurement_twice(self):
        self.assert_refused("measurements.jsonl:2: the same measurement as line 1",
                            [self.one(), self.one(p99=105)])

    def test_no_measurement(self):
        self.assert_refused("no measurement in it", [])

    def test_all_problems_are_listed(self):
        self.assertEqual(len(self.problems(["{", self.one(), "}", self.one(n=0)])), 3)


class BadProvenance(RunFolder):
    def test_not_json(self):
        support.write_run(self.folder)
        (self.folder / "run.json").write_text('{\n"format" 1}')
        self.assertIn("run.json:2: not JSON", rundir.read(self.folder)[1][0])

    def test_missing_field(self):
        self.assert_refused("'seed' is a required", fields=support.provenance(seed=None))

    def test_unknown_field(self):
        self.assert_refused("'colour' was unexpected", fields=support.provenance(colour="red"))

    def test_empty_text(self):
        self.assert_refused("compiler", fields=support.provenance(compiler=" "))

    def test_emulated_machine_without_its_qemu(self):
        self.assert_refused("'qemu_version' is a required",
                            fields=support.provenance(qemu_version=None))

    def test_commit_needs_dirty(self):
        self.assert_refused("'dirty' is a required", fields=support.provenance(dirty=None))

    def test_dates(self):
        self.assert_refused("started", fields=support.provenance(started="yesterday"))
        self.assert_refused("is no date", fields=support.provenance(started="2026-02-29T00:00:00Z"))
        self.assert_refused("before started", fields=support.provenance(ended="2026-01-31T23:59:49Z"))
        self.assertEqual(self.problems(fields=support.provenance(
            started="2028-02-29T23:59:59Z", ended="2028-03-01T00:00:00Z")), [])

    def test_lost_line(self):
        count = len(support.small_run())
        self.assertEqual(self.problems(fields=support.provenance(measurements=count)), [])
        self.assert_refused(f"{count} measurements, run.json tells of {count + 1}",
                            fields=support.provenance(measurements=count + 1))


class Schemas(unittest.TestCase):
    def test_every_field_is_described(self):
        for name in ("run", "measurement"):
            schema = json.loads((rundir.SCHEMAS / f"{name}.schema.json").read_text())
            for field, rule in schema["properties"].items():
                self.assertTrue(rule.get("description"), f"{name}: {field}")

    def test_keys_of_a_comparison(self):
        keys = set(rundir.key_fields())
        self.assertLessEqual({"clock", "seed", "kernel_config_sha256", "qemu_version"}, keys)
        self.assertFalse(keys & {"commit", "dirty", "started", "load_before", "host_cpu_model"})


if __name__ == "__main__":
    unittest.main()
