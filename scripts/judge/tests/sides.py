# SPDX-License-Identifier: GPL-2.0
"""Runs of two sides for the tests, made of the report's tiny run folders."""

import sys
import tempfile
from pathlib import Path

JUDGE = Path(__file__).resolve().parents[1]
REPORT = JUDGE.parent / "report"
sys.path[:0] = [str(JUDGE), str(REPORT), str(REPORT / "tests")]

# pylint: disable=wrong-import-position
import rundir
import support


def write(folder, records, **fields):
    """A run folder of these records."""
    return support.write_run(Path(folder), records, support.provenance(**fields))


def run(records, **fields):
    """A Run of these records."""
    with tempfile.TemporaryDirectory() as scratch:
        return rundir.load(write(scratch, records, **fields))


def alloc(p50, heap="restricted_carveout", **more):
    """A latency of which nearly all samples are p50."""
    return support.latency(heap, 4096, "alloc", p50, **more)


def counter(value, metric="tee_calls", heap="restricted_mtk_cm"):
    """An exact counter."""
    return {"bench": "replay", "params": {"heap": heap, "trace": "t"}, "metric": metric,
            "unit": "count", "value": value}
