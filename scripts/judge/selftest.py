# SPDX-License-Identifier: GPL-2.0
"""How often the gate errs, from recorded pairs of boots.

A trial is an entry of the plan in one pair: its label is HEAP-INJECTION, with 0 for none.
It is judged as the gate judges, with the pairs after it (in a circle) as its confirmations;
each pair has boots of its own.
"""

import math
from dataclasses import dataclass, replace

import cases
import causes
import gate
import inference
import verdict
from errors import Untrusted

NOTHING = "0"
CALL, PAGE = "tee-call", "zero-page"
CALIBRATION = "calibrate"


@dataclass(frozen=True)
class Rate:
    """hits of trials of one kind, and between which rates the true one lies (95 %)."""

    what: str
    hits: int
    trials: int

    @property
    def interval(self):
        return inference.binomial_interval(self.hits, self.trials)


def injections(run, known, percents):
    """Lines LABEL INSTRUCTIONS 0 0: how many make an allocation so much dearer.

    run: in which the entries HEAP-calibrate had known instructions more, and no other had any.
    """
    cost = {case.params["label"]: case.value for case in cases.of_run(run, verdict.INTERVAL_ERROR).values()
            if case.bench == "latency" and case.params["op"] == "alloc"}
    lines = []
    for label in cost:
        heap, _, what = label.partition("-")
        if what != CALIBRATION:
            continue
        plain = cost[f"{heap}-{NOTHING}"]
        each = (cost[label] - plain) / known
        if each <= 0:
            raise Untrusted(f"{known} instructions more made an allocation from {heap} no slower: "
                            "nothing can be told of smaller slow-downs; measure on a quieter machine")
        # The loop has two instructions a turn
        lines += [f"{heap}-{percent} {2 * math.ceil(plain * float(percent) / 200 / each)} 0 0"
                  for percent in percents]
    return lines


def rates(pairs):
    """Every Rate: false alarms, then what was found of each slow-down, by heap."""
    labels = dict.fromkeys(m.params["label"] for m in pairs[0][0].measurements)
    quiet = quiet_labels(pairs[0][0])
    found = [Rate("false alarms, all cases of a pair", _count(pairs, quiet, _alarm), len(pairs)),
             Rate("pairs that had to be measured again, of these", _count(pairs, quiet, _suspicion), len(pairs))]
    for label in labels:
        heap, _, what = label.partition("-")
        if what in (NOTHING, CALIBRATION):
            continue
        if what == CALL:
            found.append(Rate(f"{heap}: a call more into the TEE, named as such",
                              _count(pairs, [label], _named_call), len(pairs)))
        elif what == PAGE:
            found.append(Rate(f"{heap}: a page zeroed once more",
                              _count(pairs, [label], _slower_alloc), len(pairs)))
        else:
            found.append(Rate(f"{heap}: +{what} % on the p50 of an allocation",
                              _count(pairs, [label], _slower_alloc), len(pairs)))
    return found


def wall_rates(pairs):
    """What one gate of all these pairs finds, of wall clocks, case by case.

    Half of the pairs are for its screen, and the other half for its confirmation.
    """
    labels = dict.fromkeys(m.params["label"] for m in pairs[0][0].measurements)
    half = len(pairs) // 2
    rows = gate.judge(pairs[:half], pairs[half:])
    boots = f"one set of {half} boots a side and {len(pairs) - half} to confirm"
    found = []
    for label in labels:
        heap, _, what = label.partition("-")
        mine = [row for row in rows if row.case.params["label"] == label and row.case.tier == "wall"]
        if what == NOTHING:
            found.append(Rate(f"{heap}: false alarms, {boots}",
                              sum(row.alarming for row in mine), len(mine)))
        elif what not in (CALIBRATION, CALL, PAGE):
            hits = [row for row in mine if row.case.params.get("op") == "alloc"]
            found.append(Rate(f"{heap}: +{what} % on an allocation, {boots}",
                              sum(row.alarming for row in hits), len(hits)))
    return found


def quiet_labels(run):
    """The labels of entries without a slow-down."""
    return {m.params["label"] for m in run.measurements if m.params["label"].endswith(f"-{NOTHING}")}


def _count(pairs, labels, holds):
    """In how many trials something holds of (all pairs of a trial)."""
    kept = [tuple(_only(run, labels) for run in pair) for pair in pairs]
    return sum(holds([kept[(first + k) % len(kept)] for k in range(gate.CONFIRMATIONS + 1)])
               for first in range(len(kept)))


def _only(run, labels):
    return replace(run, measurements=[m for m in run.measurements if m.params["label"] in labels])


def _suspicion(trial):
    return any(row.alarming for row in gate.suspicions(trial))


def _alarms(trial):
    return [row for row in gate.judge(trial) if row.alarming] if _suspicion(trial) else []


def _alarm(trial):
    return bool(_alarms(trial))


def _slower_alloc(trial):
    return any(row.case.params.get("op") == "alloc" for row in _alarms(trial))


def _named_call(trial):
    if not any(m.bench == "replay" for m in trial[0][0].measurements):
        return _slower_alloc(trial)
    return any("into the TEE" in text and text.endswith(": +1 a buffer")
               for text in causes.sentences(_alarms_and_same(trial)))


def _alarms_and_same(trial):
    return gate.judge(trial) if _suspicion(trial) else []


def table(found, pairs, how):
    """Markdown: where the figures come from, and how; what, how often, and the interval."""
    lines = [_origin(pairs), "", how, "", "| what | found | of | rate, 95 % interval |", "|---|--:|--:|--:|"]
    for rate in found:
        low, high = rate.interval
        lines.append(f"| {rate.what} | {rate.hits} | {rate.trials} | "
                     f"{100 * low:.1f} to {100 * high:.1f} % |")
    if not gate.is_wall(pairs) and not found[0].hits and found[0].trials >= 100:
        lines += ["", f"No false alarm in {found[0].trials} pairs: with 95 % confidence fewer than "
                      f"{300 / found[0].trials:.3g} % of gates raise one (3/N)."]
    return "\n".join(lines) + "\n"


def counted(pairs):
    """How trials of counted instructions were judged, in words."""
    return (f"A trial is a pair of boots, and its confirmations are the {gate.CONFIRMATIONS} pairs after "
            f"it. A change of a median below {100 * verdict.Floor().relative:g} % is no alarm, by design.")


def _origin(pairs):
    first = pairs[0][0].provenance
    return (f"`scripts/rheap gate --self-test --pairs {len(pairs)}`, clock {first['clock']}, at commit "
            f"{first.get('commit', 'unknown')[:12]}{' with changes' if first.get('dirty') else ''}, "
            f"{first['started'][:10]}: {2 * len(pairs)} boots, each with memory laid out otherwise; "
            f"Linux {first['kernel_release']}, {first['qemu_version']}.")
