# SPDX-License-Identifier: GPL-2.0
"""What is computed from a run, and the sentences and texts made of it."""

import tempfile
import unittest
from pathlib import Path

import support
import findings
import rundir
import tables
import text
import units


def run_of(records, **fields):
    """A Run of these records."""
    with tempfile.TemporaryDirectory() as scratch:
        return rundir.load(support.write_run(Path(scratch), records, support.provenance(**fields)))


class Sections(unittest.TestCase):
    def test_without_scrubbing_stands_apart(self):
        plain, off = tables.sections(run_of(support.small_run()))
        self.assertTrue(plain.plain)
        self.assertFalse(off.scrubbed)
        self.assertEqual(off.heaps, ["restricted_carveout", "direct_carveout"])
        self.assertEqual(off.title, "without scrubbing, as mainline does not scrub")
        self.assertEqual(plain.p50("restricted_carveout", 4096, "alloc"), 2064)
        self.assertEqual(off.p50("restricted_carveout", 4096, "alloc"), 1040)
        self.assertIsNone(off.p50("system", 4096, "alloc"))

    def test_heaps_that_cannot_stop_scrubbing_are_not_said_to(self):
        records = [support.latency(heap, 4096, op, 100, label="raw", scrub="off")
                   for heap in ("restricted_carveout", "system", "protected,secure-video")
                   for op in ("alloc", "free")]
        (section,) = tables.sections(run_of(records))
        self.assertEqual(section.heaps, ["restricted_carveout", "protected,secure-video"])
        self.assertEqual(section.name, "raw")

    def test_label_and_threads(self):
        records = [support.latency("system", 4096, "alloc", 100),
                   support.latency("system", 4096, "alloc", 100, label="again/../x")]
        records.append(support.latency("system", 4096, "alloc", 100) | {
            "params": {"heap": "system", "size": 4096, "op": "alloc", "threads": 4}})
        found = tables.sections(run_of(records))
        self.assertEqual([section.title for section in found], ["", "again/../x", "4 threads"])
        self.assertEqual(found[1].name, "again----x")
        self.assertEqual(found[2].name, "threads-4")

    def test_a_pause_stands_apart(self):
        records = [support.latency("system", 4096, "alloc", 100),
                   support.latency("system", 4096, "alloc", 90, label="rested", pause_ms=50)]
        plain, rested = tables.sections(run_of(records))
        self.assertEqual((plain.title, rested.title), ("", "after a pause of 50 ms each time"))

    def test_counters_of_latency_are_no_latency(self):
        failures = {"bench": "latency", "metric": "failures", "unit": "count", "value": 3,
                    "params": {"heap": "system", "size": 4096, "op": "alloc", "threads": 1}}
        run = run_of([support.latency("system", 4096, "alloc", 100), failures])
        self.assertEqual(len(tables.sections(run)[0]), 1)
        self.assertEqual([m.value for m in tables.counters(run)], [3])


class Comparisons(unittest.TestCase):
    def test_framework(self):
        found = {(c.section.scrubbed, c.op): c for c in tables.framework(run_of(support.small_run()))}
        self.assertEqual(len(found), 6)
        pair = found[True, "pair"].differences[0]
        self.assertEqual((pair.size, pair.cost, pair.base), (4096, 80, 4048))
        self.assertEqual([d.cost for d in found[False, "alloc"].differences], [40, 40])

    def test_few_samples_leave_nothing_open(self):
        records = [support.latency(heap, 1 << 22, op, cost, n=16384)
                   for heap, cost in (("restricted_carveout", 265001), ("direct_carveout", 265000))
                   for op in ("alloc", "free")]
        self.assertIn("costs 2 instructions (0.00 %) at 4 MiB",
                      findings.framework(run_of(records))[0])

    def test_what_the_histogram_leaves_open_of_many(self):
        def many(heap, size, op, cost):
            return support.latency(heap, size, op, cost, n=16385) | {"p999": cost + 10}

        for value, blur in ((4095, 0), (4096, .5), (8191, .5), (8192, 1.5), (265000, 63.5)):
            records = [many(heap, 4096, "cycle", value)
                       for heap in ("restricted_carveout", "direct_carveout")]
            pair, = [c for c in tables.framework(run_of(records)) if c.op == "pair"]
            self.assertEqual(pair.differences[0].blur, 2 * blur)
        records = [many(heap, 1 << 22, op, cost)
                   for heap, cost in (("restricted_carveout", 265050), ("direct_carveout", 265000))
                   for op in ("alloc", "free")]
        self.assertEqual(findings.framework(run_of(records)), [
            "What restricted_carveout costs over its twin direct_carveout is less than the histogram "
            "tells apart at 4 MiB."])
        records += [many(heap, 1 << 20, op, cost)
                    for heap, cost in (("restricted_carveout", 8250), ("direct_carveout", 8200))
                    for op in ("alloc", "free")]
        self.assertIn("costs 100 instructions ± 6 (0.61 %) at 1 MiB",
                      findings.framework(run_of(records))[0])

    def test_cycle_is_preferred_to_a_sum_but_never_mixed_with_one(self):
        records = [support.latency(heap, 4096, op, cost)
                   for heap, cost in (("restricted_carveout", 110), ("direct_carveout", 100))
                   for op in ("alloc", "free")]
        records.append(support.latency("restricted_carveout", 4096, "cycle", 215))
        self.assertNotIn("pair", [c.op for c in tables.framework(run_of(records))])
        records.append(support.latency("direct_carveout", 4096, "cycle", 201))
        (pair,) = [c for c in tables.framework(run_of(records)) if c.op == "pair"]
        self.assertEqual(pair.differences[0].cost, 14)

    def test_mainline_without_a_switch_is_taken_from_the_plain_section(self):
        ours, _ = tables.against_mainline(run_of(support.small_run()))
        self.assertEqual((ours.other, ours.base), ("restricted_carveout", "protected,secure-video"))
        self.assertAlmostEqual(ours.differences[0].ratio, 2080 / 6048)

    def test_scrub(self):
        ours = tables.scrub(run_of(support.small_run()))[0]
        self.assertEqual([d.cost for d in ours.differences], [2048, 32768])

    def test_no_twin_no_comparison(self):
        records = [support.latency("restricted_carveout", 4096, "alloc", 100)]
        self.assertEqual(tables.framework(run_of(records)), [])
        self.assertEqual(findings.everything(run_of(records)), [])

    def test_twin_that_costs_nothing(self):
        records = [support.latency("restricted_carveout", 4096, "alloc", 5),
                   support.latency("direct_carveout", 4096, "alloc", 0)]
        self.assertIsNone(tables.framework(run_of(records))[0].differences[0].fraction)


class Sentences(unittest.TestCase):
    def test_framework(self):
        first, second = findings.framework(run_of(support.small_run()))
        self.assertEqual(first, "The framework costs 80 instructions (2.0 %) at 4 KiB, for an alloc "
                         "and a free together, restricted_carveout over its twin direct_carveout; "
                         "80 at each of 2 sizes.")
        self.assertTrue(second.startswith("Without scrubbing: the framework costs 80"))

    def test_a_framework_that_saves(self):
        records = [support.latency(heap, 4096, op, cost)
                   for heap, cost in (("restricted_carveout", 90), ("direct_carveout", 100))
                   for op in ("alloc", "free")]
        self.assertIn("The framework saves 20 instructions (10.0 %)",
                      findings.framework(run_of(records))[0])

    def test_ladder(self):
        (sentence,) = findings.ladder(run_of(support.small_run()))
        self.assertIn("21,000 instructions at the median, 70.0 times", sentence)
        self.assertIn("of an alloc of 4 KiB from restricted_mtk_cm", sentence)

    def test_nanoseconds(self):
        records = [support.record("tee_rtt", 300, unit="ns", step="nop")]
        (sentence,) = findings.ladder(run_of(records, clock="wall"))
        self.assertEqual(sentence, "A call into the secure world that does nothing costs 300 ns at "
                         "the median.")


class Texts(unittest.TestCase):
    def test_fits_and_is_plain(self):
        records = support.small_run()
        records += [support.latency("system", 4096 << k, op, 10 ** k)
                    for k in range(2, 10) for op in ("alloc", "free")]
        records.append(support.latency("h" * 60, 4096, "alloc", 10))
        records.append(support.latency("system", 4096, "alloc", 10, label="l" * 120))
        table = text.summary(run_of(records))
        self.assertLessEqual(max(map(len, table.splitlines())), text.WIDTH)
        self.assertTrue(table.isascii())

    def test_absent_is_a_dash_and_never_zero(self):
        records = [support.latency("system", 4096, "alloc", 100),
                   support.latency("direct_carveout", 65536, "alloc", 200)]
        lines = text.summary(run_of(records)).splitlines()
        self.assertEqual(lines[2].split(), ["system", "100", "-"])
        self.assertEqual(lines[3].split(), ["direct_carveout", "-", "200"])

    def test_of_many_sizes_the_first_and_the_last_are_shown(self):
        records = [support.latency("system", 4096 << k, "alloc", 100) for k in range(14)]
        lines = text.summary(run_of(records)).splitlines()
        self.assertIn("of 14 sizes", lines[0])
        self.assertEqual((lines[1].split()[0], lines[1].split()[-1]), ("4K", "32M"))

    def test_units(self):
        self.assertEqual([units.size(n) for n in (0, 1, 4096, 4097, 1 << 20, 3 << 30)],
                         ["0", "1", "4K", "4097", "1M", "3G"])
        self.assertEqual([units.scaled(n) for n in (0, 48, 4080, 9999, 10000, 27024, 99950, 571312,
                                                    999499, 999500, 1271168, -20000)],
                         ["0", "48", "4080", "9999", "10.0k", "27.0k", "100k", "571k", "999k",
                          "1.00M", "1.27M", "-20.0k"])
        self.assertEqual(units.with_unit(1, "insn"), "1 instruction")
        self.assertEqual(units.with_unit(1271168, "insn"), "1,271,168 instructions")
        self.assertEqual(units.times(0.9984), "0.998")


if __name__ == "__main__":
    unittest.main()
