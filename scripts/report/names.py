# SPDX-License-Identifier: GPL-2.0
"""Measurements by names that people read."""

import units

MODELLED = " [modelled]"


def mark(run):
    """What follows the title of each table and figure of a run that is not all measured."""
    return MODELLED if run.provenance.get("models") else ""


def step(m):
    """A rung of the TEE ladder: memref 64K."""
    name = m.params["step"].replace("_", " ")
    if "bytes" in m.params:
        name += f" {units.size(m.params['bytes'])}"
    return _labelled(name, m)


def call(name):
    """A way of calling: ops acquire."""
    return name.replace("_", " ")


def baseline(m):
    """A baseline: ioctl enotty."""
    return _labelled(m.params["what"].replace("_", " "), m)


def measurement(run, m):
    """Any measurement in one line: instrument, metric, parameters."""
    return f"{m.bench} {m.metric} ({params(run, m)})" if m.params else f"{m.bench} {m.metric}"


def params(run, m):
    """The parameters in one line, without those that all of the run share."""
    return ", ".join(f"{name} {value}" for name, value in run.told_apart(m).items())


def _labelled(name, m):
    label = m.params.get("label")
    return f"{name} ({label})" if label else name
