# SPDX-License-Identifier: GPL-2.0
"""Whether the samples of one operation, repeated, are of a steady state, and from which on.

As Barrett, Bolz-Tereick, Killick, Mount and Tratt judge processes ("Virtual machine warmup blows
hot and cold", OOPSLA 2017): the samples, in the order in which they were taken, are parted where
they changed, the last part is the state that they ended in, and what comes before it belongs to
that state as far as it is on its level. Here the samples are the medians of blocks of them, and
the changes are those that a history of a wall clock has (changes.py): three blocks or less of another
state are not told from chance. A last part that rises or falls all the way (Mann's test) is no
state.
"""

import functools

import changes
import inference
from floor import Floor

# What the levels of a steady state may differ by
FLOOR = Floor(0.01, 2)
# A median can bear less than half of its samples to be of another state
MOST_WARMUP = 0.5


@functools.lru_cache(maxsize=1 << 16)
def begin(blocks):
    """The block with which the steady state begins; len(blocks) if they never come to one.

    blocks: medians, as a tuple.
    """
    # Most cases, where instructions are counted; and there is nothing to ask chance about
    if max(blocks) - min(blocks) <= FLOOR.of(min(blocks)):
        return 0
    found = changes.shifts(blocks, FLOOR)
    last = found[-1].after if found else 0
    at = next((c.at for c in reversed(found) if abs(c.before - last) > FLOOR.of(last)), 0)
    return len(blocks) if at > MOST_WARMUP * len(blocks) or _drifts(blocks[at:]) else at


def _drifts(blocks):
    half = len(blocks) // 2
    before, after = inference.median(blocks[:half]), inference.median(blocks[half:])
    return abs(after - before) > FLOOR.of(before) and inference.trend(blocks) <= changes.ERROR
