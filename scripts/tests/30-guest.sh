# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# the modules' own KUnit suites, in the machine
test_kunit()
{
	use guest-tests
	guest_step kunit sh -c 'insmod /job/modules/restricted_kunit.ko || exit
		cat /sys/kernel/debug/kunit/*/results'
	guest_run
}

# the contract of every heap, ours and the peers'
test_contract()
{
	use guest-tests
	guest_step contract /job/bin/contract
	guest_run
}

# 100,000 buffers of the TEE's memory from 4 threads: neither world loses one
test_storm()
{
	use guest-tests
	guest_step storm /job/bin/storm --threads 4 --ops 100000 --max 64K
	OPT_CLOCK=wall OPT_CPUS=2 OPT_TIMEOUT=900 guest_run
}

# without OP-TEE the heap that needs it says ENODEV, and the others work
test_no_tee()
{
	use guest-tests
	GUEST_TEE=no
	guest_step no_tee /job/no_tee
	guest_step contract /job/bin/contract --no-tee
	mkdir -p job
	guest_script job/no_tee <<-'END'
	say()
	{
		if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; fi
	}
	for i in 1 2; do
		/job/bin/latency --heap restricted_mtk_cm --size 4K --samples 30 >/tmp/out 2>&1
		[ $? -ne 0 ] && grep -qi 'no such device\|ENODEV' /tmp/out
		say $? "restricted_mtk_cm says ENODEV, attempt $i"
		cat /tmp/out
	done
	for heap in restricted_carveout direct_carveout system default_cma_region; do
		/job/bin/latency --heap $heap --size 4K --samples 30 >/tmp/out 2>&1
		say $? "$heap works"
	done
	END
	guest_run
}
