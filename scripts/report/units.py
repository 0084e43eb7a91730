# SPDX-License-Identifier: GPL-2.0
"""Numbers as a person reads them. Plain ASCII, so that they fit any terminal."""

UNIT_NAME = {"insn": "instructions", "ns": "ns", "count": "", "bytes": "bytes", "ratio": ""}


def size(count):
    """A size in bytes as 4K, 1M; bytes that are no whole K, M or G stay bytes."""
    for shift, suffix in ((30, "G"), (20, "M"), (10, "K")):
        if count and count % (1 << shift) == 0:
            return f"{count >> shift}{suffix}"
    return f"{count}"


def size_words(count):
    """A size in bytes as 4 KiB, 1 MiB."""
    text = size(count)
    return f"{text[:-1]} {text[-1]}iB" if text[-1] in "KMG" else f"{text} bytes"


def mebibytes(count):
    """Bytes in MiB to a tenth: 47.9 MiB."""
    return f"{count / 2 ** 20:,.1f} MiB"


def names(words):
    """One, two and three."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def times_words(count):
    """never, once, twice, 3 times."""
    words = {0: "never", 1: "once", 2: "twice"}
    return words.get(count) or f"{exact(count)} times"


def scaled(value):
    """At most 5 characters of figures: 4080, 27.0k, 571k, 1.27M."""
    magnitude = abs(value)
    if magnitude < 9999.5:
        return f"{value:.0f}" if float(value).is_integer() or magnitude >= 100 else f"{value:.3g}"
    for power, suffix in ((3, "k"), (6, "M"), (9, "G")):
        short = value / 10 ** power
        if abs(short) < 999.5:
            break
    digits = 2 if abs(short) < 9.995 else 1 if abs(short) < 99.95 else 0
    return f"{short:.{digits}f}{suffix}"


def exact(value):
    """Thousands set apart: 1,271,168; of a fraction two decimals, or none from 10000 up."""
    if float(value).is_integer() or abs(value) >= 10000:
        return f"{value:,.0f}"
    return f"{value:,.2f}"


def percent(fraction):
    """A fraction as a signed-if-negative percentage with two useful digits."""
    value = 100 * fraction
    if value == 0:
        return "0 %"
    digits = 2 if abs(value) < 1 else 1 if abs(value) < 100 else 0
    return f"{value:.{digits}f} %"


def times(factor):
    """A factor: 0.998, 1.24, 71.2; a digit more near 1, where it matters."""
    if 0.9 < factor < 1.1:
        return f"{factor:.3f}"
    return f"{factor:.2f}" if factor < 10 else f"{factor:,.1f}" if factor < 100 else f"{factor:,.0f}"


def with_unit(value, unit):
    """An exact value and its unit in words."""
    name = UNIT_NAME[unit]
    if name == "instructions" and abs(value) == 1:
        name = "instruction"
    return f"{exact(value)} {name}".rstrip()
