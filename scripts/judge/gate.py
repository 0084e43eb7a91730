# SPDX-License-Identifier: GPL-2.0
"""Whether head is worse than base: by a pair of boots, and by more of them before an alarm.

The pairs are folders: rounds/0/base, rounds/0/head hold the plan's run of each side. What got
worse there is measured again, CONFIRMATIONS times, in rounds 1, 2 ... by its entries alone;
a regression is what got worse in the first pair, and is worse in each later boot of head than
in each of base. Of a wall clock one pair tells nothing: all rounds are judged together, and what
looks slower is measured in as many again, again/N, that alone decide (see verdict.py).
"""

import json

import causes
import comparability
import table
import trust
import verdict
from errors import Untrusted

SIDES = ("base", "head")
CONFIRMATIONS = 5
# Of wall clocks, the folder of the rounds that confirm
AGAIN = "again"


def suspects(folder):
    """The plan's entries that have to be measured once more before there is a verdict."""
    pairs, again = load(folder)
    if again or len(pairs) > CONFIRMATIONS and not is_wall(pairs):
        return []
    if is_wall(pairs):
        rows = verdict.screened(verdict.judge(*zip(*pairs)))
    else:
        rows = [row for row in (suspicions(pairs) if len(pairs) == 1 else judge(pairs)) if row.alarming]
    return list(dict.fromkeys(row.case.entry for row in rows))


def decide(folder, wall_decides, markdown):
    """Print what moved, write gate.json; the exit code is the verdict."""
    pairs, again = load(folder)
    rows = judge(pairs, again)
    _refuse_unsteady(rows)
    alarms = [row for row in rows if row.alarming]
    decided = bool(alarms) and (wall_decides or not is_wall(pairs))
    told = "".join(f"{sentence}\n" for sentence in causes.sentences(rows))
    boots = len(pairs) + len(again)
    last = _last_line(boots, alarms, decided)
    print(f"{table.text(rows)}{told}{last}")
    document = {"verdict": "regression" if decided else "pass", "boots": boots,
                "cases": table.document(rows)}
    (folder / "gate.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if markdown:
        markdown.write_text(f"### rheap gate\n\n{last}\n\n{table.markdown(rows)}\n{told}",
                            encoding="utf-8")
    return 1 if decided else 0


def _refuse_unsteady(rows):
    timed = [row for row in rows if row.case.tier != "counter"]
    if timed and all(row.verdict == "unsteady" for row in timed):
        raise Untrusted("no case came to a steady state, so medians tell nothing: take more samples, "
                              "or a longer --warmup, in the plan")


def load(folder, read=trust.load):
    """The pairs of runs, in order, and those of again; what an untrustworthy run raises, or Incomparable."""
    pairs, again = _pairs(folder, read), _pairs(folder / AGAIN, read)
    first = pairs[0][0]
    for run in (run for pair in pairs + again for run in pair):
        found = comparability.differences(first, run)
        if run not in pairs[0]:
            found = [one for one in found if not _left_out(*one)]
        if found:
            raise comparability.Incomparable(found)
    return pairs, again


def _left_out(field, _, later):
    """Whether a field differs since a later round measured fewer entries, and played fewer traces."""
    return field.partition(".")[0] == "traces" and later == comparability.ABSENT


def _pairs(folder, read):
    rounds = [path for path in folder.glob("*/") if path.name.isdigit()]
    return [tuple(read(path / side) for side in SIDES) for path in sorted(rounds, key=lambda path: int(path.name))]


def judge(pairs, again=()):
    """Every case as a Row, after all confirmations that there are."""
    if again:
        return _by_later(verdict.judge(*zip(*pairs)), again)
    if is_wall(pairs) or len(pairs) == 1:
        return verdict.judge(*zip(*pairs))
    return confirmed(suspicions(pairs), verdict.judge(*zip(*pairs[1:])))


def _by_later(first, again):
    """Rows of wall clocks: those that were screened out as the later boots have them."""
    keys = {row.case.key for row in verdict.screened(first)}
    later = {row.case.key: row for row in verdict.judge(*zip(*again), keys=keys)}
    return [later.get(row.case.key, row) for row in first]


def suspicions(pairs):
    """The first pair's rows, with a lower floor for what has to be looked at once more."""
    return verdict.judge(*zip(pairs[0]), verdict.SUSPICION)


def confirmed(first, later):
    """The first pair's rows; a suspicion that later boots did not confirm is none."""
    later = {row.case.key: row for row in later}
    rows = []
    for row in first:
        again = later.get(row.case.key)
        if row.alarming and again is not None and again.verdict != row.verdict:
            row = verdict.Row(row.case, row.base + again.base, row.head + again.head, "same")
        elif row.alarming and again is not None:
            row = verdict.Row(row.case, row.base + again.base, row.head + again.head, row.verdict)
        rows.append(row)
    return rows


def is_wall(pairs):
    """Whether their clock is the wall's."""
    return pairs[0][0].provenance["clock"] == "wall"


def _last_line(boots, alarms, decided):
    boots = f"{boots} boot{'s' if boots > 1 else ''} of each side"
    if decided:
        return f"REGRESSION: {len(alarms)} cases are worse in {boots}"
    if alarms:
        return (f"{len(alarms)} cases are slower by a wall clock, in {boots}; that does not decide "
                "(--wall-decides)")
    return f"no regression, by {boots}"
