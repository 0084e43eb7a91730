# SPDX-License-Identifier: GPL-2.0
"""What is asked of the heap: a trace, or a histogram of sizes made into one.

A histogram has a line `SIZE COUNT` for each size, SIZE in bytes or with K, M or G; what follows a
# is a comment. A trace is CSV as replay takes it, `t_us,op,id,heap,bytes`.
"""

import csv
import random
import re
from dataclasses import dataclass

from refusals import BadWorkload

PAGE = 4096
HEADER = ["t_us", "op", "id", "heap", "bytes"]
SIZE = re.compile(r"^([0-9]{1,15})([KMGkmg]?)$")
SHIFT = {"": 0, "K": 10, "M": 20, "G": 30}
# A histogram becomes so many buffers at most, and at most so many bytes, one at a time.
MOST_BUFFERS, LEAST_BUFFERS, MOST_BYTES = 240, 40, 1 << 30
# Between two buffers there is time for what the heap does when nobody waits.
STEP_US = 25000


@dataclass(frozen=True)
class Event:
    """alloc or free of buffer `id` of `bytes` at t_us."""

    t_us: int
    alloc: bool
    id: int
    bytes: int


@dataclass(frozen=True)
class Workload:
    """name; events in the order of time; kind: what it was made of, in words."""

    name: str
    events: list
    kind: str

    @property
    def allocs(self):
        return [event for event in self.events if event.alloc]


def size_of(text):
    """Bytes of a size, a number or one with K, M or G. Raises ValueError."""
    match = SIZE.match(text)
    if not match:
        raise ValueError(text)
    return int(match.group(1)) << SHIFT[match.group(2).upper()]


def pages_of(size):
    return -(-size // PAGE)


def read(path, seed):
    """The workload in a file, by its first line a trace or a histogram."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadWorkload(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadWorkload(f"{path}: not a text file") from error
    name = re.sub(r"[^A-Za-z0-9._-]", "_", path.stem).lstrip("._-") or "workload"
    if text.startswith("t_us"):
        return _trace(path, name, text)
    return _histogram(path, name, text, seed)


def _error(path, line, column, what):
    return BadWorkload(f"{path}:{line}:{column}: {what}")


def _histogram(path, name, text, seed):
    counts = {}
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.partition("#")[0]
        words = bare.split()
        if not words:
            continue
        places = [match.start() + 1 for match in re.finditer(r"\S+", bare)]
        size = size_of(words[0]) if SIZE.match(words[0]) else 0
        if not size:
            raise _error(path, number, places[0],
                         f"'{words[0]}' is no size: a number of bytes above 0, or one with K, M or G; "
                         "a trace begins with t_us,op,id,heap,bytes")
        if len(words) != 2 or not re.match(r"^[0-9]{1,15}$", words[1]) or int(words[1]) == 0:
            raise _error(path, number, places[1] if len(places) > 1 else len(bare.rstrip()) + 1,
                         "a line is SIZE COUNT, COUNT a whole number above 0")
        if size in counts:
            raise _error(path, number, places[0], f"size {words[0]} is there twice")
        counts[size] = int(words[1])
    if not counts:
        raise BadWorkload(f"{path}: no line SIZE COUNT in it")
    return Workload(name, _one_at_a_time(_share_out(counts), seed), f"histogram of {len(counts)} sizes")


def _share_out(counts):
    """As many buffers of each size as its share of few enough buffers, and at least one."""
    total = sum(counts.values())
    mean = sum(size * count for size, count in counts.items()) / total
    few = int(max(LEAST_BUFFERS, min(MOST_BUFFERS, MOST_BYTES / mean)))
    few = min(few, total)
    return [size for size, count in counts.items() for _ in range(max(1, round(count * few / total)))]


def _one_at_a_time(sizes, seed):
    random.Random(seed).shuffle(sizes)
    events = []
    for number, size in enumerate(sizes):
        events += [Event(2 * number * STEP_US, True, number, size),
                   Event((2 * number + 1) * STEP_US, False, number, size)]
    return events


def _trace(path, name, text):
    events, live, last = [], {}, 0
    rows = csv.reader(text.splitlines())
    for number, row in enumerate(rows, 1):
        if number == 1:
            if row != HEADER:
                raise _error(path, 1, 1, f"the header of a trace is {','.join(HEADER)}")
            continue
        events.append(_event(path, number, row, live, last))
        last = events[-1].t_us
    if not events:
        raise BadWorkload(f"{path}: a trace without an operation")
    return Workload(name, events, f"trace of {len(events)} operations")


def _column(row, index):
    """The place of a row's field, where no field before it is quoted."""
    return 1 + sum(len(field) + 1 for field in row[:index])


def _event(path, number, row, live, last):
    if len(row) != len(HEADER):
        raise _error(path, number, 1, f"{len(row)} fields, and not {len(HEADER)}")
    for index in (0, 2):
        if not re.match(r"^[0-9]{1,18}$", row[index]):
            raise _error(path, number, _column(row, index), f"{HEADER[index]} is no number")
    when, key = int(row[0]), int(row[2])
    if when < last:
        raise _error(path, number, 1, "earlier than the line before")
    if row[1] == "alloc":
        if not re.match(r"^[0-9]{1,15}$", row[4]) or int(row[4]) == 0:
            raise _error(path, number, _column(row, 4), "bytes is no number above 0")
        if key in live:
            raise _error(path, number, _column(row, 2), f"id {key} is allocated already")
        live[key] = int(row[4])
        return Event(when, True, key, live[key])
    if row[1] != "free":
        raise _error(path, number, _column(row, 1), "op is neither alloc nor free")
    if key not in live:
        raise _error(path, number, _column(row, 2), f"id {key} is not allocated, or was freed before")
    return Event(when, False, key, live.pop(key))


def write_trace(workload, heap, path):
    """The workload as a trace for replay, all of it on one heap."""
    lines = [",".join(HEADER)]
    for event in workload.events:
        if event.alloc:
            lines.append(f"{event.t_us},alloc,{event.id},{heap},{event.bytes}")
        else:
            lines.append(f"{event.t_us},free,{event.id},,")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
