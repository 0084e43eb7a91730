# SPDX-License-Identifier: GPL-2.0
"""For how long memory stays lent: what is made of policy's measurements, and the figure."""

import tempfile
import unittest
from pathlib import Path

import support
import figures
import page
import policies
import rundir

MIB = 2 ** 20


def lone(heap, pause, alloc, free, worst=None, calls=None, **more):
    """What policy writes of a lone buffer."""
    params = {"heap": heap, "pause": pause, **more}
    records = [{**support.record("policy", p50, p99=worst if op == "alloc" else None, op=op, **params)}
               for op, p50 in (("alloc", alloc), ("free", free), ("cycle", alloc + free))]
    if calls is not None:
        records.append({"bench": "policy", "params": params, "metric": "tee_calls", "unit": "count", "value": calls})
    return records


def gone(heap, held, idle, pressed, calls=None, **more):
    """What it writes of 8 buffers that were freed."""
    records = []
    for when, back in (("idle", idle), ("pressed", pressed)):
        params = {"heap": heap, "buffers": 8, "when": when, **more}
        records.append({**support.record("policy", back, **params), "metric": "back"})
        records.append({**support.record("policy", held, unit="bytes", **params), "metric": "held"})
        if calls:
            records.append({**support.record("policy", calls, unit="count", **params), "metric": "back_calls"})
        records.append({"bench": "policy", "params": params, "metric": "course", "unit": "bytes", "against": "us",
                        "series": [[0, held], [idle, 0]] if held else [[0, 0]]})
    return records


def run_of(*parts):
    folder = tempfile.mkdtemp()
    support.write_run(folder, [record for part in parts for record in part])
    return rundir.load(Path(folder))


def whole():
    pages = {"policy": "buffer", "size": MIB}
    pool = {"policy": "pool", "size": MIB}
    peer = {"size": MIB, "tee": "optee-dynamic"}
    return run_of(lone("a", 0, 400, 600, calls=200, **pages), lone("a", 50, 400, 600, calls=200, **pages),
                  gone("a", 0, 9000, 9000, 8, **pages),
                  lone("a", 0, 400, 100, worst=8000, calls=100, **pool), lone("a", 50, 70, 30, calls=100, **pool),
                  gone("a", 8 * MIB, 1000000, 7000, 2, **pool),
                  lone(policies.PEER, 0, 5000, 5000, **peer), lone(policies.PEER, 50, 5000, 5000, **peer),
                  gone(policies.PEER, 0, 6000, 6000, **peer))


class Policies(unittest.TestCase):
    def test_sentences(self):
        self.assertEqual(policies.findings(whole()), [
            "A lone buffer of 1 MiB that comes and goes 50 ms apart costs, allocated and freed, 100 instructions of a, "
            "pool, 1,000 instructions of a, buffer and 10,000 instructions of mainline's dynamic pool: the dearest 100 "
            "times the cheapest.",
            "Who allocates may wait for what is done off their path: 0 ms apart, of a, pool with 1 MiB, 8,000 "
            "instructions at worst, 20.0 times the median.",
            "When the last of 8 buffers of 1 MiB is freed, a, buffer nothing, a, pool 8.0 MiB and mainline's dynamic "
            "pool nothing stays lent.",
            "When the kernel wants it, it takes a, pool 7,000 instructions and 2 calls until all of it is back, the "
            "buffers' frees included; left alone, 1,000,000 instructions to 1,000,000."])

    def test_nothing_is_kept_and_nobody_waits(self):
        run = run_of(lone("a", 0, 400, 600, size=4096), gone("a", 0, 10, 10, size=4096))
        self.assertEqual(policies.findings(run)[1:], [
            "No allocation of a lone buffer took 10 times its median: nobody waits for what is done off their path.",
            "When the last of 8 buffers of 4 KiB is freed, a nothing stays lent.",
            "All memory is the kernel's again when the last buffer is freed."])

    def test_rows(self):
        absent = [{"bench": "policy", "params": {"heap": "b", "policy": "pool", "reason": "EINVAL"},
                   "metric": "skipped", "unit": "count", "value": 1}]
        rows = policies.rows(run_of(lone("a", 0, 400, 600, calls=200, size=4096),
                                    lone("a", 50, 40, 60, calls=50, size=4096),
                                    gone("a", 8 * MIB, 1000, 900, 2, size=4096), absent))
        self.assertEqual(rows[0], ["a", "", "4K", "0", "400", "410", "600", "2", "8.0 MiB", "1,000", "900", "2"])
        self.assertEqual(rows[1], ["a", "", "4K", "50", "40", "50", "60", "0.50", "", "", "", ""])
        self.assertEqual(rows[2][:4], ["b", "pool", "", "skipped: EINVAL"])
        self.assertEqual({len(row) for row in rows}, {len(policies.COLUMNS)})

    def test_figure_and_page(self):
        run = whole()
        drawn = figures.draw(run, Path(tempfile.mkdtemp()) / "plots")
        self.assertEqual([figure.name for figure in drawn], ["policy"])
        self.assertEqual([panel.title for panel in policies.panels(run)],
                         ["a lone buffer, 0 ms apart: alloc and free", "a lone buffer, 50 ms apart: alloc and free",
                          "lent after 8 buffers of 1 MiB, left alone", "until all is back, when the kernel wants it"])
        self.assertIn("<h2>For how long memory stays lent</h2>", page.render(run, drawn))

    def test_without_it_nothing_is_said(self):
        run = run_of(support.small_run())
        self.assertEqual((policies.findings(run), policies.rows(run), policies.panels(run)), ([], [], []))


if __name__ == "__main__":
    unittest.main()
