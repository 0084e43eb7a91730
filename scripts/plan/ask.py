# SPDX-License-Identifier: GPL-2.0
"""Asks the instruments themselves: what they can do, and whether an entry is one they take.

They are programs of the machine; qemu-aarch64 (package qemu-user) runs one here.
With --list a program reads its options, looks at no heap and ends.
"""

import re
import subprocess

from parse import PlanError

EMULATOR = "qemu-aarch64"
EX_USAGE = 64
AT_KEY = re.compile(r"^[a-z0-9_]+: (?:--([a-z0-9-]+)\b ?)?(.*)$")


def check(plan, programs):
    """PlanError for the first entry that its program does not take."""
    for entry in plan.entries:
        done = _run(programs, entry.command(lambda name: str(plan.files[name])) + ["--list"])
        if done.returncode == 0:
            continue
        said = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
        key, why = AT_KEY.match(said).groups() if AT_KEY.match(said) else (None, said)
        if key is None or not plan.line(entry.name, key):
            raise plan.error(entry.name, _blamed(entry, said), f"in [{entry.name}]: {said}")
        raise plan.error(entry.name, key, f"key '{key}' in [{entry.name}]: {why.lstrip(': ')}")


def question(name, programs):
    """The first sentence of an instrument's help: what it answers."""
    text = manual(name, programs)
    return " ".join(re.split(r"(?<=[?.:;])\s|\n\n", text, maxsplit=1)[0].split()).rstrip("?.:;") + "?"


def manual(name, programs):
    """An instrument's help, whole."""
    done = _run(programs, [name, "--help"])
    if done.returncode:
        raise PlanError(f"{name} --help ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def _run(programs, words):
    try:
        return subprocess.run([EMULATOR, programs / words[0]] + words[1:], capture_output=True,
                              text=True, check=False)
    except FileNotFoundError as error:
        raise PlanError(f"cannot run {error.filename}: run `scripts/rheap setup`") from error


def _blamed(entry, said):
    """The key of the word that a complaint is about, or None."""
    for key, word in entry.words:
        if word and word in said:
            return key
    return None
