# SPDX-License-Identifier: GPL-2.0
"""Page orders: what is made of a sweep's measurements, and the figure."""

import tempfile
import unittest
from pathlib import Path

import support
import choices
import figures
import page
import rundir

MIB = 1 << 20


def combination(orders, size, cost, calls=1, entries=4, limits=(1024, 0), policy="buffer", index=0, **more):
    """What orders writes of one combination."""
    params = {"heap": "restricted_pages", "size": size, "orders": orders, "batch_entries": limits[0],
              "batch_bytes": limits[1], "reclaim": "smallest", "policy": policy, "index": index, **more}

    def counted(metric, value, **op):
        return {"bench": "orders", "params": {**params, **op}, "metric": metric, "unit": "count", "n": 8,
                **dict.fromkeys(("min", "p50", "p90", "p99", "max", "mean"), value), "hist": [[value, value, 8]]}

    return [support.record("orders", cost - 100, op="alloc", **params), support.record("orders", 100, op="free", **params),
            support.record("orders", cost, op="cycle", **params), counted("tee_calls", calls, op="alloc"),
            counted("tee_ranges", entries, op="alloc"), counted("entries", entries), counted("tlb_entries", entries),
            counted("tlb_reach", 65536)]


def run_of(*parts):
    folder = tempfile.mkdtemp()
    support.write_run(folder, [record for part in parts for record in part])
    return rundir.load(Path(folder))


class Choices(unittest.TestCase):
    def test_tables_are_compared_at_the_largest_size(self):
        run = run_of(combination("8,4,0", MIB, 500), combination("8,4,0", 8 * MIB, 1100),
                     combination("9,4,0", 8 * MIB, 1000), combination("0", 8 * MIB, 3000))
        self.assertEqual(choices.findings(run), [
            "A buffer of 8 MiB costs least by order table {9,4,0} (1,000 instructions for an alloc and a free), and 3.00 "
            "times that by {0}; by mainline's {8,4,0} 1.10 times."])

    def test_limits_pool_and_torn_memory(self):
        run = run_of(combination("8,4,0", 8 * MIB, 1000), combination("8,4,0", 8 * MIB, 4000, 64, limits=(32, 2093056)),
                     combination("8,4,0", 8 * MIB, 500, 0, policy="pool"),
                     combination("8,4,0", 8 * MIB, 2500, 1, 99, index=980, order=9, pages="unmovable"))
        self.assertEqual(choices.findings(run), [
            "Where a call carries 32 ranges, 2044K and not 1024 ranges, 8 MiB of {8,4,0} take 64 calls to be lent and not "
            "1, and cost 4.00 times as much.",
            "Kept in a pool between two buffers, 8 MiB of {8,4,0} cost 500 instructions: 2.00 times less.",
            "Torn memory (unusable index 0.98 for blocks of order 9) makes 8 MiB of {8,4,0} cost 2.50 times as much; they "
            "have 99 entries, and 4 in whole memory."])

    def test_models_of_calls_are_named(self):
        run = run_of(combination("0", MIB, 1000, preset="xring"),
                     combination("0", MIB, 2000, 2, limits=(32, 2093056), preset="qcom-assign"))
        self.assertEqual(choices.findings(run), [
            "Where calls are as qcom-assign and not xring, 1 MiB of {0} take 2 calls to be lent and not 1, and cost 2.00 "
            "times as much."])
        self.assertEqual([(row[1], row[-1]) for row in choices.rows(run)], [("xring", "64 KiB"), ("qcom-assign", "64 KiB")])

    def test_rows_and_what_could_not_be_had(self):
        gone = [{"bench": "orders", "params": {"heap": "restricted_pages", "size": MIB, "orders": "9", "batch_entries": 32,
                                               "batch_bytes": 0, "reclaim": "all", "policy": "buffer", "index": 980,
                                               "order": 9, "pages": "movable", "reason": "ENOMEM"},
                 "metric": "skipped", "unit": "count", "value": 1}]
        rows = choices.rows(run_of(combination("8,4,0", MIB, 500), gone))
        self.assertEqual(rows[0][:12], ["8,4,0", "1024 ranges", "buffer", "", "smallest", "1M", "400", "410", "100", "1",
                                        "4", "4"])
        self.assertEqual(rows[1][:7], ["9", "32 ranges", "buffer", "0.98 of order 9, movable", "all", "1M",
                                       "skipped: ENOMEM"])

    def test_figure_and_page(self):
        run = run_of(combination("8,4,0", MIB, 500), combination("8,4,0", 8 * MIB, 900))
        drawn = figures.draw(run, Path(tempfile.mkdtemp()) / "plots")
        self.assertEqual([figure.name for figure in drawn], ["orders"])
        self.assertIn("<h2>Page orders and limits of calls</h2>", page.render(run, drawn))

    def test_without_it_nothing_is_said(self):
        run = run_of(support.small_run())
        self.assertEqual((choices.findings(run), choices.rows(run), choices.panels(run)), ([], [], []))


if __name__ == "__main__":
    unittest.main()
