# SPDX-License-Identifier: GPL-2.0
"""What can go wrong, each with the exit code it ends the program with."""


class ReportError(Exception):
    """Base of all; its text is one clear line."""

    exit_code = 1


class NotARun(ReportError):
    """The folder is not a run folder; the text says what is missing and what to do."""

    exit_code = 64


class Missing(ReportError):
    """A program or a package that is needed is not there, or failed."""

    exit_code = 3


class BadRun(ReportError):
    """A run folder whose content cannot be trusted.

    problems: one line of text each, beginning with file:line where there is one.
    """

    exit_code = 7

    def __init__(self, problems):
        super().__init__(problems[0])
        self.problems = problems


class Untrusted(ReportError):
    """A run that is whole and valid, and still tells nothing of what was asked; the text says what to do."""

    exit_code = 7
