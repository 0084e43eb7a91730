# SPDX-License-Identifier: GPL-2.0
"""judge.py ACTION ...: judges run folders.

Exit: 0 done or passed, 1 a regression, 3 a program or a package is missing, 7 the runs cannot
be trusted or compared, 64 not a run folder.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))

# pylint: disable=wrong-import-position
import baseline
import compare
import comparability
import export
import gate
import quote
import rundir
import selftest
import trust
import walltest
from errors import BadRun, ReportError


def act(options):
    """Do what was asked for, print its text, return the exit code."""
    if options.action == "compare":
        out = options.out or options.head / "compare"
        sys.stdout.write(compare.compare(options.base, options.head, options.force, out))
        return 0
    if options.action in baseline.ACTIONS:
        sys.stdout.write(baseline.ACTIONS[options.action](options))
        return 0
    if options.action == "export":
        sys.stdout.write(export.export(options.format, [trust.load(run) for run in options.runs]))
        return 0
    if options.action == "injections":
        run = rundir.load(options.run)
        print("\n".join(selftest.injections(run, options.known, options.percent.split())))
        return 0
    if options.action == "self-test":
        text = error_rates(options.rounds)
        sys.stdout.write(text)
        options.table.write_text("<!-- SPDX-License-Identifier: GPL-2.0 -->\n# Error rates of the gate\n\n"
                                 + text, encoding="utf-8")
        return 0
    if options.action == "quote":
        options.readme.write_text(quote.quoted(options.readme), encoding="utf-8")
        return 0
    if options.action == "suspects":
        print(" ".join(gate.suspects(options.rounds)))
        return 0
    return gate.decide(options.rounds, options.wall, options.markdown)


def error_rates(folder):
    """The table of the self-test whose pairs are in folder."""
    # What was done beside a wall clock is in its variation, which the table tells
    pairs, _ = gate.load(folder, rundir.load)
    if not gate.is_wall(pairs):
        return selftest.table(selftest.rates(pairs), pairs, selftest.counted(pairs))
    quiet = selftest.quiet_labels(pairs[0][0])
    samples = walltest.recorded(pairs, quiet)
    found = walltest.rates(samples) + selftest.wall_rates(pairs)
    return selftest.table(found, pairs, walltest.told(pairs, samples, quiet))


def complain(error):
    """An error on stderr, with what there is to say about each of its parts."""
    print(f"rheap: {error}", file=sys.stderr)
    if isinstance(error, comparability.Incomparable):
        for line in comparability.lines(error.differences):
            print(f"  {line}", file=sys.stderr)
        print(f"rheap: {error.advice}", file=sys.stderr)
    elif isinstance(error, BadRun):
        for problem in error.problems[1:5]:
            print(f"  {problem}", file=sys.stderr)


def parse(arguments):
    """The command line."""
    parser = argparse.ArgumentParser(prog="judge", description=__doc__.partition("\n")[0])
    actions = parser.add_subparsers(dest="action", required=True)
    action = actions.add_parser("compare")
    action.add_argument("base", type=Path)
    action.add_argument("head", type=Path)
    action.add_argument("--force", action="store_true")
    action.add_argument("--out", type=Path)
    baseline.add_arguments(actions)
    action = actions.add_parser("export")
    action.add_argument("format", choices=export.FORMATS)
    action.add_argument("runs", type=Path, nargs="+")
    action = actions.add_parser("injections")
    action.add_argument("run", type=Path)
    action.add_argument("--known", type=int, required=True)
    action.add_argument("--percent", required=True)
    action = actions.add_parser("self-test")
    action.add_argument("rounds", type=Path)
    action.add_argument("--table", type=Path, required=True)
    action = actions.add_parser("quote", help="README.md takes its tables from results/ again")
    action.add_argument("readme", type=Path)
    action = actions.add_parser("suspects")
    action.add_argument("rounds", type=Path)
    action = actions.add_parser("decide")
    action.add_argument("rounds", type=Path)
    action.add_argument("--wall", action="store_true", help="wall clocks decide, too")
    action.add_argument("--markdown", type=Path, help="where the table goes for a pull request")
    return parser.parse_args(arguments)


def main(arguments=None):
    try:
        return act(parse(arguments))
    except ReportError as error:
        complain(error)
        return error.exit_code
    except OSError as error:
        print(f"rheap: {error.filename}: {error.strerror}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
