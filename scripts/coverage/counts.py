# SPDX-License-Identifier: GPL-2.0
"""How often each line has run, in all boots together, as gcov tells it."""

import collections
import json
import pathlib
import posixpath
import subprocess
import tempfile

# What gcov says of files that no boot has loaded, and of those without code
USUAL = ("assuming not executed", "no functions found")


def collect(gcov, gcno, folders):
    """File (its place in module/) to line number to how often it ran, over all folders of counts.

    Every object file that was built counts: one that no boot has loaded has lines
    that never ran.
    """
    lines = collections.defaultdict(collections.Counter)
    for folder in folders:
        with tempfile.TemporaryDirectory() as scratch:
            for document in gcov_documents(gcov, gcno, folder, pathlib.Path(scratch)):
                add(lines, document)
    return lines


def gcov_documents(gcov, gcno, folder, scratch):
    """What gcov says of each object file of a boot."""
    notes = []
    for number, note in enumerate(sorted(gcno.rglob("*.gcno"))):
        # gcov wants both files side by side; two folders may have a file of one name.
        place = scratch / str(number)
        place.mkdir()
        (place / note.name).symlink_to(note.resolve())
        counts = folder / note.relative_to(gcno).with_suffix(".gcda")
        if counts.is_file():
            (place / counts.name).symlink_to(counts.resolve())
        notes.append(place / note.name)
    if not notes:
        raise ValueError(f"{gcno}: no .gcno here: the modules were not built for the kernel cov")
    said = subprocess.run([gcov, "--json-format", "--stdout", *map(str, notes)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    foul = [line for line in said.stderr.splitlines() if not line.endswith(USUAL)]
    if said.returncode or foul:
        raise ValueError(f"{folder.name}: {gcov}: {foul[0] if foul else said.returncode}")
    return [json.loads(line) for line in said.stdout.splitlines()]


def add(lines, document):
    """Add what one document counted in our own files; those of the kernel are none."""
    for file in document["files"]:
        name = own_name(file["file"], document["current_working_directory"])
        if name is None:
            continue
        for of in file["lines"]:
            lines[name][of["line_number"]] += of["count"]


def own_name(name, tree):
    """A file's place in module/; None for a file that lies elsewhere."""
    name = posixpath.relpath(posixpath.join(tree, name), tree)
    return None if name.startswith("../") else name
