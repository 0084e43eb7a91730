# SPDX-License-Identifier: GPL-2.0
"""A plan file as a Plan: what is wrong with it is told with file, line and key.

A plan is an INI file. [plan] has a description and, under their names, options of
`rheap bench` that the plan needs. Every other section,
[INSTRUMENT] or [INSTRUMENT:LABEL], is one run of the program INSTRUMENT, in
the order of the file. A key is an option; each word of its value is one
repetition of the option; a key without a value is an option without one. A
word of `trace` is a file, from the plan's folder on, or a name in
results/traces; the files come with the job.
"""

import configparser
import re
from dataclasses import dataclass

# Those after the first are options; the clock decides how many processors there may be.
HEAD_KEYS = ("description", "tee", "series", "kernel", "clock", "cpus")
INSTRUMENT = re.compile(r"^([a-z][a-z0-9_]*)(?::([A-Za-z0-9_.-]+))?$")
OPTION = re.compile(r"^[a-z][a-z0-9-]*$")
TRACE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*\.csv$")


class PlanError(Exception):
    """What is wrong with a plan, and where."""


@dataclass(frozen=True)
class Entry:
    """One run of an instrument.

    name: of its section. program: the instrument. label: of the section, or None.
    words: (key, word) of its options in order; word is None for one without a value.
    """

    name: str
    program: str
    label: str
    words: tuple

    def command(self, name_file=str):
        """The program and its options as words; name_file tells what a trace is called there."""
        words = [self.program] + (["--label", self.label] if self.label else [])
        for key, word in self.words:
            words.append(f"--{key}")
            if word is not None:
                words.append(name_file(word) if key == "trace" else word)
        return words


class Plan:
    """A plan that was checked: description, options, entries.

    files: what the entries need, name to path; a trace's word is its name there.
    """

    def __init__(self, path, instruments, traces):
        self.path = path
        self.traces = traces
        self.files = {}
        sections = _read(path)
        head = sections["plan"] if "plan" in sections else {}
        for key, value in head.items():
            if key not in HEAD_KEYS:
                raise self.error("plan", key,
                                 f"unknown key '{key}' in [plan]; it has: {' '.join(HEAD_KEYS)}")
            if not value:
                raise self.error("plan", key, f"key '{key}' in [plan] needs a value")
        self.options = {key: head[key] for key in HEAD_KEYS[1:] if key in head}
        self.description = head.get("description") or ""
        self.entries = [self._entry(name, sections[name], instruments)
                        for name in sections.sections() if name != "plan"]
        if not self.entries:
            raise PlanError(f"{path}: has no entry; each [INSTRUMENT] section is one")

    def line(self, section, key=None):
        """The number of the line of a section's key, or of its head; 0 if it is not found."""
        within = False
        for number, line in enumerate(self.path.read_text().splitlines(), 1):
            line = line.strip()
            if line.startswith("["):
                within = line.startswith(f"[{section}]")
                if within and key is None:
                    return number
            elif within and key is not None and line.split("=")[0].strip() == key:
                return number
        return 0

    def error(self, section, key, message):
        """A PlanError that names the place."""
        number = self.line(section, key)
        place = f"{self.path}:{number}" if number else str(self.path)
        return PlanError(f"{place}: {message}")

    def only(self, names):
        """Keep the entries that one of the names chooses: a section's, an instrument or a label."""
        for name in names:
            if not any(name in (e.name, e.program, e.label) for e in self.entries):
                raise PlanError(f"{self.path}: --only {name}: no such entry; "
                                f"there are: {' '.join(e.name for e in self.entries)}")
        self.entries = [e for e in self.entries
                        if any(name in (e.name, e.program, e.label) for name in names)]
        used = {word for e in self.entries for key, word in e.words if key == "trace"}
        self.files = {name: path for name, path in self.files.items() if name in used}

    def _entry(self, name, section, instruments):
        match = INSTRUMENT.match(name)
        if not match:
            raise self.error(name, None,
                             f"section [{name}] is neither [INSTRUMENT] nor [INSTRUMENT:LABEL]")
        program, label = match.groups()
        if program not in instruments:
            raise self.error(name, None,
                             f"unknown instrument '{program}'; there are: {' '.join(instruments)}")
        words = []
        for key, value in section.items():
            if not OPTION.match(key) or key == "label":
                raise self.error(name, key, f"'{key}' in [{name}] is no option's name")
            if value is None:
                words.append((key, None))
            for word in (value or "").split():
                words.append((key, self._trace(name, word) if key == "trace" else word))
        return Entry(name, program, label, tuple(words))

    def _trace(self, section, word):
        """The name of the file that a word of `trace` stands for."""
        for path in (self.path.parent / word, self.traces / f"{word}.csv"):
            if not path.is_file():
                continue
            path = path.resolve()
            if not TRACE.match(path.name):
                raise self.error(section, "trace", f"'{path.name}' is no trace's name: letters, "
                                 "digits, and ._- after the first, and .csv")
            if self.files.setdefault(path.name, path) != path:
                raise self.error(section, "trace", f"two traces are called {path.name}; rename one")
            return path.name
        there = " ".join(sorted(path.stem for path in self.traces.glob("*.csv")))
        raise self.error(section, "trace", f"no trace '{word}', neither a file nor one of: {there}")


def _read(path):
    """A plan's sections, by configparser."""
    plan = configparser.ConfigParser(
        interpolation=None, allow_no_value=True, delimiters=("=",),
        comment_prefixes=("#",), default_section=None)
    plan.optionxform = str
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(f"{path}: cannot be read: {error}") from error
    try:
        plan.read_string(text, source=str(path))
    except configparser.Error as error:
        number = getattr(error, "lineno", None)
        if number is None and getattr(error, "errors", None):
            number = error.errors[0][0]
        raise PlanError(f"{path}:{number}: {_reason(error)}") from error
    except AttributeError as error:
        # What configparser ends with, up to Python 3.12, where a key without a value goes on
        raise PlanError(f"{path}:{_goes_on(text)}: a key without a value cannot go on in "
                        "the next line") from error
    return plan


def _goes_on(text):
    """The number of the first indented line after a key without a value; 0 if there is none."""
    bare = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.strip().startswith("#"):
            continue
        if line[0].isspace() and bare:
            return number
        if not line[0].isspace():
            bare = "=" not in line and not line.startswith("[")
    return 0


def _reason(error):
    """A configparser error in one short line."""
    if isinstance(error, configparser.MissingSectionHeaderError):
        return "a line before the first [section]"
    if isinstance(error, configparser.DuplicateSectionError):
        return f"section [{error.section}] is there twice; give each a label: [NAME:LABEL]"
    if isinstance(error, configparser.DuplicateOptionError):
        return f"key '{error.option}' is twice in [{error.section}]; give it several words"
    return "not an INI line (key = value)"
