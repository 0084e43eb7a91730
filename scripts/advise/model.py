# SPDX-License-Identifier: GPL-2.0
"""What a buffer costs, from what it is made of.

The cost of an alloc or a free is taken as a sum: a part that each buffer has, and one for each page,
for each chunk by its order, for each call into the TEE and for each range that calls carry; and of
chunks of several sizes one for sorting them. What each is worth is fitted to the sweep; none is
below 0.
"""

import math
from dataclasses import dataclass

from workload import pages_of

OPS = ("alloc", "free")
ROUNDS = 20000


@dataclass(frozen=True)
class Case:
    """A measured combination. orders: falling; cost, calls, ranges: op to the mean of a buffer."""

    orders: tuple
    limits: object
    policy: str
    size: int
    cost: dict
    calls: dict
    ranges: dict
    entries: float


def spelled(orders):
    return ",".join(map(str, orders))


def chunks(orders, size):
    """How many chunks of each order a buffer takes where all are to be had: {order: count}."""
    left, found = pages_of(size), {}
    for place, order in enumerate(orders):
        count = left >> order
        left -= count << order
        # The smallest is taken for what is left, though it is larger
        if place == len(orders) - 1 and left:
            count, left = count + 1, 0
        if count:
            found[order] = count
    return found


def pages(found):
    return sum(count << order for order, count in found.items())


def sorting(found):
    """n log n, where chunks of several sizes have to be brought into order."""
    n = sum(found.values())
    return n * math.log2(n) if len(found) > 1 else 0


def fit(rows, costs):
    """Least squares of relative errors, no factor below 0. rows: of {feature: value}.

    Returns {feature: factor}. By coordinate descent on the normal equations.
    """
    names = sorted({name for row in rows for name, value in row.items() if value})
    scale = {name: max(row.get(name, 0) for row in rows) for name in names}
    scaled = [[row.get(name, 0) / scale[name] / cost for name in names]
              for row, cost in zip(rows, costs)]
    count = len(names)
    gram = [[sum(row[i] * row[j] for row in scaled) for j in range(count)] for i in range(count)]
    right = [sum(row[i] for row in scaled) for i in range(count)]
    factor = [0.0] * count
    for _ in range(ROUNDS):
        moved = 0.0
        for i in range(count):
            rest = right[i] - sum(gram[i][j] * factor[j] for j in range(count) if j != i)
            new = max(0.0, rest / gram[i][i])
            moved = max(moved, abs(new - factor[i]) * gram[i][i])
            factor[i] = new
        if moved < 1e-9:
            break
    return {name: factor[i] / scale[name] for i, name in enumerate(names)}


def _features(found, calls, ranges):
    row = {"buffer": 1, "pages": pages(found), "calls": calls, "ranges": ranges, "sorting": sorting(found)}
    row.update({f"order {order}": count for order, count in found.items()})
    return row


class Model:
    """Fitted to a sweep; predicts costs of any size under any table that was in it."""

    def __init__(self, cases):
        self._cases = cases
        self._factors = {}
        self._merged = {}
        for policy in dict.fromkeys(case.policy for case in cases):
            its = [case for case in cases if case.policy == policy]
            for op in OPS:
                rows = [_features(chunks(c.orders, c.size), c.calls[op], c.ranges[op]) for c in its]
                self._factors[policy, op] = fit(rows, [c.cost[op] for c in its])
        for case in cases:
            if case.entries:
                count = sum(chunks(case.orders, case.size).values())
                self._merged.setdefault(case.orders, []).append((case.size, case.entries / count))

    def _entries(self, orders, found):
        """Ranges of a buffer: neighbours are merged, as often as at the nearest size that was measured."""
        count, size = sum(found.values()), pages(found) * 4096
        known = self._merged.get(orders)
        if not known:
            return count
        _, share = min(known, key=lambda point: abs(math.log(point[0] / size)))
        return max(1.0, count * share)

    def calls(self, orders, limits, found):
        """(calls, ranges) that lending these chunks takes."""
        if not found:
            return 0, 0
        entries, size = self._entries(orders, found), pages(found) * 4096
        calls = max(math.ceil(entries / limits.entries), math.ceil(size / limits.bytes) if limits.bytes else 1)
        return calls, max(entries, calls)

    def _sum(self, policy, op, row):
        factors = self._factors[policy, op]
        return sum(factors.get(name, 0) * value for name, value in row.items())

    def lent(self, op, orders, limits, found):
        """An op on a buffer of chunks that are lent for it."""
        return self._sum("buffer", op, _features(found, *self.calls(orders, limits, found)))

    def kept(self, op, found):
        """An op on a buffer of chunks that stay lent."""
        return self._sum("pool", op, _features(found, 0, 0))

    def added(self, op, orders, limits, found):
        """What lending chunks adds to an op that has kept ones, too."""
        row = _features(found, *self.calls(orders, limits, found))
        del row["buffer"]
        return self._sum("buffer", op, row)

    @property
    def policies(self):
        return {policy for policy, _ in self._factors}

    def error(self):
        """The median of the relative errors over the cases it was fitted to."""
        off = sorted(abs(self.again(case) / sum(case.cost.values()) - 1) for case in self._cases)
        return off[len(off) // 2]

    def doubt(self, orders, base, policy):
        """How far it errs, at most, in how much dearer one table is than another: over sizes and limits of a policy."""
        its = {(case.orders, case.limits, case.size): case for case in self._cases if case.policy == policy}
        both = [(case, its[base, limits, size]) for (table, limits, size), case in its.items()
                if table == orders and (base, limits, size) in its]
        return max((abs(self.again(one) / self.again(other) * sum(other.cost.values()) / sum(one.cost.values()) - 1)
                    for one, other in both), default=math.inf)

    def again(self, case):
        """A measured case, predicted from its size alone."""
        found = chunks(case.orders, case.size)
        if case.policy == "pool":
            return sum(self.kept(op, found) for op in OPS)
        return sum(self.lent(op, case.orders, case.limits, found) for op in OPS)
