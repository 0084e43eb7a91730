# SPDX-License-Identifier: GPL-2.0
"""Why a line does not run: a file of paragraphs, each with a place, its lines, and a reason.

    tee/client.c service_open
    | err_close:
    | *
    The reason, in as many lines as it takes.

The place is a file in module/ and a function in it. `|` and the text of a line, or
`| *`: no line of the function runs. `~` and the text of a line that runs in some runs
of the tests only.
"""


class Reason:
    """A paragraph of the file."""

    def __init__(self, where, file, function):
        self.where = where
        self.file = file
        self.function = function
        self.texts = []
        self.by_chance = set()
        self.words = []

    def __str__(self):
        return " ".join(self.words)


def read(path):
    """The paragraphs of a file; ValueError tells what is wrong, and where."""
    reasons = []
    reason = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        where = f"{path.name}:{number}"
        if line.startswith("#"):
            continue
        if not line.strip():
            reason = None
        elif reason is None:
            words = line.split()
            if len(words) != 2:
                raise ValueError(f"{where}: a paragraph begins with FILE FUNCTION, not '{line}'")
            reason = Reason(where, *words)
            reasons.append(reason)
        elif line[0] in "|~":
            if reason.words:
                raise ValueError(f"{where}: a line of code after the reason")
            reason.texts.append(line[1:].strip())
            if line[0] == "~":
                reason.by_chance.add(reason.texts[-1])
        else:
            reason.words.append(line.strip())
    for reason in reasons:
        if not reason.texts or not reason.words:
            raise ValueError(f"{reason.where}: names no line, or gives no reason")
    return reasons


def match(reasons, lines, source):
    """(file, number) to Reason for lines that never ran, and complaints.

    LINES are counts.collect's, SOURCE is a source.Source.
    """
    matched, complaints = {}, []
    for reason in reasons:
        of = {number: count for number, count in lines.get(reason.file, {}).items()
              if source.function(reason.file, number) == reason.function}
        if not of:
            complaints.append(f"{reason.where}: {reason.file} has no function {reason.function} with code")
        for text in reason.texts if of else ():
            found, problem = silent(of, text, reason, source)
            if problem:
                complaints.append(f"{reason.where}: {problem}")
            for number in found:
                matched[reason.file, number] = reason
    return matched, complaints


def silent(of, text, reason, source):
    """The lines of a function that never ran and have this text; what is wrong."""
    if text == "*":
        ran = sum(1 for count in of.values() if count)
        return ([], f"{ran} lines of {reason.function} did run") if ran else (list(of), None)
    there = [number for number in of if source.text(reason.file, number) == text]
    found = [number for number in there if not of[number]]
    if found or there and text in reason.by_chance:
        return found, None
    return [], f"no line '{text}' of {reason.function} is {'there' if text in reason.by_chance else 'without a run'}"
