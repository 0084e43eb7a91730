#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Advises how restricted_pages should be set for a workload, from a sweep; and compares with a run.

recommend SWEEP WORKLOAD writes into a folder the plan of a run that tries the advice (advice.ini),
the workload as a trace, and what it predicts (advice.json). verify RUN compares the run of that plan,
which has advice.json in its folder, with what was predicted.

Exit codes: 0; 3 something is missing, or the machine cannot hold the workload; 7 figures that cannot
be trusted, or a prediction that is off by more than 10 %; 64 not a sweep, or not a workload. After one
line on stderr that says what to do.
"""

import argparse
import json
import sys
from pathlib import Path

import refusals
import advice
import model
import pool
import sweep
import units
import workload

HEAP = "restricted_pages"
SYSFS = f"/sys/kernel/restricted_heap/{HEAP}"
PLAN, PREDICTED = "advice.ini", "advice.json"
# How far off a prediction may be, and a fit to the sweep.
TOLERANCE = 0.10
NAMES = {"base": "as it comes", "table": "8,4,0 instead", "advised": "advised"}


def limits(text):
    """ENTRIES or ENTRIES/BYTES."""
    entries, _, size = text.partition("/")
    try:
        found = sweep.Limits(int(entries), workload.size_of(size) if size else 0)
    except ValueError:
        found = sweep.Limits(0, 0)
    if not 1 <= found.entries <= 1024 or found.bytes % workload.PAGE or ("/" in text and not found.bytes):
        raise argparse.ArgumentTypeError(f"'{text}' is neither ENTRIES, up to 1024, nor ENTRIES/BYTES in whole pages")
    return found


def size(text):
    try:
        return workload.size_of(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no size") from None


def recommend(args):
    """Write the advice into args.into, and tell it."""
    found = sweep.load(args.sweep)
    load = workload.read(args.workload, args.seed)
    fitted = model.Model(found.cases)
    if fitted.error() > TOLERANCE:
        raise refusals.Untrusted(f"{args.sweep}: its costs are no sum of what buffers are made of: off by "
                                 f"{units.percent(fitted.error())} at the median; {sweep.MAKE_ONE}")
    advised = advice.advise(found, fitted, load, args.abi, args.max_pool)
    _require_room(found, load, advised, args.workload)
    unit = "instructions" if found.run.provenance["clock"] == "icount" else "ns"
    args.into.mkdir(parents=True, exist_ok=True)
    workload.write_trace(load, HEAP, args.into / f"{load.name}.csv")
    (args.into / PLAN).write_text(_plan(advised, load), encoding="utf-8")
    (args.into / PREDICTED).write_text(json.dumps(_predicted(advised, unit), indent=1) + "\n", encoding="utf-8")
    print("\n".join(_told(found, load, fitted, advised, unit)))


def _require_room(found, load, advised, path):
    memory = found.run.provenance.get("memory_bytes")
    peak = pool.peak(load, advised.base.orders)
    if memory and peak > memory // 2:
        raise NoRoom(f"{path}: holds {units.mebibytes(peak)} at a time, and {HEAP} lends at most half of the "
                     f"machine's {units.mebibytes(memory)}; take a smaller workload")


class NoRoom(refusals.ReportError):
    """The machine cannot hold the workload."""

    exit_code = 3


def _settings(advised):
    """Label to setting, those that differ."""
    found = {"base": advised.base}
    if advised.advised != advised.base:
        found["advised"] = advised.advised
    if advised.table not in found.values():
        found["table"] = advised.table
    return found


def _plan(advised, load):
    parts = [f"[plan]\ndescription = tries an advice for {load.name}\n"]
    for label, setting in _settings(advised).items():
        tunes = " ".join(f"{file}={value}" for file, value in setting.tunables())
        parts.append(f"[replay:{label}]\ntrace = {load.name}.csv\nheap = {HEAP}\npace = schedule\ntune = {tunes}\n")
    return "# SPDX-License-Identifier: GPL-2.0\n" + "\n".join(parts)


def _predicted(advised, unit):
    return {"unit": unit,
            "settings": {label: {"words": _words(label, setting),
                                 "buffer": advised.costs[setting].buffer, "calls": advised.costs[setting].calls}
                         for label, setting in _settings(advised).items()},
            "advised": "base" if advised.advised == advised.base else "advised"}


def _words(label, setting):
    kept = f"pool of {setting.pool_bytes >> 20} MiB" if setting.pool_bytes else "lent for each buffer"
    return f"{NAMES[label]}: {model.spelled(setting.orders)}; {setting.limits}; {kept}"


def _told(found, load, fitted, advised, unit):
    """The advice in lines."""
    sizes = {event.bytes for event in load.allocs}
    best = advised.advised
    yield (f"Workload {load.name}, {load.kind}: {units.exact(len(load.allocs))} buffers of {len(sizes)} sizes, "
           f"at most {units.mebibytes(pool.peak(load, best.orders))} at a time.")
    yield (f"The sweep's {len(found.cases)} cases are told by what buffers are made of within "
           f"{units.percent(fitted.error())} at the median.")
    yield f"Advice for {HEAP}:"
    for file, value in best.tunables():
        yield f"  echo '{value.replace(',', ' ')}' >{SYSFS}/{file}"
    gain = advised.gain()
    yield (f"Predicted: an alloc and a free of a buffer take {units.exact(round(advised.costs[best].buffer))} "
           f"{unit} on the average, {units.percent(gain)} less than as the heap comes "
           f"({units.exact(round(advised.costs[advised.base].buffer))}).")
    if advised.passed:
        doubt = fitted.doubt(advised.passed.orders, sweep.BASE, advised.passed.policy)
        yield (f"Table {model.spelled(advised.passed.orders)} is foretold to take "
               f"{units.percent(advised.less(advised.passed, advised.table))} less than 8,4,0. It is passed by, as that "
               f"is not sure: in the sweep itself such a comparison is off by up to {units.percent(doubt)}, and which "
               "chunks a pool happens to have is a guess.")
    elif best.orders == sweep.BASE:
        yield "No table of the sweep is foretold to be better than 8,4,0."
    if best.pool_bytes:
        yield (f"It keeps up to {best.pool_bytes >> 20} MiB lent, for {best.drain_ms / 1000:g} s after their "
               "last use; scrubbing is left to a worker, so the caller does not wait for it, but the machine "
               "does it all the same.")


def verify(args):
    """Compare the run in args.run with what was predicted."""
    run = sweep.rundir.load(args.run)
    try:
        predicted = json.loads((args.run / PREDICTED).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise refusals.BadSweep(f"{args.run / PREDICTED}: {error}") from error
    rows, worst = [], 0.0
    for label, its in predicted["settings"].items():
        cost, calls = _measured(run, label, args.run)
        off = its["buffer"] / cost - 1
        worst = max(worst, abs(off))
        rows.append((its["words"], its["buffer"], cost, off))
        its["measured"], its["measured_calls"] = cost, calls
    better = _better(predicted)
    (args.run / PREDICTED).write_text(json.dumps(predicted, indent=1) + "\n", encoding="utf-8")
    print("\n".join([*_table(rows, predicted["unit"]), *better]))
    base, best = (predicted["settings"][label] for label in ("base", predicted["advised"]))
    print(f"Gain: {units.percent(1 - best['buffer'] / base['buffer'])} predicted, "
          f"{units.percent(1 - best['measured'] / base['measured'])} measured.")
    if worst > TOLERANCE:
        raise refusals.Untrusted(f"{args.run}: a prediction is off by {units.percent(worst)}, more than "
                                 f"{units.percent(TOLERANCE)}: do not trust this advice; sweep the sizes of the "
                                 "workload with `--plan` and orders, and try again")


def _better(predicted):
    """The last word has what was measured: the advice becomes what was best when tried; a line that says so.

    What had been foretold stays told apart.
    """
    settings, advised = predicted["settings"], predicted["advised"]
    predicted["foretold"] = advised
    best = min(settings, key=lambda label: settings[label]["measured"])
    if settings[best]["measured"] >= settings[advised]["measured"]:
        return []
    predicted["advised"] = best
    less = 1 - settings[best]["measured"] / settings[advised]["measured"]
    return [f"When tried, another took {units.percent(less)} less, and that is the advice: {settings[best]['words']}."]


def _measured(run, label, path):
    """The mean of a buffer's alloc and free, and calls that were waited for."""
    its = [m for m in run.of("replay") if m.params.get("label") == label]
    times = {m.params["op"]: m for m in its if m.metric == "service"}
    counts = {m.metric: m.value for m in its if m.value is not None}
    if set(times) != set(model.OPS):
        raise refusals.Untrusted(f"{path}: the run has no times of setting '{label}'; see its console.log")
    if counts.get("failures"):
        raise refusals.Untrusted(f"{path}: {units.exact(counts['failures'])} allocations failed under setting "
                                 f"'{label}'; the workload is more than the machine has")
    total = sum(m.n * m.mean for m in times.values())
    return total / times["alloc"].n, counts.get("tee_calls")


def _table(rows, unit):
    width = max(len(row[0]) for row in rows)
    yield f"{'a buffer, ' + unit:<{width}}  {'predicted':>12} {'measured':>12} {'off':>8}"
    for words, predicted, measured, off in rows:
        yield (f"{words:<{width}}  {units.exact(round(predicted)):>12} {units.exact(round(measured)):>12} "
               f"{units.percent(off):>8}")


def main():
    parser = argparse.ArgumentParser(prog="advise", description=__doc__.partition("\n")[0])
    actions = parser.add_subparsers(dest="action", required=True)
    one = actions.add_parser("recommend")
    one.add_argument("sweep", type=Path)
    one.add_argument("workload", type=Path)
    one.add_argument("--into", type=Path, required=True, help="the folder to write into")
    one.add_argument("--abi", type=limits, default=advice.DEFAULT_LIMITS)
    one.add_argument("--max-pool", type=size, default=1 << 40)
    one.add_argument("--seed", type=int, default=1)
    two = actions.add_parser("verify")
    two.add_argument("run", type=Path)
    try:
        args = parser.parse_args()
    except SystemExit as end:
        return 64 if end.code else 0
    try:
        recommend(args) if args.action == "recommend" else verify(args)
    except refusals.ReportError as error:
        print(f"rheap: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
