#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Does it help a fuzzer to know what it reached? From runs of `rheap stress --kernel cov`.

As many runs with --guide on as with --guide off, of the same seeds and as many
operations; results/stress/fuzz-guided.md is what this prints.
"""

import argparse
import json
import pathlib
import statistics
import sys

TEXT = """<!-- SPDX-License-Identifier: GPL-2.0 -->
# Fuzzers that know what they reached

Places of our modules' code (kcov) that a fuzzer reached on the kernel {kernel}, in {ops:,} operations: guided,
where a program that reached a new place is kept and changed again and again; and by chance, where
the same calls are made and what they reach is only told. Median of the seeds {seeds}, and in
brackets the fewest and the most. Commit {commit}, Linux {release}, {started} to {ended}. Made by

{commands}

and `scripts/stress/guided.py` on their folders.
"""


class Mixed(ValueError):
    """Runs that cannot be compared."""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", type=pathlib.Path, metavar="RUN", help="a run folder")
    options = parser.parse_args()
    try:
        print(page([read(run) for run in options.runs]))
    except (OSError, ValueError, KeyError) as error:
        print(f"guided.py: {error}: no runs that can be compared", file=sys.stderr)
        return 64
    return 0


def read(run):
    """A run: its facts, how it was guided, and what each (fuzzer, TEE) reached."""
    facts = json.loads((run / "stress.json").read_text())
    of, guides = {}, set()
    for line in (run / "measurements.jsonl").read_text().splitlines():
        record = json.loads(line)
        params = record["params"]
        if "guide" not in params:
            raise Mixed(f"{run}: {params['stressor']} did not tell what it reached")
        guides.add(params["guide"])
        each = of.setdefault((params["stressor"], params["tee"]), {})
        if "within" in params:
            each.setdefault("within", {})[params["within"]] = record["value"]
        else:
            each[record["metric"]] = record["value"]
    if len(guides) != 1:
        raise Mixed(f"{run}: guided and not")
    return {"facts": facts, "guide": guides.pop(), "of": of}


def page(runs):
    facts = runs[0]["facts"]
    seeds = check(runs)
    fuzzers = list(runs[0]["of"])
    text = TEXT.format(kernel=facts["kernel"], ops=facts["ops"], seeds=", ".join(map(str, seeds)),
                       commit=facts["commit"][:12] + (" and changes" if facts["dirty"] else ""),
                       release=facts["kernel_release"], started=min(run["facts"]["started"] for run in runs),
                       ended=max(run["facts"]["ended"] for run in runs), commands=commands(runs, fuzzers))
    return text + "\n" + "\n".join(sums(runs, fuzzers)) + "".join(
        "\n\n" + "\n".join(course(runs, fuzzer)) for fuzzer in fuzzers)


def check(runs):
    """All runs did the same, once guided and once not, for each seed. Returns the seeds."""
    first = runs[0]["facts"]
    for key in ("commit", "kernel", "ops", "kernel_config_sha256"):
        if any(run["facts"][key] != first[key] for run in runs):
            raise Mixed(f"they differ in {key}")
    if any(list(run["of"]) != list(runs[0]["of"]) for run in runs):
        raise Mixed("they are of different fuzzers")
    if any(each["begun"] or each["operations"] != first["ops"] for run in runs for each in run["of"].values()):
        raise Mixed("one began with a corpus, or did not come to its end")
    seeds = {guide: sorted(run["facts"]["seed"] for run in runs if run["guide"] == guide) for guide in ("on", "off")}
    if seeds["on"] != seeds["off"] or len(set(seeds["on"])) != len(seeds["on"]):
        raise Mixed("the seeds that were guided are not those that were not")
    return seeds["on"]


def commands(runs, fuzzers):
    facts = runs[0]["facts"]
    only = " ".join(f"--only {name}" for name, _ in fuzzers)
    return "\n".join(f"    scripts/rheap stress {only} --tee {fuzzers[0][1]} --kernel {facts['kernel']} --ops {facts['ops']} "
                     f"--corpus none --guide {run['guide']} --seed {run['facts']['seed']}" for run in runs)


def values(runs, guide, fuzzer, metric):
    return [run["of"][fuzzer][metric] for run in runs if run["guide"] == guide]


def spread(numbers):
    return f"{statistics.median(numbers):,.0f} ({min(numbers):,}-{max(numbers):,})"


def sums(runs, fuzzers):
    yield "| fuzzer | TEE | guided | by chance | more | programs kept |"
    yield "|---|---|---|---|---|---|"
    for fuzzer in fuzzers:
        on, off = (values(runs, guide, fuzzer, "pcs") for guide in ("on", "off"))
        more = statistics.median(on) / statistics.median(off) - 1
        yield f"| {fuzzer[0]} | {fuzzer[1]} | {spread(on)} | {spread(off)} | {more:+.1%} | " \
              f"{spread(values(runs, 'on', fuzzer, 'kept'))} |"


def course(runs, fuzzer):
    """What was reached within so many operations; a power that one run did not tell is left out."""
    within = {guide: values(runs, guide, fuzzer, "within") for guide in ("on", "off")}
    powers = set.intersection(*(set(each) for guide in within.values() for each in guide))
    yield f"| {fuzzer[0]}, within operations | guided | by chance |"
    yield "|---|---|---|"
    for power in sorted(powers):
        if power >= 64:
            yield f"| {power:,} | " + " | ".join(spread([each[power] for each in within[guide]])
                                                 for guide in ("on", "off")) + " |"


if __name__ == "__main__":
    sys.exit(main())
