# SPDX-License-Identifier: GPL-2.0
"""What no advice can be made from, each with the exit code it ends the program with."""

import sys
from pathlib import Path

# Run folders are read by the report's reader, the only one.
sys.path.append(str(Path(__file__).resolve().parents[1] / "report"))

from errors import ReportError, Untrusted  # noqa: E402 pylint: disable=wrong-import-position


class BadWorkload(ReportError):
    """A workload that is none; the text has file, line and column."""

    exit_code = 64


class BadSweep(ReportError):
    """A run folder that no advice can be made from; the text says what to do."""

    exit_code = 64
