# SPDX-License-Identifier: GPL-2.0
"""The framework's price with its interval: what is refused, sentences, figure and page."""

import tempfile
import unittest
from pathlib import Path

import support
import figures
import findings
import overhead
import page
import rundir
import tables
import text

HEAP, TWIN = "restricted_carveout", "direct_carveout"


def price(size, op, value, low, high, base, heap=HEAP, twin=TWIN, level=0.99):
    """An estimate, and the two sides that it is of."""
    params = {"heap": heap, "twin": twin, "size": size, "op": op}
    sides = [support.record("overhead", p50, of=of, **params)
             for of, p50 in ((heap, base + value), (twin, base))]
    return sides + [{"bench": "overhead", "params": params, "metric": "difference", "unit": "insn",
                     "n": 100, "value": value, "low": low, "high": high, "level": level}]


def records():
    found = []
    for size, low in ((4096, 48), (65536, -3)):
        found += price(size, "alloc", 25, 25, 25, 2500) + price(size, "free", 23, 23, 23, 2300)
        found += price(size, "cycle", 48, low, 48, 4800)
        found += [support.record("overhead", p50, heap=HEAP, size=size, phase=phase)
                  for phase, p50 in (("memory_alloc", 1331), ("export", 2228), ("tracer", 781))]
        found.append({"bench": "overhead", "params": {"heap": HEAP, "size": size},
                      "metric": "op_calls", "unit": "count", "value": 2})
    return found


def dispatch(call, p50):
    return support.record("kernel", p50, case="dispatch", call=call, protection="none", batch=1000)


def run_of(these, **fields):
    with tempfile.TemporaryDirectory() as scratch:
        return rundir.load(support.write_run(Path(scratch), these, support.provenance(**fields)))


class Overhead(unittest.TestCase):
    def test_prices(self):
        first = overhead.prices(run_of(records()))[0]
        self.assertEqual((first.value, first.base, first.fraction), (25, 2500, 0.01))
        self.assertTrue(first.told)

    def test_an_interval_without_its_twin_is_no_price(self):
        self.assertEqual(overhead.prices(run_of(price(4096, "alloc", 1, 1, 1, 5)[2:])), [])

    def test_labelled_plans_stay_apart(self):
        apart = price(4096, "cycle", 48, 48, 48, 4800)
        for record in apart:
            record["params"]["label"] = "x"
        self.assertEqual(overhead.findings(run_of(apart)), [])

    def test_the_letter(self):
        letter, sizes = overhead.findings(run_of(records()))
        self.assertEqual(letter, "What the letter asks of the framework, its indirection, costs 48 "
                         "instructions of an alloc and a free of 4 KiB from restricted_carveout "
                         "(1.0 %, 99 % interval 48 to 48), over plain drivers that do the same "
                         "memory work.")
        self.assertEqual(sizes, "restricted_carveout over direct_carveout, an alloc and a free "
                         "together: 48 instructions at 4 KiB; not told from none by the "
                         "interval at 64 KiB [-3, 48].")

    def test_the_letter_with_dispatch(self):
        ways = [dispatch("nothing", 3), dispatch("direct", 9), dispatch("ops", 11)]
        letter = overhead.findings(run_of(records() + ways))[0]
        self.assertIn("; of that the calls through the ops, each 2 instructions dearer than a direct "
                      "one, are 4 of restricted_carveout (2 calls).", letter)

    def test_two_heaps_share_the_work(self):
        pages = price(4096, "cycle", 47, 46, 49, 73000, "restricted_pages", "direct_pages")
        letter = overhead.findings(run_of(records() + pages))[0]
        self.assertIn("and 47 instructions from restricted_pages (0.06 %, 99 % interval 46 to 49)",
                      letter)

    def test_estimates_are_no_counters_and_no_distributions(self):
        run = run_of(records())
        self.assertEqual({m.metric for m in tables.counters(run)}, {"op_calls"})
        self.assertEqual({m.metric for m in tables.distributions(run)}, {"latency"})

    def test_texts_figure_and_page(self):
        run = run_of(records())
        table = text.summary(run)
        self.assertLessEqual(max(map(len, table.splitlines())), text.WIDTH)
        self.assertIn("restricted_carveout over direct_carveout   64K  25 [25, 25]  23 [23, 23]  "
                      "48 [-3, 48]", table)
        self.assertIn("781", table)
        with tempfile.TemporaryDirectory() as scratch:
            drawn = figures.draw(run, Path(scratch))
            self.assertEqual([figure.name for figure in drawn], ["overhead"])
            whole = page.render(run, drawn)
        self.assertIn("48 [-3, 48]", whole)
        self.assertIn("order statistics", whole)

    def test_without_it_nothing_is_said(self):
        run = run_of([support.latency("system", 4096, "alloc", 100)])
        self.assertEqual(overhead.findings(run), [])
        self.assertNotIn("letter", findings.everything(run))


class Refused(unittest.TestCase):
    def problems(self, **changes):
        record = price(4096, "cycle", 48, 47, 49, 4800)[2] | changes
        record = {name: value for name, value in record.items() if value is not None}
        with tempfile.TemporaryDirectory() as scratch:
            return rundir.read(support.write_run(Path(scratch), [record]))[1]

    def test_a_good_one_is_not(self):
        self.assertEqual(self.problems(), [])
        self.assertEqual(self.problems(value=-48, low=-50, high=0), [])

    def test_bad_ones_are(self):
        for changes in ({"value": 46}, {"value": 50}, {"level": 1}, {"high": None},
                        {"level": None}, {"n": None}, {"p50": 48}):
            self.assertEqual(len(self.problems(**changes)), 1, changes)


if __name__ == "__main__":
    unittest.main()
