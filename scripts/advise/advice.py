# SPDX-License-Identifier: GPL-2.0
"""Which of a sweep's settings suits a workload, and what it will cost."""

from dataclasses import dataclass, replace

import model
import pool
from sweep import BASE, Limits

MIB = 1 << 20
SCRUB_MS, DRAIN_MS = 10, 1000
# Longer and longer; the shortest that gets nearly as far as the best is taken.
DRAINS_MS = (DRAIN_MS, 10000, 60000, 3600000)
NEARLY = 1.05
# A table that is not better by more than this, or by more than can be told, is not worth a change.
WORTH = 0.01
# The heap as it comes
DEFAULT_LIMITS = Limits(1024, 0)


@dataclass(frozen=True)
class Setting:
    """What the heap is told. pool_bytes 0: memory is lent for each buffer."""

    orders: tuple
    limits: Limits
    pool_bytes: int = 0
    drain_ms: int = DRAIN_MS

    @property
    def policy(self):
        return "pool" if self.pool_bytes else "buffer"

    def tunables(self):
        """(file, value) in the order they are written; blanks of a value are commas."""
        found = [("orders", model.spelled(self.orders)), ("batch_entries", str(self.limits.entries)),
                 ("batch_bytes", str(self.limits.bytes))]
        if self.pool_bytes:
            found += [("pool_bytes", str(self.pool_bytes)), ("drain_ms", str(self.drain_ms))]
        return found + [("policy", self.policy)]


@dataclass(frozen=True)
class Cost:
    """Of a workload: the mean of a buffer (alloc and free), and calls that somebody waits for."""

    buffer: float
    calls: float


@dataclass(frozen=True)
class Advice:
    """base: the heap as it comes, within what the TEE takes; table: 8,4,0 with all else as advised.

    passed: a setting that is foretold to be better than that, by less than can be told; or None.
    """

    base: Setting
    table: Setting
    advised: Setting
    passed: Setting
    costs: dict

    def gain(self):
        return self.less(self.advised, self.base)

    def less(self, one, other):
        """By what part one costs less than the other."""
        return 1 - self.costs[one].buffer / self.costs[other].buffer


def cost(fitted, workload, setting):
    """Predict what a workload costs under a setting."""
    total = calls = 0.0
    kept = pool.Pool(setting.pool_bytes, SCRUB_MS, setting.drain_ms) if setting.pool_bytes else None
    for event in workload.events:
        found = model.chunks(setting.orders, event.bytes)
        op = "alloc" if event.alloc else "free"
        if not kept:
            total += fitted.lent(op, setting.orders, setting.limits, found)
            calls += fitted.calls(setting.orders, setting.limits, found)[0]
        elif event.alloc:
            clean, fresh = kept.take(found, event.t_us)
            total += fitted.kept(op, found)
            if fresh:
                total += fitted.added(op, setting.orders, setting.limits, fresh)
                calls += fitted.calls(setting.orders, setting.limits, fresh)[0]
        else:
            kept.give(found, event.t_us)
            total += fitted.kept(op, found)
    return Cost(total / len(workload.allocs), calls)


def _pools(fitted, workload, setting, most):
    """The setting without a pool, and with one that need give nothing back early, if that may be kept.

    What a pool gives back early it does at once, and whoever frees a buffer waits for it.
    """
    yield setting
    if "pool" not in fitted.policies or not most:
        return
    kept = []
    for drain in DRAINS_MS:
        bytes_ = pool.most_kept(workload, setting.orders, SCRUB_MS, drain)
        kept.append(replace(setting, pool_bytes=min(-(-bytes_ // MIB) * MIB, most), drain_ms=drain))
    costs = [cost(fitted, workload, one).buffer for one in kept]
    yield next(one for one, its in zip(kept, costs) if its <= min(costs) * NEARLY)


def advise(sweep, fitted, workload, abi, most_pool):
    """The Advice for a workload, of a TEE that takes `abi`; at most most_pool bytes are kept."""
    limits = [one for one in sweep.limits if one.within(abi)]
    if not limits:
        limits = [abi]
    costs = {}
    for table in sweep.tables:
        for one in limits:
            for setting in _pools(fitted, workload, Setting(table, one), most_pool):
                costs[setting] = cost(fitted, workload, setting)
    dear = sorted(costs, key=lambda setting: costs[setting].buffer)
    table = next(setting for setting in dear if setting.orders == BASE)
    best = next(setting for setting in dear
                if setting == table or _told_better(fitted, workload, costs, setting, table))
    base = Setting(BASE, abi)
    costs[base] = cost(fitted, workload, base)
    return Advice(base, table, best, dear[0] if dear[0] != best else None, costs)


def _told_better(fitted, workload, costs, setting, table):
    """Whether a setting is better by more than the model errs where both tables were measured.

    It has to be better also while the pool has all that is asked for: the sweep does not tell which
    chunks a pool happens to have.
    """
    doubt = max(WORTH, fitted.doubt(setting.orders, BASE, setting.policy))
    return (costs[setting].buffer < costs[table].buffer * (1 - doubt) and
            _warm(fitted, workload, setting) < _warm(fitted, workload, table) * (1 - doubt))


def _warm(fitted, workload, setting):
    """The mean of a buffer, where the pool, if there is one, always has what is asked for."""
    if not setting.pool_bytes:
        return cost(fitted, workload, setting).buffer
    made = [(event, model.chunks(setting.orders, event.bytes)) for event in workload.events]
    return sum(fitted.kept("alloc" if event.alloc else "free", found) for event, found in made) / len(workload.allocs)
