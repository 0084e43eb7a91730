# SPDX-License-Identifier: GPL-2.0
"""Runs in the formats that other systems take; one function a format, run folders to text.

    kcidb          report of KernelCI, I/O schema 5.3 (github.com/kernelci/kcidb-io)
    bmf            Bencher Metric Format (bencher.dev/docs/reference/bencher-metric-format)
    github-action  custom tool of github-action-benchmark, smaller is better
    benchstat      Go's benchmark format (go.dev/design/14313-benchmark-format)
    otava          CSV of Apache Otava, a row a run (otava.apache.org, docs/CSV.md)
    ktap           KTAP version 1 (docs.kernel.org/dev-tools/ktap.html)
"""

import csv
import io
import json
import re
from collections import Counter

import cases
from errors import ReportError

ORIGIN = "rheap"
MODEL = "modelled by a TEE of software"


class OneRunOnly(ReportError):
    """A format that holds one run was asked to hold several."""

    exit_code = 64


def export(name, runs):
    """The runs as text of the format of that name. Raises OneRunOnly."""
    if len(runs) > 1 and name not in SEVERAL:
        raise OneRunOnly(f"the format {name} holds one run; {' and '.join(SEVERAL)} hold several")
    return FORMATS[name](runs)


def _named(run):
    """The run's cases as (name, case); a name that two share has the metric's with it."""
    found = list(cases.of_run(run, 0.05).values())
    often = Counter(case.name for case in found)
    return [(case.name if often[case.name] == 1 else f"{case.name} {case.metric} {case.unit}", case)
            for case in found]


def _word(name):
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", name)


def _kcidb(runs):
    run = runs[0]
    told = run.provenance
    build = f"{ORIGIN}:{told.get('commit', 'unknown')}-{told['kernel_config_sha256'][:12]}"
    checkout = {"id": f"{ORIGIN}:{told.get('commit', 'unknown')}", "origin": ORIGIN,
                "tree_name": "rheap", "start_time": told["started"]}
    if "commit" in told:
        checkout["git_commit_hash"] = told["commit"]
    tests = []
    for number, (name, case) in enumerate(_named(run), 1):
        test = {"id": f"{build}-{told['started']}-{number}", "origin": ORIGIN, "build_id": build,
                "path": f"rheap.{_word(case.bench)}.{_word(name).replace('.', '_')}",
                "comment": name, "start_time": told["started"], "misc": _extra(run, case)}
        if case.metric == "skipped":
            test["status"] = "SKIP"
        else:
            test["status"] = "DONE"
            test["number"] = {"value": case.value, "unit": case.unit}
        tests.append(test)
    document = {"version": {"major": 5, "minor": 3}, "checkouts": [checkout],
                "builds": [{"id": build, "origin": ORIGIN, "checkout_id": checkout["id"],
                            "architecture": "arm64", "compiler": told["compiler"],
                            "config_name": told["kernel"], "status": "PASS",
                            "start_time": told["started"]}],
                "tests": tests}
    return json.dumps(document, indent=1) + "\n"


def _extra(run, case):
    """What tells one case from another, and how sure its value is."""
    kept = {"params": case.params, "metric": case.metric, "low": case.low, "high": case.high,
            "samples": case.samples, "model": MODEL if run.provenance.get("models") else None}
    return {name: value for name, value in kept.items() if value is not None}


def _bmf(runs):
    document = {}
    for name, case in _named(runs[0]):
        metric = {"value": case.value}
        if case.low < case.high:
            metric.update(lower_value=case.low, upper_value=case.high)
        document.setdefault(name, {})[_measure(case)] = metric
    return json.dumps(document, indent=1) + "\n"


def _measure(case):
    return {"insn": "instructions", "ns": "latency"}.get(case.unit, _word(case.metric).replace("_", "-"))


def _github_action(runs):
    entries = []
    for name, case in _named(runs[0]):
        entry = {"name": name, "unit": case.unit, "value": case.value}
        if case.low < case.high:
            entry["range"] = f"{case.low:g} to {case.high:g}"
        entry["extra"] = "\n".join(f"{key}: {value}" for key, value in case.params.items())
        entries.append(entry)
    return json.dumps(entries, indent=1) + "\n"


def _benchstat(runs):
    told = runs[0].provenance
    lines = ["goos: linux", "goarch: arm64", "pkg: rheap", f"cpu: {told.get('cpu_model', told['platform'])}",
             f"clock: {told['clock']}", ""]
    for run in runs:
        for name, case in _named(run):
            unit = f"{case.unit}/op" if case.tier != "counter" else f"{_word(case.metric)}-{case.unit}"
            lines.append(f"Benchmark/{_word(name)} {case.samples or 1} {case.value:g} {unit}"
                         if case.value != int(case.value) else
                         f"Benchmark/{_word(name)} {case.samples or 1} {int(case.value)} {unit}")
    return "\n".join(lines) + "\n"


def _otava(runs):
    rows = [{"time": run.provenance["started"], "commit": run.provenance.get("commit", ""),
             **{_word(name): case.value for name, case in _named(run)}} for run in runs]
    heads = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(heads), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _ktap(runs):
    found = _named(runs[0])
    lines = ["KTAP version 1", f"1..{len(found)}"]
    for number, (name, case) in enumerate(found, 1):
        skipped = f" # SKIP {case.params.get('reason', '')}" if case.metric == "skipped" else ""
        lines += [f"# {name}: {case.value:.12g} {case.unit}", f"ok {number} {_word(name)}{skipped}"]
    return "\n".join(lines) + "\n"


FORMATS = {"kcidb": _kcidb, "bmf": _bmf, "github-action": _github_action, "benchstat": _benchstat,
           "otava": _otava, "ktap": _ktap}
SEVERAL = ("benchstat", "otava")
