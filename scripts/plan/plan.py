#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Reads a plan (see parse.py) and says what it is, or writes the guest's job for it.

Exit codes: 0, 64 after one line on stderr that names the file and the place.
"""

import argparse
import pathlib
import re
import sys

import ask
import job
from parse import Plan, PlanError

EX_USAGE = 64
PROGRAM = re.compile(r"^\s*(?:rheap_)?add_executable\(\s*([a-z0-9_]+)", re.M)


def instruments_of(root):
    """The programs that bench/ builds."""
    return PROGRAM.findall((root / "bench" / "CMakeLists.txt").read_text())


def traces_of(root):
    """The folder of traces that have a name."""
    return root / "results" / "traces"


def find(root, word):
    """A plan by its file or its name."""
    plans = root / "results" / "plans"
    for path in (pathlib.Path(word), plans / f"{word}.ini"):
        if path.is_file():
            return path
    there = " ".join(sorted(path.stem for path in plans.glob("*.ini")))
    raise PlanError(f"no plan '{word}', neither a file nor one of: {there}")


def show_list(root, programs):
    """Plans and instruments, a line each; without programs the instruments' names only."""
    instruments = instruments_of(root)
    print("plans:")
    for path in sorted((root / "results" / "plans").glob("*.ini")):
        print(f"  {path.stem:<20} {Plan(path, instruments, traces_of(root)).description}")
    print("instruments:")
    for name in instruments:
        print(f"  {name:<20} {ask.question(name, programs) if programs else ''}".rstrip())


def show_manual(root, name, programs):
    """One instrument's help."""
    if name not in instruments_of(root):
        raise PlanError(f"no instrument '{name}'; there are: {' '.join(instruments_of(root))}")
    print(ask.manual(name, programs), end="")
    print("\nIn a plan each option is a key of the section "
          f"[{name}] or [{name}:LABEL]; several words are several values.")


def act(args):
    """Do what the command line asks for."""
    root = args.root
    if args.action == "list":
        show_list(root, args.programs)
        return
    if args.action == "manual":
        show_manual(root, args.plan, args.programs)
        return
    plan = Plan(find(root, args.plan), instruments_of(root), traces_of(root))
    if args.only:
        plan.only(args.only)
    if args.action == "path":
        print(plan.path)
    elif args.action == "options":
        for key, value in plan.options.items():
            print(plan.line("plan", key), key, value)
    elif args.action == "entries":
        print(" ".join(job.entries(plan, args.passes)))
    elif args.action == "check":
        ask.check(plan, args.programs)
    elif args.action == "job":
        if args.traces:
            job.copy_files(plan, args.traces)
        print(job.write(plan, args.seed, args.strict, args.perf, args.passes), end="")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=("path", "options", "entries", "check", "job",
                                           "list", "manual"))
    parser.add_argument("plan", nargs="?", help="its name or file; of manual, an instrument")
    parser.add_argument("--root", type=pathlib.Path, required=True, help="the project's folder")
    parser.add_argument("--programs", type=pathlib.Path, help="where the instruments are")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", metavar="NAME", help="leave out other entries")
    parser.add_argument("--strict", action="store_true", help="the job ends with 4 if it skipped anything")
    parser.add_argument("--passes", type=int, default=1, help="how often the job runs all entries")
    parser.add_argument("--perf", action="store_true", help="the job is what perf tells of each entry")
    parser.add_argument("--traces", type=pathlib.Path, help="where job puts the plan's traces")
    try:
        act(parser.parse_args())
    except PlanError as error:
        print(f"rheap: {error}", file=sys.stderr)
        return EX_USAGE
    return 0


if __name__ == "__main__":
    sys.exit(main())
