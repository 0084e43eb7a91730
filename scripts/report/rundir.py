# SPDX-License-Identifier: GPL-2.0
"""A run folder, read strictly. The only reader: everything else gets a Run.

A run folder holds run.json (where the measurements come from) and
measurements.jsonl (one measurement a line). Both are checked against the
schemas in results/schema, and against what a schema cannot say.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from errors import BadRun, Missing, NotARun

SCHEMAS = Path(__file__).resolve().parents[2] / "results" / "schema"
PROVENANCE = "run.json"
RECORDS = "measurements.jsonl"
QUANTILES = ("min", "p50", "p90", "p99", "p999", "max")
CLOCK_UNIT = {"icount": "insn", "wall": "ns"}


@dataclass(frozen=True)
class Measurement:
    """One line of measurements.jsonl; fields that are absent there are None."""

    line: int
    bench: str
    params: dict
    metric: str
    unit: str
    n: int = None
    min: float = None
    p50: float = None
    p90: float = None
    p99: float = None
    p999: float = None
    max: float = None
    mean: float = None
    hist: list = None
    warmup: int = None
    blocks: list = None
    value: float = None
    low: float = None
    high: float = None
    level: float = None
    against: str = None
    series: list = None
    map: list = None


@dataclass(frozen=True)
class HistogramResolution:
    """Up to which value (as a power of two) and which number of samples percentiles are exact."""

    bits: int
    raw: int


@dataclass(frozen=True, eq=False)
class Run:
    """A run folder that passed every check; itself alone is equal to it."""

    path: Path
    provenance: dict
    measurements: list

    def told_apart(self, m):
        """A measurement's parameters without those that repeat the run's provenance."""
        return {name: value for name, value in m.params.items()
                if name not in self.provenance or self.provenance[name] != value}

    def of(self, bench):
        """The measurements of one instrument, in the order they were made."""
        return [m for m in self.measurements if m.bench == bench]


def load(path):
    """Read the run folder at path. Raises NotARun, BadRun or Missing."""
    run, problems = read(path)
    if problems:
        raise BadRun(problems)
    return run


def read(path):
    """Read the run folder at path as far as it can be read.

    Returns (Run or None, problems). Raises NotARun or Missing.
    """
    path = Path(path)
    _require_run_folder(path)
    provenance, problems = _read_provenance(path / PROVENANCE)
    measurements, bad_lines = _read_records(path / RECORDS)
    problems += bad_lines
    if provenance is not None:
        problems += _check_units(path / RECORDS, provenance, measurements)
        if not bad_lines:
            problems += _check_count(path / RECORDS, provenance, measurements)
    run = None if problems else Run(path, provenance, measurements)
    return run, problems


def checked(name, raw):
    """One line of JSON against the schema of that name, as (object or None, problems)."""
    try:
        instance = _parse(raw.encode("utf-8"))
    except ValueError as error:
        return None, [_reason(error)]
    return instance, list(_violations(_validator(name), instance))


def key_fields():
    """Names of run.json's fields that two runs must agree in to be comparable."""
    properties = _schema("run")["properties"]
    return [name for name, rule in properties.items() if rule.get("x-key")]


def histogram_resolution():
    """How exact percentiles are: below 2^bits, and of at most raw samples, wholly; else to 2^-bits."""
    rule = _schema("measurement")["properties"]["hist"]
    return HistogramResolution(rule["x-bits"], rule["x-raw"])


def described_fields():
    """run.json's fields in the schema's order, as (name, description)."""
    properties = _schema("run")["properties"]
    return [(name, rule["description"]) for name, rule in properties.items()]


def _require_run_folder(path):
    advice = "name a folder that `scripts/rheap bench` wrote, as in results/runs/<time>"
    if not path.exists():
        raise NotARun(f"{path}: no such folder; {advice}")
    if not path.is_dir():
        raise NotARun(f"{path}: not a folder; {advice}")
    for name in (PROVENANCE, RECORDS):
        if not (path / name).is_file():
            raise NotARun(f"{path}: not a run folder, it has no {name}; {advice}")


def _schema(name):
    with open(SCHEMAS / f"{name}.schema.json", encoding="utf-8") as file:
        return json.load(file)


def _validator(name):
    try:
        import jsonschema
    except ImportError:
        raise Missing("python3-jsonschema is missing: run `scripts/rheap setup`, "
                      "or apt-get install python3-jsonschema") from None
    return jsonschema.Draft202012Validator(_schema(name))


def _read_provenance(file):
    try:
        provenance = _parse(file.read_bytes())
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        return None, [f"{file}:{line}: {_reason(error)}"]
    problems = [f"{file}: {text}" for text in _violations(_validator("run"), provenance)]
    if not problems:
        problems = [f"{file}: {text}" for text in _check_dates(provenance)]
    return (None if problems else provenance), problems


def _read_records(file):
    validator = _validator("measurement")
    measurements, problems, seen = [], [], {}
    for number, raw in enumerate(file.read_bytes().splitlines(keepends=True), start=1):
        where = f"{file}:{number}"
        if not raw.endswith(b"\n"):
            problems.append(f"{where}: half a line: the run was cut off while writing it")
            continue
        try:
            record = _parse(raw)
        except ValueError as error:
            problems.append(f"{where}: {_reason(error)}")
            continue
        wrong = list(_violations(validator, record)) or list(_check_record(record))
        if not wrong:
            first = seen.setdefault(_identity(record), number)
            if first != number:
                wrong = [f"the same measurement as line {first}; give the plan's sections labels"]
        if wrong:
            problems += [f"{where}: {text}" for text in wrong]
        else:
            measurements.append(Measurement(line=number, **record))
    if not measurements and not problems:
        problems.append(f"{file}: no measurement in it: the run ended before its first; "
                        "see console.log beside it")
    return measurements, problems


def _parse(raw):
    """Strict JSON: UTF-8, no NaN, no name twice. Raises ValueError."""
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant,
                          object_pairs_hook=_unique)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _refuse_constant(name):
    raise ValueError(f"{name} is not a number")


def _unique(pairs):
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the name {name!r} twice in one object")
    return dict(pairs)


def _reason(error):
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at column {error.colno}"
    return str(error)


def _violations(validator, instance):
    """What the schema refuses, each as one short line led by the field's name."""
    errors = sorted(validator.iter_errors(instance), key=lambda error: list(map(str, error.path)))
    for error in errors:
        where = ".".join(str(part) for part in error.absolute_path)
        text = " ".join(error.message.split())
        if len(text) > 160:
            text = text[:157] + "..."
        yield f"{where}: {text}" if where else text


def _check_dates(provenance):
    """A date that matches the pattern can still be none, or end before it starts."""
    dates = {}
    for name in ("started", "ended"):
        if name in provenance:
            try:
                dates[name] = datetime.strptime(provenance[name], "%Y-%m-%dT%H:%M:%SZ")
            except ValueError:
                yield f"{name}: {provenance[name]!r} is no date"
    if len(dates) == 2 and dates["ended"] < dates["started"]:
        yield "ended: before started"


def _check_record(record):
    """What the schema cannot say of one distribution, estimate, series or map."""
    for name in ("series", "map"):
        places = [at for at, _ in record.get(name, [])]
        if places != sorted(places):
            yield f"{name} has points out of order"
    if len({len(cells) for _, cells in record.get("map", [])}) > 1:
        yield "map has rows of different lengths"
    if "low" in record and not record["low"] <= record["value"] <= record["high"]:
        yield "the estimate is not in its interval"
    if "hist" not in record:
        return
    known = [(name, record[name]) for name in QUANTILES if name in record]
    for (low, a), (high, b) in zip(known, known[1:]):
        if a > b:
            yield f"{low} ({a}) above {high} ({b})"
    if not record["min"] <= record["mean"] <= record["max"]:
        yield f"mean ({record['mean']}) not between min and max"
    if any(not record["min"] <= median <= record["max"] for median in record.get("blocks", [])):
        yield "blocks has a median that is not between min and max"
    hist = record["hist"]
    total = sum(count for _, _, count in hist)
    if total != record["n"]:
        yield f"hist counts {total} samples, n is {record['n']}"
    if any(low > high for low, high, _ in hist):
        yield "hist has a bucket that ends before it begins"
    if any(left[1] >= right[0] for left, right in zip(hist, hist[1:])):
        yield "hist has buckets out of order, or that overlap"
    if not (hist[0][0] <= record["min"] <= hist[0][1]):
        yield "hist begins in a bucket that does not hold min"
    if not (hist[-1][0] <= record["max"] <= hist[-1][1]):
        yield "hist ends in a bucket that does not hold max"


def _check_units(file, provenance, measurements):
    """Times are in the unit of the run's clock."""
    unit = CLOCK_UNIT[provenance["clock"]]
    return [f"{file}:{m.line}: unit {m.unit} in a run whose clock is {provenance['clock']}"
            for m in measurements if m.unit in CLOCK_UNIT.values() and m.unit != unit]


def _check_count(file, provenance, measurements):
    """A line that got lost is seen by the count."""
    told = provenance.get("measurements", len(measurements))
    if told != len(measurements):
        yield f"{file}: {len(measurements)} measurements, {PROVENANCE} tells of {told}"


def _identity(record):
    params = tuple(sorted((name, repr(value)) for name, value in record["params"].items()))
    return record["bench"], params, record["metric"], record["unit"]
