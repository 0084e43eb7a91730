#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""first_fit.py POOL_BYTES TRACE...: what a heap over one gen_pool must count of a trace.

A simulation that knows nothing of the kernel's code or of replay's: from the documentation of
lib/genalloc (Documentation/core-api/genalloc.rst), an allocation gets the first hole, by
address, that is large enough; memory is handed out in pages. Holes are kept as a list of
[first page, page behind the last].

Prints one JSON object a trace, on one line: the counts by the names of replay's metrics.
"""

import csv
import json
import sys
from pathlib import Path

PAGE = 4096


class Pool:
    """Pages 0 to pages - 1, all free."""

    def __init__(self, pages):
        self.holes = [[0, pages]] if pages else []

    def free_pages(self):
        return sum(end - first for first, end in self.holes)

    def take(self, pages):
        """The first page of the lowest hole that holds so many, or None."""
        for hole in self.holes:
            first, end = hole
            if end - first >= pages:
                hole[0] += pages
                if hole[0] == end:
                    self.holes.remove(hole)
                return first
        return None

    def give(self, first, pages):
        """Put pages back; holes that touch become one."""
        self.holes.append([first, first + pages])
        self.holes.sort()
        merged = []
        for hole in self.holes:
            if merged and merged[-1][1] == hole[0]:
                merged[-1][1] = hole[1]
            else:
                merged.append(hole)
        self.holes = merged


def play(pool_bytes, records):
    """The counts of playing records, an iterable of (op, id, bytes), on a fresh pool."""
    pool = Pool(pool_bytes // PAGE)
    names = ("allocs", "frees", "failures", "fragmented", "skipped_frees",
             "peak_buffers", "peak_bytes", "demand_buffers", "demand_bytes")
    count = dict.fromkeys(names, 0)
    held, wanted, demand = {}, {}, 0
    for op, name, size in records:
        if op == "alloc":
            pages = -(-size // PAGE)
            wanted[name] = pages
            demand += pages
            count["demand_buffers"] = max(count["demand_buffers"], len(wanted))
            count["demand_bytes"] = max(count["demand_bytes"], demand * PAGE)
            first = pool.take(pages)
            if first is None:
                count["failures"] += 1
                count["fragmented"] += pool.free_pages() >= pages
                continue
            held[name] = (first, pages)
            count["allocs"] += 1
            count["peak_buffers"] = max(count["peak_buffers"], len(held))
            used = pool_bytes // PAGE - pool.free_pages()
            count["peak_bytes"] = max(count["peak_bytes"], used * PAGE)
        else:
            demand -= wanted.pop(name)
            if name in held:
                pool.give(*held.pop(name))
                count["frees"] += 1
            else:
                count["skipped_frees"] += 1
    return count


def read(path):
    """A trace's records as play() takes them; not the strict reader, which is replay's."""
    with open(path, newline="", encoding="ascii") as file:
        for row in csv.DictReader(file):
            yield row["op"], row["id"], int(row["bytes"] or 0)


def main(arguments):
    if len(arguments) < 2 or not arguments[0].isdigit():
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 64
    for path in arguments[1:]:
        count = play(int(arguments[0]), read(path))
        print(json.dumps({"trace": Path(path).stem, **count}, separators=(",", ":")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
