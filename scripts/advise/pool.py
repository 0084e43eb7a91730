# SPDX-License-Identifier: GPL-2.0
"""Chunks that stay lent between two buffers: which of a workload's allocations find them.

Simulates the heap's pool (module/tee/chunk_pool.c and keeper.c): the newest chunks go first; those that
came back are dirty until a worker scrubs them, all at a time, scrub_ms after the first of them; another
worker looks each drain_ms, and gives back to the kernel what was not used for so long. What is more
than may be kept is given back at once, dirty chunks first. What workers do is taken to need no time.
"""

import model
from workload import PAGE

# The kernel's timers go by ticks, and expire with the one after the last.
TICK_US = 10000
LATE_US = TICK_US / 2


class Chunks:
    """kept: {order: [when it came back]}, the oldest first; bytes: the sum of the chunks."""

    def __init__(self):
        self.kept = {}
        self.bytes = 0

    def add(self, order, since):
        its = self.kept.setdefault(order, [])
        its.append(since)
        self.bytes += PAGE << order

    def take_new(self, order, count):
        """Up to count of the newest. Returns how many."""
        its = self.kept.get(order, [])
        count = min(count, len(its))
        del its[len(its) - count:]
        self.bytes -= count * (PAGE << order)
        return count

    def take_old(self, until, bytes_):
        """The oldest of those that came back by `until`, at least so many bytes if there are."""
        taken = []
        while bytes_ > 0:
            first = [(its[0], order) for order, its in self.kept.items() if its]
            if not first or min(first)[0] > until:
                break
            since, order = min(first)
            del self.kept[order][0]
            self.bytes -= PAGE << order
            bytes_ -= PAGE << order
            taken.append((order, since))
        return taken


class Pool:
    """The pool of a heap: at most `limit` bytes are kept."""

    def __init__(self, limit, scrub_ms, drain_ms):
        self.limit = limit
        self.scrub_us, self.drain_us = scrub_ms * 1000, drain_ms * 1000
        self.clean, self.dirty = Chunks(), Chunks()
        self.scrub_at = self.drain_at = None

    @property
    def bytes(self):
        return self.clean.bytes + self.dirty.bytes

    def take(self, found, now):
        """What a buffer of these chunks gets: (kept and clean, new), each {order: count}."""
        self._work_until(now)
        clean, fresh = {}, {}
        for order, count in found.items():
            taken = self.clean.take_new(order, count)
            if taken:
                clean[order] = taken
            if count > taken:
                fresh[order] = count - taken
        return clean, fresh

    def give(self, found, now):
        """A buffer's chunks come back."""
        self._work_until(now)
        for order, count in found.items():
            for _ in range(count):
                self.dirty.add(order, now)
        if self.scrub_at is None:
            self.scrub_at = now + self.scrub_us + LATE_US
        if self.bytes > self.limit:
            self._give_surplus(now)
        if self.drain_at is None:
            self.drain_at = now + self.drain_us + LATE_US

    def _work_until(self, now):
        while True:
            due = [at for at in (self.scrub_at, self.drain_at) if at is not None and at <= now]
            if not due:
                return
            if min(due) == self.scrub_at:
                self._scrub(self.scrub_at)
            else:
                self._drain(self.drain_at)

    def _scrub(self, now):
        self.scrub_at = None
        for order, since in self.dirty.take_old(now, self.limit - self.clean.bytes):
            self.clean.add(order, since)
        for its in self.clean.kept.values():
            its.sort()

    def _give_surplus(self, now):
        surplus = self.bytes - self.limit
        for chunks in (self.dirty, self.clean):
            surplus -= sum(PAGE << order for order, _ in chunks.take_old(now, surplus))
        self._look_again(now)

    def _drain(self, now):
        for chunks in (self.dirty, self.clean):
            chunks.take_old(now - self.drain_us, self.bytes)
        self._look_again(now)

    def _look_again(self, now):
        self.drain_at = now + self.drain_us + LATE_US if self.bytes else None


def peak(workload, orders):
    """The most bytes of chunks that live at a time."""
    live = most = 0
    for event in workload.events:
        size = model.pages(model.chunks(orders, event.bytes)) * PAGE
        live += size if event.alloc else -size
        most = max(most, live)
    return most


def most_kept(workload, orders, scrub_ms, drain_ms):
    """The most bytes that a pool without a limit would keep."""
    pool, most = Pool(float("inf"), scrub_ms, drain_ms), 0
    for event in workload.events:
        found = model.chunks(orders, event.bytes)
        if event.alloc:
            pool.take(found, event.t_us)
        else:
            pool.give(found, event.t_us)
        most = max(most, pool.bytes)
    return most
