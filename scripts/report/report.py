# SPDX-License-Identifier: GPL-2.0
"""report.py RUN: draw a run folder's figures, write its report.html, print its table.

Exit: 0 done, 3 gnuplot or python3-jsonschema is missing, 7 the run's content cannot be
trusted, 64 not a run folder.
"""

import argparse
import os
import sys
from pathlib import Path

import figures
import page
import rundir
import text
from errors import BadRun, ReportError

SHOWN_PROBLEMS = 5


def write_whole(path, content):
    """Put content at path in one step: a reader sees the old file or the new one."""
    scratch = path.with_name(path.name + ".new")
    scratch.write_text(content, encoding="utf-8")
    os.replace(scratch, path)


def report(folder):
    """Everything for one run folder. Returns the text for stdout, the page's path last."""
    run = rundir.load(folder)
    drawn = figures.draw(run, folder / "plots")
    write_whole(folder / "report.html", page.render(run, drawn))
    return f"{text.summary(run)}\n{folder / 'report.html'}\n"


def complain(error):
    """A report's error on stderr, in one line, or a few for a bad run."""
    if not isinstance(error, BadRun):
        print(f"report: {error}", file=sys.stderr)
        return
    for problem in error.problems[:SHOWN_PROBLEMS]:
        print(f"report: {problem}", file=sys.stderr)
    more = len(error.problems) - SHOWN_PROBLEMS
    if more > 0:
        print(f"report: and {more} more", file=sys.stderr)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="report", description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=Path, metavar="RUN", help="a run folder")
    try:
        options = parser.parse_args(arguments)
    except SystemExit as end:
        return 64 if end.code else 0
    try:
        table = report(options.run)
    except ReportError as error:
        complain(error)
        return error.exit_code
    except OSError as error:
        print(f"report: {error.filename}: {error.strerror}", file=sys.stderr)
        return 3
    sys.stdout.write(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
