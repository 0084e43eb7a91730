# SPDX-License-Identifier: GPL-2.0
"""Whether a run can be judged at all."""

import rundir
from errors import ReportError


class Untrusted(ReportError):
    """A run that is whole and valid, and still tells nothing."""

    exit_code = 7


def load(path):
    """The run folder at path. Raises what rundir raises, or Untrusted."""
    run = rundir.load(path)
    for reason in reasons(run):
        raise Untrusted(f"{path}: {reason}")
    return run


def reasons(run):
    """Why a run cannot be trusted, a line each, with what to do."""
    if run.provenance.get("complete") is False:
        yield f"the run did not end well (exit code {run.provenance.get('exit_code')}): measure it again"
