# SPDX-License-Identifier: GPL-2.0
"""validate.py RUN: does a run folder keep to the schemas? Lists every line that does not.

Exit: 0 it does, 2 it does not, 3 python3-jsonschema is missing, 64 not a run folder.
"""

import argparse
import sys
from pathlib import Path

import rundir
from errors import ReportError

INVALID = 2


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="validate", description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=Path, metavar="RUN", help="a run folder")
    try:
        options = parser.parse_args(arguments)
    except SystemExit as end:
        return 64 if end.code else 0
    try:
        run, problems = rundir.read(options.run)
    except ReportError as error:
        print(f"validate: {error}", file=sys.stderr)
        return error.exit_code
    for problem in problems:
        print(problem)
    if problems:
        print(f"{options.run}: {len(problems)} problem{'s' if len(problems) > 1 else ''}")
        return INVALID
    print(f"{options.run}: valid, {len(run.measurements)} measurements")
    return 0


if __name__ == "__main__":
    sys.exit(main())
