#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The table of a run of `rheap stress`: what was done, what was found, and whose fault it is.

Nothing found in N trials says that it happens in less than 3/N of them, with a
confidence of 95 %: the rule of three.
"""

import argparse
import json
import pathlib
import sys

EX_PASS, EX_TEST, EX_RESOURCE, EX_CRASH = 0, 2, 3, 5
EX_SKIP = 4
FAULT_CODES = (("driver", EX_TEST), ("emulator", EX_CRASH), ("harness", EX_RESOURCE))
HEAD = ("stressor", "TEE", "operations", "faults", "found", "at most, 95 %", "verdict")
PATHS = ("path", "heap", "let fail", "points", "failed", "came through", "verdict")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=pathlib.Path, help="the run folder")
    parser.add_argument("--command", default="scripts/rheap", help="how a replay begins")
    options = parser.parse_args()
    try:
        verdicts = read_verdicts(options.run / "verdicts.tsv")
        counts = read_counts(options.run / "measurements.jsonl")
        facts = json.loads((options.run / "stress.json").read_text())
        proof = read_proof(options.run / "oracles.txt")
    except (OSError, ValueError) as error:
        print(f"rheap: {error}: not a run of stress", file=sys.stderr)
        return 64
    print("\n".join(lines(verdicts, counts, facts, options.command, options.run)))
    if proof:
        print(f"Before it {proof} of {proof} oracles of this kernel caught a mistake made on purpose (oracles.txt).")
    return exit_code(verdicts)


def read_verdicts(path):
    """The runs, in order: name, TEE, exit code, whose fault, why."""
    verdicts = []
    for line in path.read_text().splitlines():
        name, tee, code, fault, why = line.split("\t")
        verdicts.append({"name": name, "tee": tee, "code": int(code), "fault": fault, "why": why})
    return verdicts


def read_counts(path):
    """(stressor, TEE) to what it counted, by metric; "why" is the first thing found."""
    counts = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        try:
            record = json.loads(line)
            params = record["params"]
            of = counts.setdefault((params["stressor"], params.get("tee", "")), {})
            if "within" in params:
                of.setdefault("within", {})[params["within"]] = record["value"]
                continue
            if "path" in params:
                of = of.setdefault("paths", {}).setdefault((params["path"], params["heap"], params["cause"]), {})
            of[record["metric"]] = record["value"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path.name}:{number}: {error}") from error
        for key in ("why", "guide"):
            if key in params:
                of[key] = params[key]
    return counts


def read_proof(path):
    """How many oracles proved themselves, 0 for a run from before they did."""
    if not path.exists():
        return 0
    proved = path.read_text().splitlines()
    if not all(line.startswith("caught ") for line in proved):
        raise ValueError(f"{path.name}: an oracle did not prove itself")
    return len(proved)


def lines(verdicts, counts, facts, command, run):
    """The table, a line for each replay, and the sums."""
    yield from columns([HEAD] + [row(verdict, counts) for verdict in verdicts], range(2, 6))
    yield ""
    yield from failures(verdicts, counts, facts, command, run)
    for verdict in verdicts:
        yield from reached(verdict, counts)
    yield sums(verdicts, counts)
    yield origin(facts)
    for verdict in verdicts:
        yield from paths(verdict, counts)


def columns(rows, numbers):
    """Rows as lines; in the columns that are numbers all but the head stands to the right."""
    widths = [max(len(cells[i]) for cells in rows) for i in range(len(rows[0]))]
    for cells in rows:
        yield "  ".join(cell.rjust(width) if i in numbers and cells is not rows[0] else cell.ljust(width)
                        for i, (cell, width) in enumerate(zip(cells, widths))).rstrip()


def paths(verdict, counts):
    """What a stressor tells of each path: at how many points it was let fail."""
    of = counts.get((verdict["name"], verdict["tee"]), {}).get("paths")
    if not of:
        return
    rows = [PATHS] + [(*name, number(each["points"]), number(each["failed"]),
                       number(each["points"] - each["failed"]), "all" if each["whole"] else "NOT ALL")
                      for name, each in of.items()]
    yield ""
    yield from columns(rows, range(3, 6))


def row(verdict, counts):
    of = counts.get((verdict["name"], verdict["tee"]), {})
    operations, faults, found = (of.get(metric) for metric in ("operations", "blows", "found"))
    return (verdict["name"], verdict["tee"], number(operations), number(faults), number(found),
            bound(found, operations), word(verdict, of))


def number(value):
    return "-" if value is None else f"{value:,}"


def bound(found, trials):
    """How often it may still happen; nothing is said where something was found."""
    if found != 0 or not trials:
        return "-"
    return f"{3 / trials:.1e}"


def word(verdict, of):
    if verdict["fault"]:
        return f"FAILED ({verdict['fault']})"
    if "skipped" in of:
        return f"skipped: {of['why']}"
    return "nothing found" if of.get("found") == 0 else "told nothing"


def reached(verdict, counts):
    """What a fuzzer tells where the kernel tells which of its code was reached."""
    of = counts.get((verdict["name"], verdict["tee"]), {})
    if "pcs" not in of:
        return
    said = f"{verdict['name']} reached {of['pcs']:,} places of our modules' code"
    if of["guide"] == "on":
        said += f", guided, in {of['programs']:,} programs; {of['kept']:,} that reach them all are in " \
                f"corpus/{verdict['name']}"
    yield said + "."


def failures(verdicts, counts, facts, command, run):
    for verdict in verdicts:
        if not verdict["fault"]:
            continue
        of = counts.get((verdict["name"], verdict["tee"]), {})
        yield f"{verdict['name']}: {verdict['why'] or of.get('why', 'it said nothing')}"
        yield f"    {replay(verdict, facts, command, run)}"


def replay(verdict, facts, command, run):
    words = [command, "stress", "--only", verdict["name"], "--tee", verdict["tee"],
             "--seed", str(facts["seed"]), "--kernel", facts["kernel"], "--clock", facts["clock"]]
    for key in ("ops", "minutes", "max"):
        if key in facts:
            words += [f"--{key}", str(facts[key])]
    for kind in ("found", "last"):
        suspects = run / "corpus" / f"{verdict['name']}.{kind}"
        if suspects.exists():
            return " ".join(words + ["--corpus", str(suspects)])
    return " ".join(words)


def sums(verdicts, counts):
    of = [counts.get((verdict["name"], verdict["tee"]), {}) for verdict in verdicts]
    operations, faults = (sum(each.get(metric, 0) for each in of) for metric in ("operations", "blows"))
    broken = sum(1 for verdict in verdicts if verdict["fault"])
    if broken:
        return f"{broken} of {len(verdicts)} stressors failed, in {operations:,} operations with {faults:,} faults."
    said = f"Nothing was found in {operations:,} operations with {faults:,} faults"
    if operations:
        said += f": with 95 % confidence less than 1 in {operations // 3:,} operations goes wrong"
    return said + "."


def origin(facts):
    commit = facts.get("commit", "unknown")[:12] + (" and changes" if facts.get("dirty") else "")
    largest = f", no buffer larger than {facts['max']}" if "max" in facts else ""
    return f"Commit {commit}, Linux {facts.get('kernel_release', '?')} ({facts['kernel']}), " \
           f"{facts.get('qemu_version', 'QEMU')}, seed {facts['seed']}{largest}, " \
           f"{facts['started']} to {facts['ended']}."


def exit_code(verdicts):
    for fault, code in FAULT_CODES:
        if any(verdict["fault"] == fault for verdict in verdicts):
            return code
    if verdicts and all(verdict["code"] == EX_SKIP for verdict in verdicts):
        return EX_SKIP
    return EX_PASS


if __name__ == "__main__":
    sys.exit(main())
