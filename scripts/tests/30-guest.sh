# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# the modules' own KUnit suites, in the machine
test_kunit()
{
	use guest-tests
	kunit_step kunit restricted_kunit
	guest_run
	all_suites_ran kunit "$ROOT"/module/kunit/*.c
}

# kunit_step NAME MODULE: a step that runs the suites of a test module.
kunit_step()
{
	guest_step "$1" sh -c "insmod /job/modules/$2.ko || exit
		cat /sys/kernel/debug/kunit/*/results
		rmmod $2"
}

# all_suites_ran STEP FILE...: a result for each suite in FILEs that did not.
all_suites_ran()
{
	local suite step=$1

	shift
	for suite in $(kunit_suites "$@"); do
		grep -q "^ok [0-9]* $suite\$\|^not ok [0-9]* $suite\$" "$step.tap" ||
			result fail "suite $suite did not run"
	done
}

# kunit_suites FILE...: the names of the suites in FILEs.
kunit_suites()
{
	awk '/^static struct kunit_suite/ { on = 1 }
		on && /\.name = / { print $3; on = 0 }' "$@" | tr -d '",' | grep .
}

# the contract of every heap, ours and the peers'
test_contract()
{
	use guest-tests
	guest_step contract /job/bin/contract
	guest_run
}

# on Linux 7.3, too, the modules build without a word and keep their promises
test_series_73()
{
	[ -z "$OPT_LINUX$OPT_SERIES" ] || skip "the kernel that all tests run on was named"
	use guest-tests
	OPT_SERIES=7.3
	PART_HASH=()
	# shellcheck disable=SC2086 # a list of words
	setup_parts $PARTS
	modules_built_quietly
	kunit_step kunit restricted_kunit
	guest_step contract /job/bin/contract
	guest_run
}

setup_series_73()
{
	[ -z "$OPT_LINUX$OPT_SERIES" ] || return 0
	OPT_SERIES=7.3
	PART_HASH=()
	setup_parts kernel
}

# contract --no-tee ends with 3 where there is a TEE
test_contract_no_tee_misused()
{
	expect 3 "/dev/tee0 is here" rheap exec "$(part_dir programs)/bin/contract" --no-tee
}

# 100,000 buffers of the TEE's memory from 4 threads: neither world loses one
test_storm()
{
	use guest-tests
	guest_step storm /job/bin/storm --threads 4 --ops 100000 --max 64K
	OPT_CLOCK=wall OPT_CPUS=2 OPT_TIMEOUT=900 guest_run
}

# the TEE's driver is taken away while buffers are held, and comes back
test_tee_death()
{
	use guest-tests
	guest_step tee_death /job/bin/teedeath
	# Mainline's heap died and returned with it
	guest_step peer /job/bin/contract --heap protected,secure-video --heap restricted_mtk_cm
	guest_run
}

# the page heap keeps the contract whatever its policy, and survives the TEE
test_contract_policies()
{
	local policy

	use guest-tests
	for policy in pool region; do
		policy_step "$policy" contract --heap restricted_pages
		policy_step "$policy" teedeath --heap restricted_pages
	done
	guest_run
}

# policy_step POLICY PROGRAM ARGS...: a step with the page heap under a policy.
policy_step()
{
	guest_step "$2_$1" sh -c "echo $1 >/sys/kernel/restricted_heap/restricted_pages/policy || exit
		/job/bin/$(quote_words "${@:2}")"
}

# memory is lent to the TEE in as few calls, and for as long, as the tunables say
test_lending()
{
	use guest-tests
	guest_step lending /job/bin/lending
	guest_run
}

# 20,000 buffers from 4 threads on 2 processors, while a pool scrubs and drains
test_storm_policies()
{
	local policy

	use guest-tests
	for policy in pool region; do
		policy_step "$policy" storm --heap restricted_pages --threads 4 --ops 20000 --max 64K
	done
	OPT_CLOCK=wall OPT_CPUS=2 OPT_TIMEOUT=900 guest_run
}

# what is recorded of a replay is what was replayed, in the same order
test_trace_record()
{
	use guest-tests
	guest_step trace_record /job/record
	mkdir -p job/traces
	cp "$ROOT"/results/traces/720p-vp9-pip.csv job/traces
	guest_script job/record <<-'END'
	# order TRACE: its operations with the buffers' places for their ids
	order()
	{
		tr -d '"' <"$1" | sed 's/protected,secure-video/HEAP/; s/restricted_[a-z_]*/HEAP/; s/system,/HEAP,/' |
			awk -F, 'NR > 1 && $2 == "alloc" { place[$3] = ++n; print "alloc", n, $5 }
				NR > 1 && $2 == "free" { print "free", place[$3] }'
	}
	# woken: a record without replay's own first buffer, which wakes a heap
	woken()
	{
		awk -F, 'NR == 2 && !($2 == "alloc" && $NF == 4096) || NR == 3 && $2 != "free" { exit 1 }
			NR < 2 || NR > 3'
	}
	cd /tmp || exit
	trace=/job/traces/720p-vp9-pip.csv
	order $trace >/tmp/want
	for heap in restricted_carveout restricted_mtk_cm restricted_pages protected,secure-video system; do
		for pace in fast schedule; do
			/job/bin/trace_record --out /tmp/got.csv --heap $heap --map tee=protected,secure-video \
				--run "/job/bin/replay --trace $trace --heap $heap --pace $pace >/tmp/said" &&
				woken <got.csv >played.csv && order played.csv >/tmp/got && cmp /tmp/want /tmp/got
			code=$?
			if [ $code -eq 0 ] && [ -s /tmp/want ]; then
				echo "ok $heap, $pace"
			else
				echo "not ok $heap, $pace"
				head -n 5 /tmp/want /tmp/got.csv
			fi
		done
	done
	ls /sys/kernel/tracing/instances | grep rheap && echo "not ok an instance is left"
	/job/bin/trace_record --out /no/such/folder/x.csv --seconds 1
	[ $? -eq 3 ] && echo "ok a file that cannot be written ends with 3"
	END
	guest_run
}

# a complaint of the kernel outside of all steps fails a test, too
test_guest_splat()
{
	use guest-tests
	guest_step splat sh -c 'echo ok 1 step
		echo "rheap-test: end splat" >/dev/kmsg
		echo "WARNING: this is a test" >/dev/kmsg'
	(
		TEST_RESULTS=$TEST_DIR/results
		guest_run
	)
	cat results
	grep -q '^fail boot: .*WARNING: this is a test' results || fail "the complaint was not reported"
}

# without OP-TEE the heap that needs it says ENODEV, and the others work
test_no_tee()
{
	use guest-tests
	GUEST_TEE=none
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
		[ $? -eq 3 ] && grep -qi 'no such device\|ENODEV' /tmp/out
		say $? "restricted_mtk_cm says ENODEV, attempt $i"
		cat /tmp/out
	done
	/job/bin/tee_rtt --samples 30 >/tmp/out 2>&1
	[ $? -eq 3 ] && grep -qi '/dev/tee' /tmp/out
	say $? "tee_rtt says that there is no TEE, and ends with 3"
	cat /tmp/out
	for heap in restricted_carveout direct_carveout system default_cma_region; do
		/job/bin/latency --heap $heap --size 4K --samples 30 >/tmp/out 2>&1
		say $? "$heap works"
	done
	END
	guest_run
}

# each phase of a buffer's life has its events, in order, with what it was about
test_tracepoints()
{
	use guest-tests
	guest_step tracepoints /job/events
	mkdir -p job
	guest_script job/events <<-'SCRIPT'
	trace=/sys/kernel/tracing
	# life HEAP: the events of the last buffer, without their times
	life()
	{
		echo >$trace/trace
		echo 1 >$trace/events/restricted_heap/enable
		/job/bin/latency --heap $1 --size 64K --samples 1 --warmup 0 --baseline off >/dev/null 2>&1
		echo 0 >$trace/events/restricted_heap/enable
		sed -n 's/.*: \(restricted_[a-z_]*\): \(.*\)/\1 \2/p' $trace/trace |
			sed 's/ buf=[^ ]*//; s/ heap=[^ ]*//; s/ pa=[^ ]*//; s/^restricted_//; s/0x0*//' |
			awk '$1 == "memory_alloc_begin" { n = 0 } { line[n++] = $0 }
				END { for (i = 0; i < n; i++) print line[i] }'
	}
	# expect HEAP: its life is what is on stdin
	expect()
	{
		cat >/tmp/want
		life $1 >/tmp/got
		if cmp -s /tmp/want /tmp/got; then
			echo "ok $1"
		else
			echo "not ok $1"
			diff /tmp/want /tmp/got
		fi
	}
	expect restricted_carveout <<EOF
	memory_alloc_begin size=65536
	zero_begin size=65536
	zero_end size=65536
	memory_alloc_end size=65536 ret=0
	export_begin size=65536
	export_end size=65536 ret=0
	memory_free_begin size=65536
	memory_free_end size=65536 ret=0
	EOF
	expect restricted_pages <<EOF
	memory_alloc_begin size=65536
	memory_alloc_end size=65536 ret=0
	memory_restrict_begin size=65536
	tee_call_begin cmd=RESTRICT entries=1 bytes=65536
	tee_call_end cmd=RESTRICT entries=1 bytes=65536 ret=0
	memory_restrict_end size=65536 ret=0
	export_begin size=65536
	export_end size=65536 ret=0
	memory_unrestrict_begin size=65536
	tee_call_begin cmd=UNRESTRICT entries=1 bytes=65536
	tee_call_end cmd=UNRESTRICT entries=1 bytes=65536 ret=0
	memory_unrestrict_end size=65536 ret=0
	memory_free_begin size=65536
	memory_free_end size=65536 ret=0
	EOF
	expect restricted_mtk_cm <<EOF
	memory_alloc_begin size=65536
	memory_alloc_end size=65536 ret=0
	memory_restrict_begin size=65536
	tee_call_begin cmd=ZALLOC entries=0 bytes=65536
	tee_call_end cmd=ZALLOC entries=1 bytes=65536 ret=0
	memory_restrict_end size=65536 ret=0
	export_begin size=65536
	export_end size=65536 ret=0
	memory_unrestrict_begin size=65536
	tee_call_begin cmd=FREE entries=0 bytes=0
	tee_call_end cmd=FREE entries=0 bytes=0 ret=0
	memory_unrestrict_end size=65536 ret=0
	memory_free_begin size=65536
	memory_free_end size=65536 ret=0
	EOF
	SCRIPT
	guest_run
}
