# SPDX-License-Identifier: GPL-2.0
"""A sweep that the instrument orders made: what each combination costs, from its run folder."""

from dataclasses import dataclass

import model
import refusals
import rundir

BASE = (8, 4, 0)
MAKE_ONE = "make one with `scripts/rheap bench --plan vendor-orders`"
# As many sizes of a table as tell what is once a buffer and what is for each page.
LEAST_SIZES = 3


@dataclass(frozen=True)
class Limits:
    """What one call into the TEE may carry; bytes 0 for any number."""

    entries: int
    bytes: int

    def within(self, other):
        """Whether a TEE that takes `other` takes these."""
        return self.entries <= other.entries and (not other.bytes or 0 < self.bytes <= other.bytes)

    def __str__(self):
        return f"{self.entries} ranges" + (f", {self.bytes >> 10} KiB" if self.bytes else "")


@dataclass(frozen=True)
class Sweep:
    """orders: tables; limits; cases: of model.Case; run: the folder's Run."""

    run: object
    cases: list

    @property
    def tables(self):
        return list(dict.fromkeys(case.orders for case in self.cases))

    @property
    def limits(self):
        return list(dict.fromkeys(case.limits for case in self.cases))

    @property
    def policies(self):
        return list(dict.fromkeys(case.policy for case in self.cases))


def load(path):
    """The sweep in the run folder at path, in memory as it was after boot."""
    run = rundir.load(path)
    if run.provenance.get("exit_code") not in (0, None) or not run.provenance.get("complete", True):
        raise refusals.Untrusted(f"{path}: this run is incomplete, see its console.log; {MAKE_ONE}")
    cases = _cases(run)
    if not cases:
        raise refusals.BadSweep(f"{path}: holds no sweep: nothing of instrument orders at index 0 with "
                              f"--batch; {MAKE_ONE}")
    found = Sweep(run, cases)
    if BASE not in found.tables:
        raise refusals.BadSweep(f"{path}: the sweep has no table 8,4,0, with which all are compared; {MAKE_ONE}")
    if "buffer" not in found.policies:
        raise refusals.BadSweep(f"{path}: the sweep has nothing of policy buffer; {MAKE_ONE}")
    for table in found.tables:
        sizes = {case.size for case in cases if case.orders == table and case.policy == "buffer"}
        if len(sizes) < LEAST_SIZES:
            raise refusals.BadSweep(f"{path}: table {model.spelled(table)} was measured at {len(sizes)} sizes, "
                                  f"and {LEAST_SIZES} are needed; {MAKE_ONE}")
    return found


def _cases(run):
    """Combinations in memory that was not torn, with what of them is needed."""
    groups = {}
    for m in run.of("orders"):
        p = m.params
        if p.get("index") != 0 or "preset" in p or p.get("reclaim") != "smallest":
            continue
        key = (tuple(map(int, p["orders"].split(","))), Limits(p["batch_entries"], p["batch_bytes"]),
               p["policy"], p["size"])
        groups.setdefault(key, {})[m.metric, p.get("op")] = m
    return [case for key, found in groups.items() for case in [_case(*key, found)] if case]


def _case(orders, limits, policy, size, found):
    """None when it could not be had."""
    if ("latency", "free") not in found or ("tee_ranges", "free") not in found:
        return None
    return model.Case(
        orders=orders, limits=limits, policy=policy, size=size,
        cost={op: found["latency", op].mean for op in model.OPS},
        calls={op: found["tee_calls", op].mean for op in model.OPS},
        ranges={op: found["tee_ranges", op].mean for op in model.OPS},
        entries=found["entries", None].mean if ("entries", None) in found else None)
