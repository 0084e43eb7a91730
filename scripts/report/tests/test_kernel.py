# SPDX-License-Identifier: GPL-2.0
"""What the kernel's own bench measured: tables, sentences, figure and page."""

import tempfile
import unittest
from pathlib import Path

import support
import figures
import findings
import page
import rundir
import tables
import text


def kernel(case, p50, **params):
    """A valid measurement of the kernel's own bench."""
    return support.record("kernel", p50, n=100, case=case, **params)


def dispatch(call, p50, protection="none"):
    return kernel("dispatch", p50, call=call, protection=protection, batch=1000)


def life(heap, size=4096, **phases):
    return [kernel("phase", p50, heap=heap, size=size, phase=phase)
            for phase, p50 in phases.items()]


def records():
    """Two readings cost 6; the core takes 50 of an alloc and a free of restricted_carveout."""
    found = [kernel("clock", 6), kernel("known", 7, instructions=0),
             kernel("known", 1007, instructions=1000)]
    found += [dispatch(call, p50) for call, p50 in
              (("nothing", 3.008), ("direct", 9.009), ("ops", 11.009), ("ops_absent", 8.009))]
    found += [dispatch(call, p50, "pac_bti") for call, p50 in
              (("nothing", 3.008), ("direct", 10.009), ("ops", 12.509))]
    found += life("restricted_carveout", memory_alloc=506, memory_free=106, buffer_alloc=536,
                  buffer_free=132, export=1006, release=1106)
    found += life("direct_carveout", buffer_alloc=516, buffer_free=116, export=1006, release=1106)
    skipped = {"bench": "kernel", "metric": "skipped", "unit": "count", "value": 1,
               "params": {"case": "phase", "heap": "restricted_pages", "size": 4096,
                          "reason": "ENODEV"}}
    return found + [skipped]


def run_of(these, **fields):
    with tempfile.TemporaryDirectory() as scratch:
        return rundir.load(support.write_run(Path(scratch), these, support.provenance(**fields)))


class Kernel(unittest.TestCase):
    def test_dispatch(self):
        plain, hardened = tables.dispatches(run_of(records()))
        self.assertEqual((plain.price, plain.as_built), (2, True))
        self.assertEqual(plain.costs, {"direct": 6, "ops": 8, "ops_absent": 5})
        self.assertEqual((hardened.protection, hardened.price, hardened.as_built),
                         ("pac_bti", 2.5, False))

    def test_dispatch_without_its_loop_is_not_shown(self):
        self.assertEqual(tables.dispatches(run_of([dispatch("ops", 11)])), [])
        (alone,) = tables.dispatches(run_of([dispatch("ops", 11), dispatch("nothing", 3)]))
        self.assertIsNone(alone.price)

    def test_life(self):
        ours, twin = tables.lives(run_of(records()))
        self.assertEqual((ours.pair, ours.core, ours.by_ops), (656, 56, True))
        self.assertEqual((twin.pair, twin.by_ops), (620, False))
        self.assertEqual(sum(cost for _, cost in ours.parts), 530 + 1000 + 1100)
        self.assertEqual(dict(ours.parts)["memory_restrict"], 0)

    def test_known_cost(self):
        self.assertEqual(tables.known_loops(run_of(records())), [(1000, 1000)])
        self.assertEqual(tables.known_loops(run_of(records()[2:])), [])
        wall = [support.record("kernel", 7, unit="ns", case="known", instructions=0),
                support.record("kernel", 90, unit="ns", case="known", instructions=1000)]
        self.assertEqual(tables.known_loops(run_of(wall, clock="wall")), [])

    def test_sentences(self):
        first, second, third, last = findings.kernel(run_of(records()))
        self.assertEqual(first, "In code without protection of branches, as this kernel is built, a "
                         "call through the heap's ops costs 2 instructions more than a direct call "
                         "of the same function (8 and 6, the loop around them taken off); to look "
                         "for an optional op that is not there costs 5.")
        self.assertIn("branch targets marked, a call through the heap's ops costs 2.50", second)
        self.assertIn("from restricted_carveout cost 656 instructions, of which the core around the "
                      "provider's ops takes 56 (8.5 %); its twin costs 620.", third)
        self.assertIn("1,000 instructions in the kernel was measured as 1,000.", last)

    def test_texts_and_page(self):
        run = run_of(records())
        table = text.summary(run)
        self.assertLessEqual(max(map(len, table.splitlines())), text.WIDTH)
        self.assertIn("inside the kernel, 4K", table)
        with tempfile.TemporaryDirectory() as scratch:
            drawn = figures.draw(run, Path(scratch))
            self.assertEqual([figure.name for figure in drawn], ["phases"])
            whole = page.render(run, drawn)
        self.assertIn("pac_bti", whole)
        self.assertIn("ops absent", whole)

    def test_without_the_module_nothing_is_said(self):
        run = run_of([support.latency("system", 4096, "alloc", 100)])
        self.assertEqual(findings.kernel(run), [])
        self.assertNotIn("inside the kernel", text.summary(run))


if __name__ == "__main__":
    unittest.main()
