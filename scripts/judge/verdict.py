# SPDX-License-Identifier: GPL-2.0
"""What became of each case from base to head, over one boot of each or several.

Wall clocks are judged in two stages, each of boots of its own, as where thousands of genes are
tested (Satagopan and Elston, Genetic Epidemiology 25, 2003): a screen of all cases that lets
through what may well be chance, and a confirmation of those alone. Whatever the screen let
through, boots that it never saw err as rarely as Holm's bound on them says; and it lets through
so few that this bound costs little, of how many cases ever. Without a second stage, that
bound is on all cases of the first.
"""

from dataclasses import dataclass

import cases
import inference
from floor import Floor

# How often the intervals of one run's medians may miss, all of them together
INTERVAL_ERROR = 0.01
# How often a gate of wall clocks may cry wolf, all cases together
WALL_ERROR = 0.01
# How often the screen of wall clocks may take a case that did not move for one that did
SCREEN_ERROR = 0.005
# So few boots of a side cannot tell anything of a wall clock
LEAST_WALL_BOOTS = 5
# What is measured once more: layouts may hide a part of a change in the first pair of boots
SUSPICION = Floor(0.001, 2)
# Wall clocks: what is less than this may be the machine's doing, however sure it is
WALL_FLOOR = Floor(0.01, 0)
# The screen's, as half of a change may be missing in the first boots
SCREEN_FLOOR = Floor(0.005, 0)


@dataclass(frozen=True)
class Row:
    """One case in base and head.

    verdict: same, worse, better, changed (a counter that only differs), new (not in base),
    gone (not in head), unjudged (a wall clock's, of too few boots), unsteady (samples that came
    to no steady state, in most boots of each side).
    base, head: the values of the boots; empty where there are none.
    interval: for wall clocks, between which fractions the change lies (95 %), or None.
    """

    case: cases.Case
    base: list
    head: list
    verdict: str
    interval: tuple = None

    @property
    def change(self):
        """Head minus base, of the medians over their boots."""
        if not self.base or not self.head:
            return None
        return inference.median(self.head) - inference.median(self.base)

    @property
    def fraction(self):
        """The change as a fraction of base; None if base is 0."""
        before = self.base and inference.median(self.base)
        return self.change / abs(before) if self.change is not None and before else None

    @property
    def moved(self):
        return self.verdict not in ("same", "unjudged")

    @property
    def alarming(self):
        """Whether this is a regression: of the subject, and not of what is beside it."""
        return self.verdict in ("worse", "gone") and not self.case.control


def judge(base_runs, head_runs, floor=Floor(), keys=None):
    """Every case of runs of two sides as a Row; of those in keys, if they are given.

    What moved did so from each boot of base to each of head, and by more than boots of one
    side differ: where memory lies differs between two builds and so between boots, and some
    costs differ with it.
    """
    base = [cases.of_run(run, INTERVAL_ERROR) for run in base_runs]
    head = [cases.of_run(run, INTERVAL_ERROR) for run in head_runs]
    found = dict.fromkeys(key for side in base + head for key in side if keys is None or key in keys)
    rows = [_row([run[key] for run in base if key in run], [run[key] for run in head if key in run],
                 len(base), len(head), floor) for key in found]
    return _judge_wall(rows)


def _row(base, head, bases, heads, floor):
    case = (head or base)[0]
    values = [c.value for c in base], [c.value for c in head]
    # What one boot has and the next has not, is neither new nor gone
    if not len(base):
        return Row(case, *values, "new" if len(head) == heads else "same")
    if not head:
        return Row(case, *values, "gone" if len(base) == bases else "same")
    if _is_unsteady(base) and _is_unsteady(head):
        return Row(case, *values, "unsteady")
    if case.tier == "wall":
        return Row(case, *values, "unjudged")
    moved = _direction(base, head)
    matters = _change(*values) > (0 if case.tier == "counter" else floor.of(inference.median(values[0])))
    return Row(case, *values, _word(case, moved if matters and _beyond_spread(case, *values) else 0))


def _is_unsteady(boots):
    return 2 * sum(case.unsteady for case in boots) > len(boots)


def _direction(base, head):
    """1 if each of head is more than each of base, -1 if less, 0 if that cannot be told."""
    if min(h.low for h in head) > max(b.high for b in base):
        return 1
    return -1 if max(h.high for h in head) < min(b.low for b in base) else 0


def _change(base, head):
    return abs(inference.median(head) - inference.median(base))


def _beyond_spread(case, base, head):
    """Whether the sides' medians are further from each other than boots of one side are.

    Of a counter, any of its boots; of a median, the middle half, as single layouts lie far off.
    """
    spread = inference.extent if case.tier == "counter" else inference.middle_half
    return _change(base, head) > max(spread(base), spread(head))


def _word(case, moved):
    if not moved:
        return "same"
    if not case.worse:
        return "changed"
    return "worse" if moved == case.worse else "better"


def _judge_wall(rows):
    judged = [row for row in rows if row.verdict == "unjudged" and _has_boots(row)]
    words = wall_words([row.base for row in judged], [row.head for row in judged])
    found = {row.case.key: _wall_row(row, word) for row, word in zip(judged, words)}
    return [found.get(row.case.key, row) for row in rows]


def _has_boots(row):
    return row.case.tier == "wall" and row.verdict != "unsteady" and min(len(row.base), len(row.head)) >= LEAST_WALL_BOOTS


def screened(rows):
    """Of the rows of wall clocks those that have to be confirmed, by boots of their own."""
    rows = [row for row in rows if _has_boots(row) and not row.case.control]
    held = wall_screen([row.base for row in rows], [row.head for row in rows])
    return [row for row, holds in zip(rows, held) if holds]


def wall_screen(base, head):
    """Whether each case has to be confirmed; base, head: as wall_words takes them."""
    if not len(base):
        return []
    before, after = inference.medians(base), inference.medians(head)
    slower = inference.slower_either_each(base, head) <= SCREEN_ERROR
    return [bool(holds) and then - now > SCREEN_FLOOR.of(now)
            for holds, now, then in zip(slower, before, after)]


def wall_words(base, head):
    """same, worse or better of each case; base, head: a list of its boots' times each.

    By Mann-Whitney or Welch, all cases together by Holm, and only what is beyond the floor.
    """
    if not len(base):
        return []
    slower = inference.holm(inference.slower_either_each(base, head), WALL_ERROR)
    faster = inference.holm(inference.slower_either_each(head, base), WALL_ERROR)
    before, after = inference.medians(base), inference.medians(head)
    return [_wall_word(*case) for case in zip(before, after, slower, faster)]


def _wall_word(before, after, slower, faster):
    if abs(after - before) <= WALL_FLOOR.of(before):
        return "same"
    return "worse" if slower else "better" if faster else "same"


def _wall_row(row, word):
    low, high = inference.ratio_interval(row.base, row.head, 0.95)
    return Row(row.case, row.base, row.head, word, (low - 1, high - 1))
