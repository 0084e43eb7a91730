# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The short form of the stressors; `rheap stress` runs the long one.

# every promise is tortured for a moment, over OP-TEE, and all books are whole
test_torment()
{
	local name words=()

	use guest-tests
	for name in churn edge web kill exhaust tune reclaim freeze memcg hotplug pin \
		fuzz-ioctl fuzz-tee fuzz-sysfs; do
		words+=(--only "$name")
	done
	guest_step torment /job/bin/torment "${words[@]}" --ops 600 --seconds 5
	OPT_CLOCK=wall OPT_CPUS=2 OPT_TIMEOUT=900 guest_run
}

# the TEE fails, dies and answers nonsense under load, and nothing is lost
test_torment_faults()
{
	use guest-tests
	GUEST_TEE=sim
	guest_step torment_faults /job/bin/torment --needs sim --ops 4000 --seconds 10
	OPT_CLOCK=wall OPT_CPUS=2 OPT_TIMEOUT=600 guest_run
}

# rheap stress tells what it did, with a bound; and refuses what it cannot do
test_stress()
{
	expect 0 "rheap: run folder" rheap stress --only web --tee sim --cpus 2 --ops 200 --out run
	grep -q '^web  *sim  *200  *[0-9]*  *0  *1.5e-02  *nothing found' stdout || fail "the table is: $(cat stdout)"
	cmp stdout run/table.txt || fail "the run folder has another table"
	[ "$(jq -r '.seed, .ops, .clock' run/stress.json | paste -sd ' ')" = "1 200 wall" ] ||
		fail "stress.json does not say how it was run"
	[ ! -e run/web ] || fail "there are logs of what went well"
	expect 64 "run holds a run already" rheap stress --out run
	expect 64 "no stressor 'nosuch'" rheap stress --only nosuch
	expect 64 "give one of them" rheap stress --minutes 1 --ops 1
	expect 64 "needs a whole number" rheap stress --minutes 0
	expect 0 "churn" rheap stress --list
}

# a failure comes with whose fault it is: a frame of ours, or not
test_stress_fault()
{
	use stress
	BOOT_WHY=splat BOOT_CODE=$EX_TEST
	mkdir logs
	echo '[    1.5] Call trace:' >logs/console.log
	! stress_fault logs || fail "a splat without a frame of ours was the driver's at once"
	echo '[    1.6]  buffer_free+0x20/0x90 [restricted_heap]' >>logs/console.log
	[ "$(stress_fault logs)" = driver ] || fail "a frame of ours was not seen"
	BOOT_WHY=''
	[ "$(stress_fault logs)" = driver ] || fail "a broken promise was not the driver's"
	BOOT_CODE=$EX_RESOURCE
	[ "$(stress_fault logs)" = harness ] || fail "what is missing was not the harness's"
	BOOT_WHY=splat BOOT_CODE=$EX_TEST
	printf '[ 9.1] rcu: INFO: rcu_sched self-detected stall on CPU\n[ 9.2] rcu: 1-...!: (%d ticks this GP) idle=4\n[ 9.3] rcu: (t=2325 jiffies g=1)\n[ 9.4]  f+0x1/0x2 [restricted_heap]\n' 2 >logs/console.log
	[ "$(stress_fault logs)" = harness ] || fail "a starved machine was not the harness's fault"
	sed -i 's/(2 ticks/(2300 ticks/' logs/console.log
	[ "$(stress_fault logs)" = driver ] || fail "a stall on a machine that ran was not the driver's"
	printf '[ 2.0] p invoked oom-killer: x\n[ 2.1] Call trace:\n[ 2.2] WARNING: after it\n' |
		kernel_splats >splats
	[ "$(cat splats)" = "[ 2.2] WARNING: after it" ] || fail "the killer of memory hogs: $(cat splats)"
}
