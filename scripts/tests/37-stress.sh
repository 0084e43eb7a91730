# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The short form of the stressors; `rheap stress` runs the long one.

# every promise is tortured for a moment, over OP-TEE, and all books are whole
test_torment()
{
	local name words=()

	use guest-tests
	for name in churn edge web kill exhaust tune reclaim freeze memcg hotplug import \
		modload pin unbind fuzz-ioctl fuzz-tee fuzz-sysfs; do
		words+=(--only "$name")
	done
	guest_step torment /job/bin/torment "${words[@]}" --ops 600 --seconds 5
	OPT_CLOCK=wall OPT_CPUS=2 OPT_TIMEOUT=900 guest_run
}

# the TEE fails, dies and answers nonsense under load, and nothing is lost; nor by what
# guided fuzzers kept
test_torment_faults()
{
	local name words=()

	use guest-tests
	GUEST_TEE=sim
	guest_step torment_faults /job/bin/torment --needs sim --ops 4000 --seconds 10
	mkdir job
	cp -r "$ROOT/results/corpora" job
	for name in "$ROOT/results/corpora"/*; do
		words+=(--only "${name##*/}" --corpus "/job/corpora/${name##*/}")
	done
	guest_step torment_corpora /job/bin/torment "${words[@]}" --ops 2000 --seconds 20
	OPT_CLOCK=wall OPT_CPUS=2 OPT_TIMEOUT=600 guest_run
}

# the soak's tests for a trend find a slow leak and a heap that gets slower, and nothing else
test_soak()
{
	use guest-tests
	mkdir -p job
	guest_script job/soak <<-'END'
	leak=/sys/module/restricted_faults/parameters/leak_ms
	pages=/sys/kernel/restricted_heap/restricted_pages
	soak()
	{
		/job/bin/torment --only soak --ops 3600 --workers 2 \
			--heap restricted_pages --heap restricted_carveout >/tmp/out 2>/tmp/err
		code=$?
		cat /tmp/err
	}
	say()
	{
		if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; fi
	}
	found() { [ $code -eq 2 ] && [ "$(grep -c '^# ' /tmp/out)" -eq 2 ] && grep -q "$1" /tmp/out; }

	soak
	[ $code -eq 0 ]
	say $? "nothing is found where nothing is wrong"

	insmod /job/modules/restricted_faults.ko
	echo 10 >$leak
	soak
	echo 0 >$leak
	found '^# free memory falls by'
	say $? "a leak of 16 KiB each 10 ms is found, and nothing else"

	# A list in more and more calls
	echo 0 >$pages/orders
	for entries in 16 16 16 16 8 6 4 3 2 1; do
		echo $entries >$pages/batch_entries
		usleep 220000
	done &
	soak
	kill $! 2>/dev/null
	found '^# restricted_pages: a buffer costs'
	say $? "a heap that gets slower and slower is found, and no other"
	END
	guest_step soak /job/soak
	guest_run
}

# each failure point of each path on the kernel debug, and nothing is lost
test_fail_nth()
{
	local OPT_KERNEL=debug

	PART_HASH=()
	setup_parts kernel module programs
	use guest-tests
	GUEST_TEE=sim
	guest_step fail_nth /job/bin/torment --only fail-nth --heap restricted_carveout --heap restricted_mtk_cm
	OPT_CLOCK=wall OPT_CPUS=1 OPT_TIMEOUT=900 guest_run
}

setup_fail_nth()
{
	setup_debug_kernel
}

# rheap stress tells what it did, with a bound; and refuses what it cannot do
test_stress()
{
	expect 0 "rheap: run folder" rheap stress --only web --tee sim --cpus 2 --ops 200 --max 64K --out run
	grep -q '^web  *sim  *200  *[0-9]*  *0  *1.5e-02  *nothing found' stdout || fail "the table is: $(cat stdout)"
	cmp stdout run/table.txt || fail "the run folder has another table"
	[ "$(jq -r '.seed, .ops, .clock, .max' run/stress.json | paste -sd ' ')" = "1 200 wall 64K" ] ||
		fail "stress.json does not say how it was run"
	[ ! -e run/web ] || fail "there are logs of what went well"
	expect 64 "run holds a run already" rheap stress --out run
	expect 64 "no stressor 'nosuch'" rheap stress --only nosuch
	expect 64 "give one of them" rheap stress --minutes 1 --ops 1
	expect 64 "give a size" rheap stress --max much
	expect 64 "needs a whole number" rheap stress --minutes 0
	expect 64 "--guide maybe: it is on or off" rheap stress --guide maybe
	expect 64 "--corpus nosuch: No such file" rheap stress --corpus nosuch
	head -c 100 "$ROOT/results/corpora/fuzz-sysfs" >broken
	expect 64 "--corpus broken: its end is missing" rheap stress --corpus broken
	expect 0 "churn" rheap stress --list
}

# what was reached guides a fuzzer, and what it keeps is what the next begins with
test_fuzz_guided()
{
	local OPT_KERNEL=cov kept

	PART_HASH=()
	part_present kernel ||
		skip "no cov kernel was built, which takes long; $RHEAP coverage builds it"
	fuzz_sysfs none first
	grep -q '^fuzz-sysfs reached [1-9][0-9,]* places of our modules. code, guided' stdout ||
		fail "nothing is told of what was reached: $(cat stdout)"
	kept=$(metric first kept)
	[ "$kept" -gt 0 ] && [ "$(grep -c '^[0-9a-f]*:' first/corpus/fuzz-sysfs)" -eq "$kept" ] ||
		fail "$kept programs were kept, and the corpus is: $(cat first/corpus/fuzz-sysfs)"
	fuzz_sysfs first/corpus/fuzz-sysfs second
	[ "$(metric second begun)" -eq "$kept" ] || fail "the second run did not begin with them"
	[ "$(metric second pcs)" -ge $(($(metric first pcs) * 9 / 10)) ] ||
		fail "they reach $(metric second pcs) places, and were kept for $(metric first pcs)"
}

# fuzz_sysfs CORPUS RUN
fuzz_sysfs()
{
	expect 0 "rheap: run folder" rheap stress --only fuzz-sysfs --kernel cov --tee sim --cpus 2 --ops 400 \
		--corpus "$1" --out "$2"
}

# metric RUN NAME: what was measured.
metric()
{
	jq "select(.metric == \"$2\") | .value" "$1/measurements.jsonl"
}

# of a machine that did not come to its end one knows what it played last
test_fuzz_journal()
{
	use stress
	mkdir run logs
	printf '{"metric":"x"}\n@file fuzz-tee\nhalf of a' >said
	printf '0 1:\n1 2:3\n0 4:5;6\n1 7' >logs/journal.log
	BOOT_CODE=$EX_CRASH BOOT_WHY="the guest crashed" SCRATCH=$TEST_DIR
	corpus_take fuzz-tee run logs
	[ "$(cat counted)" = '{"metric":"x"}' ] || fail "the measurements are: $(cat counted)"
	[ "$(grep '^[0-9]*:' run/corpus/fuzz-tee.last | paste -sd ' ')" = "4:5;6 2:3" ] ||
		fail "the programs are: $(cat run/corpus/fuzz-tee.last)"
	torment --list --only fuzz-tee --corpus run/corpus/fuzz-tee.last || fail "they cannot be played"
	[ "$(zcat logs/journal.log.gz | wc -l)" -eq 3 ] || fail "the journal is gone"
}

# a failure comes with whose fault it is: a frame of ours, or not
test_stress_fault()
{
	use stress
	BOOT_WHY=splat BOOT_CODE=$EX_TEST
	mkdir logs
	: >counted
	echo '[    1.5] Call trace:' >logs/console.log
	! stress_fault logs 600 counted || fail "a splat without a frame of ours was the driver's at once"
	echo '[    1.6]  buffer_free+0x20/0x90 [restricted_heap]' >>logs/console.log
	blamed driver "a frame of ours was not seen"
	BOOT_WHY=''
	blamed driver "a broken promise was not the driver's"
	BOOT_CODE=$EX_RESOURCE
	blamed harness "what is missing was not the harness's"
	printf '[ 2.0] p invoked oom-killer: x\n[ 2.1] Call trace:\n[ 2.2] WARNING: after it\n' |
		kernel_splats >splats
	[ "$(cat splats)" = "[ 2.2] WARNING: after it" ] || fail "the killer of memory hogs: $(cat splats)"
	printf '[ 2.0] p: vmalloc error: size 9, failed to allocated page array size 8, mode:0xdc0(G)\n[ 2.1] Call trace:\n[ 2.2] WARNING: after it\n' |
		kernel_splats >splats
	[ "$(cat splats)" = "[ 2.2] WARNING: after it" ] || fail "who gets no memory: $(cat splats)"
	printf '[ 2.0] -[ cut here ]-\n[ 2.0] of it\n[ 2.1] WARNING: here.c:3\n[ 2.1] Call trace:\n[ 2.2] -[ cut here ]-\n[ 2.2] WARNING: there.c:4\n' >log
	LOG_SPARES='here\.c:3' kernel_splats <log >splats
	[ "$(tr '\n' ' ' <splats)" = "[ 2.2] -[ cut here ]- [ 2.2] WARNING: there.c:4 " ] || fail "what a test provokes: $(cat splats)"
	[ "$(kernel_splats <log | wc -l)" -eq 5 ] || fail "what no test provokes was forgotten"
}

# what stands still while the host is busy with other things is the harness's fault
test_stress_starved()
{
	use stress
	mkdir logs
	: >counted
	printf '[ 49.1] rcu: INFO: rcu_sched self-detected stall on CPU\n[ 49.3] rcu: (t=2325 jiffies g=1)\n[ 49.4]  f+0x1/0x2 [restricted_heap]\n' >logs/console.log
	BOOT_WHY=splat BOOT_CODE=$EX_TEST
	blamed driver "a stall of which the host tells nothing was not the driver's"
	host_log 20 98
	blamed harness "a machine that got a fifth of a processor was not starved"
	host_log 90 98
	blamed driver "a stall on a machine that ran was not the driver's"
	host_log 20 30
	blamed driver "a stall on a host that had time was not the driver's"
	host_log 20 98
	echo '[ 49.5] BUG: KASAN: slab-use-after-free in f' >>logs/console.log
	blamed driver "what else the kernel complained of was forgotten"
	echo '[ 121.0] torment: stood still for 120 s' >logs/console.log
	echo '{"metric":"found","value":1,"params":{"why":"nothing moved for 120 s: it hangs"}}' >counted
	BOOT_WHY=''
	blamed harness "a hang on a starved machine was not the harness's"
	echo '{"metric":"found","value":2,"params":{"why":"nothing moved for 120 s: it hangs"}}' >counted
	blamed driver "what was found beside a hang was forgotten"
}

# the watch beside a boot tells what its process and the host did
test_host_watch()
{
	local busy

	use host-watch
	sh -c 'while :; do :; done' &
	busy=$!
	watch_host "$busy" host.log &
	sleep 6
	kill "$busy"
	wait "$busy" || :
	wait
	awk 'NF != 4 || $3 > $4 || ($2 < used) { exit 1 } { used = $2 } END { exit !(NR > 1 && used > 0) }' host.log ||
		fail "the log is: $(cat host.log)"
}

# host_log USED BUSY: a boot that got so much of a processor, of a host that was so
# busy, both in percent, for 200 s.
host_log()
{
	awk -v used="$1" -v busy="$2" 'BEGIN {
		for (t = 0; t <= 200; t += 5)
			print t, t * used, 1000 + t * 2 * busy, 5000 + t * 200
	}' >logs/host.log
}

# blamed WHOM ELSE: a failure of the boot in logs/ is that one's fault, or ELSE.
blamed()
{
	local whom

	whom=$(stress_fault logs 600 counted)
	[ "$whom" = "$1" ] || fail "$2 ($whom)"
}
