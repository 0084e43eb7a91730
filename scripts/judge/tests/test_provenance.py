# SPDX-License-Identifier: GPL-2.0
"""That run.json has room for what makes two runs comparable, and that it is asked for."""

import unittest

import sides
import comparability

# What has to be alike
KEYS = {"compiler", "kernel_release", "kernel_config_sha256", "kernel_command_line", "cpu_model",
        "mitigations", "governor", "smt", "thp", "clock_source", "isolated_cpus", "qemu_version",
        "accelerator", "taint", "pool_parameters", "seed", "platform", "clock", "tee", "plan_sha256",
        "module_cflags", "virtualization", "cpus", "memory_bytes", "models"}
# What is told, and may differ
TOLD = {"commit", "dirty", "load_before", "load_after", "host_cpu_model", "host_outside",
        "host_steal", "float_cost", "host_throttled", "layout", "started", "complete"}


class Provenance(unittest.TestCase):
    def test_the_schema_has_every_field(self):
        described = {name for name, _ in sides.rundir.described_fields()}
        self.assertLessEqual(KEYS | TOLD, described)

    def test_what_has_to_be_alike_is_a_key_and_nothing_else(self):
        keys = set(sides.rundir.key_fields())
        self.assertLessEqual(KEYS, keys)
        self.assertFalse(TOLD & keys)

    def test_each_key_that_differs_is_refused(self):
        plain = sides.run([sides.alloc(1)])
        for name in KEYS:
            other = dict(plain.provenance)
            other[name] = {"x": "y"} if isinstance(other.get(name), dict) else "another"
            changed = sides.rundir.Run(plain.path, other, plain.measurements)
            found = [field.partition(".")[0] for field, _, _ in comparability.differences(plain, changed)]
            self.assertIn(name, found)


if __name__ == "__main__":
    unittest.main()
