# SPDX-License-Identifier: GPL-2.0
"""Whether a run can be judged at all."""

import rundir
from errors import Untrusted

# Of the host's processors' time
MOST_OUTSIDE = 0.1
MOST_STEAL = 0.02
LEAST_SAMPLES = 20


def load(path):
    """The run folder at path. Raises what rundir raises, or Untrusted."""
    run = rundir.load(path)
    for reason in reasons(run):
        raise Untrusted(f"{path}: {reason}")
    return run


def _accelerators(told):
    """Where what ran the machine is not what was seen from inside."""
    claimed, seen = told.get("accelerator"), told.get("virtualization")
    if claimed == "kvm" and seen != "kvm":
        inside = f"its guest saw {seen}" if seen else "nobody looked from inside"
        yield f"run.json claims kvm, and {inside}: measure again, with what the guest tells in it"
    elif claimed == "tcg" and seen not in (None, "tcg"):
        yield f"run.json claims tcg, and its guest saw {seen}: measure again"


def reasons(run):
    """Why a run cannot be trusted, a line each, with what to do.

    What the host did beside it matters to a wall clock alone: instructions are counted alike.
    """
    told = run.provenance
    if told.get("complete") is False:
        yield f"the run did not end well (exit code {told.get('exit_code')}): measure it again"
    yield from _accelerators(told)
    if told["clock"] != "wall":
        return
    if told.get("host_outside", 0) > MOST_OUTSIDE:
        yield (f"others used {100 * told['host_outside']:.0f} % of the host's processors meanwhile: "
               "end them and measure again, or use --clock icount")
    if told.get("host_steal", 0) > MOST_STEAL:
        yield (f"a hypervisor took {100 * told['host_steal']:.0f} % of the host's processors: "
               "measure on another host, or use --clock icount")
    if told.get("host_throttled"):
        yield "the host's processors were hot, and slowed down: let them cool and measure again"
    few = min((m.n for m in run.measurements if m.n is not None), default=LEAST_SAMPLES)
    if few < LEAST_SAMPLES:
        yield f"a median of {few} samples tells too little of a wall clock: ask for {LEAST_SAMPLES} or more"
