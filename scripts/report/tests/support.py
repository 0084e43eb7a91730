# SPDX-License-Identifier: GPL-2.0
"""Tiny run folders for the tests. Their figures are made up, and leave the tests' own folder never."""

import copy
import json
import sys
from pathlib import Path

REPORT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPORT))

PROVENANCE = {
    "format": 1,
    "started": "2026-01-31T23:59:50Z",
    "ended": "2026-02-01T00:00:10Z",
    "exit_code": 0,
    "platform": "optee",
    "clock": "icount",
    "kernel": "release",
    "plan": "test",
    "seed": 1,
    "commit": "0123456789abcdef0123456789abcdef01234567",
    "dirty": False,
    "compiler": "cc (test) 1.0",
    "kernel_release": "7.2.0-test",
    "kernel_config_sha256": "0" * 64,
    "kernel_command_line": "nokaslr norandmaps",
    "cpu_model": "cortex-a57",
    "qemu_version": "QEMU emulator version 0.0 (test)",
    "accelerator": "tcg",
    "pool_parameters": {"carveout_size": 67108864},
    "load_before": [0.1, 0.2, 0.3],
}


def provenance(**changes):
    """A valid provenance with some fields set, or taken out where given as None."""
    fields = copy.deepcopy(PROVENANCE)
    fields.update(changes)
    return {name: value for name, value in fields.items() if value is not None}


def record(bench, p50, p99=None, n=100, unit="insn", **params):
    """A valid distribution around p50."""
    p99 = p50 + 10 if p99 is None else p99
    return {"bench": bench, "params": params, "metric": "latency", "unit": unit, "n": n,
            "min": p50, "p50": p50, "p90": p50, "p99": p99, "max": p99, "mean": (p50 + p99) / 2,
            "hist": [[p50, p50, n - 1], [p50 + 1, max(p99, p50 + 1), 1]]}


def latency(heap, size, op, p50, **more):
    """A valid latency measurement."""
    return record("latency", p50, heap=heap, size=size, op=op, threads=1, **more)


def small_run():
    """Records of a small run with all that the report can show."""
    records = []
    for size in (4096, 65536):
        for heap, base in (("restricted_carveout", 1040), ("direct_carveout", 1000),
                           ("protected,secure-video", 2000), ("restricted_mtk_cm", 30000)):
            for op in ("alloc", "free"):
                records.append(latency(heap, size, op, base + size // 4))
        for heap, base in (("restricted_carveout", 1040), ("direct_carveout", 1000)):
            for op in ("alloc", "free"):
                records.append(latency(heap, size, op, base, scrub="off"))
    records += [record("tee_rtt", 300, step="enotty"), record("tee_rtt", 21000, step="nop"),
                record("tee_rtt", 45000, step="memref", bytes=65536),
                record("baseline", 48, what="clock"),
                {"bench": "books", "params": {"heap": "restricted_mtk_cm"}, "metric": "leaked",
                 "unit": "count", "value": 0}]
    return records


def write_run(folder, records=None, fields=None):
    """Write a run folder; records may be objects or raw lines without their line end."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    fields = provenance() if fields is None else fields
    (folder / "run.json").write_text(json.dumps(fields), encoding="utf-8")
    lines = [one if isinstance(one, str) else json.dumps(one)
             for one in (small_run() if records is None else records)]
    (folder / "measurements.jsonl").write_text("".join(f"{line}\n" for line in lines),
                                               encoding="utf-8")
    return folder
