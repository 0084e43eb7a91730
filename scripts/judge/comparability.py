# SPDX-License-Identifier: GPL-2.0
"""Whether two runs may be compared: run.json's key fields, as the schema marks them."""

import rundir
from errors import ReportError

ABSENT = "absent"


class Incomparable(ReportError):
    """The runs differ in what they must agree in. differences: (field, base, head)."""

    exit_code = 7
    advice = "measure both sides alike, or compare them all the same with --force"

    def __init__(self, differences):
        super().__init__("these runs cannot be compared: they differ in "
                         + ", ".join(field for field, _, _ in differences))
        self.differences = differences


def lines(found):
    """Differences as lines of text."""
    return [f"{field}: {one} | {other}" for field, one, other in found]


def differences(base, head, besides=()):
    """The key fields in which two runs differ, as (field, base's value, head's value).

    Of a field that holds many names, each name is a field. besides: fields that the
    comparison is about.
    """
    found = []
    for field in rundir.key_fields():
        if field in besides:
            continue
        one, other = base.provenance.get(field), head.provenance.get(field)
        if one != other:
            found += _by_name(field, one, other)
    return found


def _by_name(field, one, other):
    if not isinstance(one, dict) or not isinstance(other, dict):
        return [(field, _text(one), _text(other))]
    return [(f"{field}.{name}", _text(one.get(name)), _text(other.get(name)))
            for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)]


def _text(value):
    if value is None:
        return ABSENT
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
