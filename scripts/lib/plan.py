#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Reads a plan and says what it is, or writes the guest's job for it.

A plan is an INI file. [plan] has a description and, under their names, options of
`rheap bench` that the plan needs. Every other section,
[INSTRUMENT] or [INSTRUMENT:LABEL], is one run of the program INSTRUMENT, in
the order of the file. A key is an option; each word of its value is one
repetition of the option; a key without a value is an option without one. A
word of `trace` is a file, from the plan's folder on, or a name in
results/traces; the files come with the job.

Exit codes: 0, 64 after one line on stderr that names the file and the place.
"""

import argparse
import configparser
import pathlib
import re
import shlex
import shutil
import sys

EX_USAGE = 64
# Those after the first are options; the clock decides how many processors there may be.
HEAD_KEYS = ("description", "tee", "series", "kernel", "clock", "cpus")
INSTRUMENT = re.compile(r"^([a-z][a-z0-9_]*)(?::([A-Za-z0-9_.-]+))?$")
OPTION = re.compile(r"^[a-z][a-z0-9-]*$")
TRACE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*\.csv$")
PROGRAM = re.compile(r"^\s*(?:rheap_)?add_executable\(\s*([a-z0-9_]+)", re.M)

GUEST_TRACES = "/job/traces"

JOB = """\
#!/bin/sh
# Runs the entries of a plan in order; ends with the first failure's code.
code=0
entry()
{
	echo "@plan $1 $2 $3" >&2
	shift 3
	"$@" || {
		failed=$?
		echo "@plan failed $failed $*" >&2
		[ $code -ne 0 ] || code=$failed
	}
}
"""


class PlanError(Exception):
    """What is wrong with a plan, and where."""


def line_of(path, text):
    """The number of the first line that begins with text, or 0."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.strip().lower().startswith(text.lower()):
            return number
    return 0


def error_at(path, begins, message):
    number = line_of(path, begins)
    place = f"{path}:{number}" if number else str(path)
    return PlanError(f"{place}: {message}")


def parse(path):
    """A plan's sections, by configparser."""
    plan = configparser.ConfigParser(
        interpolation=None, allow_no_value=True, delimiters=("=",),
        comment_prefixes=("#",), default_section=None)
    plan.optionxform = str
    try:
        plan.read_string(path.read_text(encoding="utf-8"), source=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(f"{path}: cannot be read: {error}") from error
    except configparser.Error as error:
        number = getattr(error, "lineno", None)
        if number is None and getattr(error, "errors", None):
            number = error.errors[0][0]
        raise PlanError(f"{path}:{number}: {reason(error)}") from error
    return plan


def reason(error):
    """A configparser error in one short line."""
    if isinstance(error, configparser.MissingSectionHeaderError):
        return "a line before the first [section]"
    if isinstance(error, configparser.DuplicateSectionError):
        return f"section [{error.section}] is there twice; give each a label: [NAME:LABEL]"
    if isinstance(error, configparser.DuplicateOptionError):
        return f"key '{error.option}' is twice in [{error.section}]; give it several words"
    return "not an INI line (key = value)"


class Plan:
    """A plan that was checked: description, entries, and the files they need (name to path)."""

    def __init__(self, path, instruments, traces):
        self.path = path
        self.traces = traces
        self.files = {}
        sections = parse(path)
        head = sections["plan"] if "plan" in sections else {}
        for key, value in head.items():
            if key not in HEAD_KEYS:
                raise error_at(path, key,
                               f"unknown key '{key}' in [plan]; it has: {' '.join(HEAD_KEYS)}")
            if not value:
                raise error_at(path, key, f"key '{key}' in [plan] needs a value")
        self.options = {key: head[key] for key in HEAD_KEYS[1:] if key in head}
        self.description = head.get("description") or ""
        self.entries = [self.entry(name, sections[name], instruments)
                        for name in sections.sections() if name != "plan"]
        if not self.entries:
            raise PlanError(f"{path}: has no entry; each [INSTRUMENT] section is one")

    def entry(self, name, section, instruments):
        """One section as (name, program, words)."""
        match = INSTRUMENT.match(name)
        if not match:
            raise error_at(self.path, f"[{name}]",
                           f"section [{name}] is neither [INSTRUMENT] nor [INSTRUMENT:LABEL]")
        program, label = match.groups()
        if program not in instruments:
            raise error_at(self.path, f"[{name}]",
                           f"unknown instrument '{program}'; there are: {' '.join(instruments)}")
        words = ["--label", label] if label else []
        for key, value in section.items():
            if not OPTION.match(key) or key == "label":
                raise error_at(self.path, key, f"'{key}' in [{name}] is no option's name")
            if value is None:
                words.append(f"--{key}")
            for word in (value or "").split():
                words += [f"--{key}", self.trace(key, word) if key == "trace" else word]
        return name, program, words

    def trace(self, key, word):
        """Where in the guest the trace of that name will be."""
        for path in (self.path.parent / word, self.traces / f"{word}.csv"):
            if not path.is_file():
                continue
            path = path.resolve()
            if not TRACE.match(path.name):
                raise error_at(self.path, key, f"'{path.name}' is no trace's name: letters, "
                               "digits, and ._- after the first, and .csv")
            if self.files.setdefault(path.name, path) != path:
                raise error_at(self.path, key, f"two traces are called {path.name}; rename one")
            return f"{GUEST_TRACES}/{path.name}"
        there = " ".join(sorted(path.stem for path in self.traces.glob("*.csv")))
        raise error_at(self.path, key, f"no trace '{word}', neither a file nor one of: {there}")


def job(plan, seed):
    """The guest's job: every entry in order."""
    total = len(plan.entries)
    lines = [JOB]
    for number, (name, program, words) in enumerate(plan.entries, 1):
        if "--seed" not in words:
            words = words + ["--seed", str(seed)]
        command = ["entry", str(number), str(total), name, f"/job/bin/{program}"] + words
        lines.append(shlex.join(command) + "\n")
    lines.append("exit $code\n")
    return "".join(lines)


def copy_files(plan, folder):
    """Put the plan's files where its job will find them."""
    if plan.files:
        folder.mkdir()
    for name, path in plan.files.items():
        shutil.copyfile(path, folder / name)


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


def show_list(root, instruments):
    print("plans:")
    for path in sorted((root / "results" / "plans").glob("*.ini")):
        print(f"  {path.stem:<10} {Plan(path, instruments, traces_of(root)).description}")
    print("instruments:")
    for name in instruments:
        print(f"  {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=("path", "options", "job", "list"))
    parser.add_argument("plan", nargs="?")
    parser.add_argument("--root", type=pathlib.Path, required=True, help="the project's folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--traces", type=pathlib.Path, help="where job puts the plan's traces")
    args = parser.parse_args()
    instruments = instruments_of(args.root)
    try:
        if args.action == "list":
            show_list(args.root, instruments)
            return 0
        path = find(args.root, args.plan)
        plan = Plan(path, instruments, traces_of(args.root))
    except PlanError as error:
        print(f"rheap: {error}", file=sys.stderr)
        return EX_USAGE
    if args.action == "path":
        print(path)
    elif args.action == "options":
        for key, value in plan.options.items():
            print(line_of(path, key), key, value)
    elif args.action == "job":
        if args.traces:
            copy_files(plan, args.traces)
        print(job(plan, args.seed), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
