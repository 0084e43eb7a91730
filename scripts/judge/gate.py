# SPDX-License-Identifier: GPL-2.0
"""Whether head is worse than base: by a pair of boots, and by more of them before an alarm.

The pairs are folders: rounds/0/base, rounds/0/head hold the plan's run of each side. What got
worse there is measured again, CONFIRMATIONS times, in rounds 1, 2 ... by its entries alone;
a regression is what got worse in the first pair, and is worse in each later boot of head than
in each of base. Of a wall clock one pair tells nothing: all rounds are judged together.
"""

import json

import causes
import comparability
import table
import trust
import verdict

SIDES = ("base", "head")
CONFIRMATIONS = 5


def suspects(folder):
    """The plan's entries that have to be measured once more before there is a verdict."""
    pairs = load(folder)
    if len(pairs) > CONFIRMATIONS or _is_wall(pairs):
        return []
    rows = suspicions(pairs) if len(pairs) == 1 else judge(pairs)
    return list(dict.fromkeys(row.case.entry for row in rows if row.alarming))


def decide(folder, wall_decides, markdown):
    """Print what moved, write gate.json; the exit code is the verdict."""
    pairs = load(folder)
    rows = judge(pairs)
    alarms = [row for row in rows if row.alarming]
    decided = bool(alarms) and (wall_decides or not _is_wall(pairs))
    told = "".join(f"{sentence}\n" for sentence in causes.sentences(rows))
    last = _last_line(pairs, alarms, decided)
    print(f"{table.text(rows)}{told}{last}")
    document = {"verdict": "regression" if decided else "pass", "boots": len(pairs),
                "cases": table.document(rows)}
    (folder / "gate.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if markdown:
        markdown.write_text(f"### rheap gate\n\n{last}\n\n{table.markdown(rows)}\n{told}",
                            encoding="utf-8")
    return 1 if decided else 0


def load(folder, read=trust.load):
    """The pairs of runs, in order. Raises Incomparable, or what an untrustworthy run raises."""
    pairs = []
    for path in sorted(folder.iterdir(), key=lambda path: (len(path.name), path.name)):
        if path.is_dir() and path.name.isdigit():
            pairs.append(tuple(read(path / side) for side in SIDES))
    first = pairs[0][0]
    for run in (run for pair in pairs for run in pair):
        found = comparability.differences(first, run)
        if found:
            raise comparability.Incomparable(found)
    return pairs


def judge(pairs):
    """Every case as a Row, after all confirmations that there are."""
    if _is_wall(pairs) or len(pairs) == 1:
        return verdict.judge([base for base, _ in pairs], [head for _, head in pairs])
    return confirmed(suspicions(pairs), verdict.judge(*zip(*pairs[1:])))


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


def _is_wall(pairs):
    return pairs[0][0].provenance["clock"] == "wall"


def _last_line(pairs, alarms, decided):
    boots = f"{len(pairs)} boot{'s' if len(pairs) > 1 else ''} of each side"
    if decided:
        return f"REGRESSION: {len(alarms)} cases are worse in {boots}"
    if alarms:
        return (f"{len(alarms)} cases are slower by a wall clock, in {boots}; that does not decide "
                "(--wall-decides)")
    return f"no regression, by {boots}"
