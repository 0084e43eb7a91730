# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The machine without a secure world, with the TEE in software (module/sim).

# all KUnit suites on the TEE in software, and its own
test_kunit_sim()
{
	use guest-tests
	GUEST_TEE=sim
	kunit_step suites restricted_kunit
	kunit_step kunit_sim tee_sim_kunit
	guest_run
	all_suites_ran suites "$ROOT"/module/kunit/*.c
	all_suites_ran kunit_sim "$ROOT"/module/kunit/sim/*.c
}

# the contract of every heap on the TEE in software, with a vendor's limits
test_contract_sim()
{
	use guest-tests
	GUEST_TEE=sim:qcom-assign
	guest_step contract_sim /job/bin/contract
	guest_run
}

# what is kept, and the TEE took back in part or has forgotten, is had again
test_kept_recovered()
{
	use guest-tests
	GUEST_TEE=sim
	guest_step kept_recovered /job/kept
	mkdir -p job
	guest_script job/kept <<-'END'
	cd /sys/kernel/restricted_heap/restricted_pages || exit
	debug=/sys/kernel/debug/tee_sim
	stat() { sed -n "s/^$1 //p" stats; }
	say()
	{
		if [ $? -eq 0 ]; then echo "ok $1"; else echo "not ok $1: $(grep -E 'kept|quarantined_p' stats | paste -sd ' ')"; fi
	}
	until_is()
	{
		for i in $(seq 50); do
			[ "$(stat $1)" -ne "$2" ] || return 0
			usleep 100000
		done
		return 1
	}
	# Lend, and let it be taken back by calls of 16 KiB, of which the third does this
	lose()
	{
		echo 1048576 >pool_bytes
		echo $1 >policy
		/job/bin/latency --heap restricted_pages --size 64K --samples 1 --warmup 0 --baseline off >/dev/null 2>&1
		[ "$(stat kept_bytes)" -gt 0 ]
		say "$1: something is kept"
		echo 16384 >batch_bytes
		echo "$2" >$debug/faults
		echo buffer >policy
		until_is kept_bytes 0 && [ "$(stat quarantined_pages)" -gt 0 ]
		say "$1, $2: what could not be taken back is in quarantine"
		echo off >$debug/faults
		echo 0 >batch_bytes
	}
	returns()
	{
		echo die >$debug/life
		echo "$1" >$debug/life
		until_is quarantined_pages 0 && usleep 300000 && [ "$(stat quarantined_pages)" -eq 0 ]
		say "and is had again: $1"
	}
	for policy in pool region; do
		lose $policy "fail cmd=unrestrict nth=3"
		returns revive
		lose $policy "fail cmd=unrestrict nth=1"
		returns "revive amnesia"
	done
	END
	guest_run
}

# a cost of so many ns is measured as so many instructions and a constant
test_sim_costs()
{
	use guest-tests
	GUEST_TEE=sim OPT_CLOCK=icount
	guest_step sim_costs /job/sim_costs
	mkdir -p job
	guest_script job/sim_costs <<-'END'
	cd /sys/module/tee_sim/parameters || exit
	measure()
	{
		echo $1 >call_ns
		p50=$(/job/bin/tee_rtt --step nop --samples 100 2>/dev/null |
			sed -n 's/.*"p50":\([0-9]*\),.*/\1/p')
	}
	measure 2000
	constant=$((p50 - 2000))
	echo "# a call takes $constant instructions beyond its cost"
	for ns in 3000 10000 100000 1000000; do
		measure $ns
		off=$((p50 - ns - constant))
		[ -n "$p50" ] && [ ${off#-} -le 20 ] && echo "ok a cost of $ns ns" ||
			echo "not ok a cost of $ns ns: $off instructions off"
	done
	END
	guest_run
}

# what is written to the TEE in software counts as a whole or not at all
test_sim_parameters()
{
	use guest-tests
	GUEST_TEE=sim:xring
	guest_step sim_parameters /job/sim_parameters
	mkdir -p job
	guest_script job/sim_parameters <<-'END'
	cd /sys/module/tee_sim/parameters || exit
	is()
	{
		[ "$(cat model)" = "$1" ] && echo "ok $2" || echo "not ok $2: $(cat model)"
	}
	refused()
	{
		before=$(cat model)
		! echo "$2" >"$1" 2>/dev/null && [ "$(cat model)" = "$before" ] &&
			echo "ok '$2' to $1 is refused" || echo "not ok '$2' to $1: $(cat model)"
	}
	is "preset=xring call_ns=0 entry_ns=0 protect_page_ns=0 scrub_page_ns=0 jitter_ns=0 seed=1 threads=0 max_entries=255 max_pages=0" "the preset of the command line"
	refused preset nonesuch
	refused preset custom
	refused call_ns -1
	refused call_ns 1000000001
	refused call_ns 1x
	refused max_entries 0
	refused max_entries 1025
	refused seed ""
	echo 7 >call_ns
	echo 3 >threads
	echo 9 >seed
	is "preset=custom call_ns=7 entry_ns=0 protect_page_ns=0 scrub_page_ns=0 jitter_ns=0 seed=9 threads=3 max_entries=255 max_pages=0" "values of one's own"
	echo qcom-assign >preset
	is "preset=qcom-assign call_ns=0 entry_ns=0 protect_page_ns=0 scrub_page_ns=0 jitter_ns=0 seed=9 threads=0 max_entries=32 max_pages=511" "another preset"
	END
	guest_run
}

# the TEE in software goes when nothing needs it, and not before
test_sim_unload()
{
	use guest-tests
	GUEST_TEE=sim
	guest_step sim_unload /job/sim_unload
	mkdir -p job
	guest_script job/sim_unload <<-'END'
	debug=/sys/kernel/debug/tee_sim
	say()
	{
		[ $? -eq 0 ] && echo "ok $1" || echo "not ok $1"
	}
	load()
	{
		insmod /job/modules/tee_sim.ko "$@"
	}
	stays()
	{
		! rmmod tee_sim 2>/dev/null && [ -e /dev/tee0 ]
		say "it stays while $1"
	}
	goes()
	{
		rmmod tee_sim && [ ! -e /dev/tee0 ] && [ -z "$(ls /sys/bus/tee/devices)" ]
		say "it goes when $1"
	}
	works()
	{
		/job/bin/latency --heap "$1" --size 64K --samples 10 >/tmp/out 2>&1
		say "$1 works $2" || cat /tmp/out
	}
	goes "nothing was used"
	! load preset=nonesuch 2>/dev/null && [ ! -e /dev/tee0 ]
	say "it does not come with a preset that is none"
	load && exec 5</dev/tee0
	stays "its device is open"
	exec 5<&-
	works restricted_pages "with the module that came late"
	works restricted_mtk_cm "with the module that came late"
	stays "clients have sessions"
	echo die >$debug/life
	goes "the service is dead, and its clients have let go"
	load
	works restricted_pages "again"
	echo refuse_unrestrict >$debug/faults
	works restricted_pages "though nothing is taken back"
	echo die >$debug/life
	stays "memory is restricted"
	echo off >$debug/faults
	echo revive >$debug/life
	for i in 1 2 3 4 5 6 7 8 9 10; do
		grep -q 'quarantined_buffers 0' /sys/kernel/restricted_heap/restricted_pages/stats && break
		sleep 1
	done
	echo die >$debug/life
	goes "the heap has taken its memory back"
	load protmem_mb=8
	/job/bin/contract --heap protected,secure-video --format table >/tmp/out 2>&1 &&
		grep -q '^last-dup *yes' /tmp/out
	say "mainline's protected heap is there"
	stays "mainline's heap is there, which cannot be removed"
	END
	guest_run
}

# where OP-TEE has the service, the TEE in software does not offer it again
test_sim_alone()
{
	use guest-tests
	GUEST_TEE=optee
	guest_step sim_alone /job/sim_alone
	mkdir -p job
	guest_script job/sim_alone <<-'END'
	! insmod /job/modules/tee_sim.ko 2>/tmp/why && grep -qi busy /tmp/why &&
		[ ! -e /dev/tee1 ] && dmesg | grep -q 'tee_sim: the tee bus has the memory service already'
	[ $? -eq 0 ] && echo "ok it is refused, with the reason" || echo "not ok: $(cat /tmp/why)"
	END
	guest_run
}
