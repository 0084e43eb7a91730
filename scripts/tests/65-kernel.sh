# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# the bench inside the kernel measures a known cost as itself, and refuses in words
test_kernel_bench()
{
	use guest-tests
	mkdir -p job
	guest_script job/kernel_bench <<-'END'
	dir=/sys/kernel/debug/restricted_bench
	params=/sys/module/restricted_bench/parameters
	kernel()
	{
		/job/bin/kernel --samples 30 "$@" >/tmp/out 2>/tmp/err
		code=$?
		cat /tmp/err
	}
	say()
	{
		if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; fi
	}
	has() { grep -q "$1" "$2"; }

	kernel --case known --instructions 1000 --instructions 2000000
	[ $code -eq 0 ] && [ "$(grep -c '"case":"known"' /tmp/out)" -eq 3 ]
	say $? "loops of 1,000 and 2,000,000 instructions are measured as such"

	kernel --case phase --heap restricted_carveout --heap direct_carveout --size 4K
	[ $code -eq 0 ] && [ "$(wc -l </tmp/out)" -eq 11 ]
	say $? "seven phases of a heap without restriction, and four of its twin"

	kernel --case phase --heap restricted_pages --size 4K
	[ $code -eq 0 ] && [ "$(wc -l </tmp/out)" -eq 9 ]
	say $? "nine phases of a heap that restricts"

	kernel --case phase --heap restricted_carveout --size 1G --size 4K
	[ $code -eq 0 ] && has '"reason":"ENOMEM"' /tmp/out && has '"size":4096' /tmp/out
	say $? "a size that does not fit is skipped and told, and the next one measured"

	kernel --case phase --heap restricted_carveout --size 1G
	[ $code -eq 4 ]
	say $? "where nothing could be measured it ends with 4"

	kernel --case phase --heap nonesuch
	[ $code -eq 3 ] && has "no heap or twin 'nonesuch' here" /tmp/err && [ ! -s /tmp/out ]
	say $? "a heap that is not there ends it with 3"

	before=$(cat /sys/kernel/restricted_heap/*/stats | grep -E 'live|quarantine|pool_free')
	kernel --case phase --size 64K
	[ "$before" = "$(cat /sys/kernel/restricted_heap/*/stats | grep -E 'live|quarantine|pool_free')" ]
	say $? "every buffer and byte is back"

	echo 17000 >$params/samples
	! echo 1 >$dir/run 2>/dev/null && has 'error: parameter samples' $dir/results
	say $? "a parameter out of range is refused by its name"
	echo 30 >$params/samples
	! echo 16 >$dir/run 2>/dev/null && has 'error: parameter run_mask' $dir/results
	say $? "so is a mask with a bit that means nothing"

	rmmod restricted_bench &&
	insmod /modules/restricted_bench.ko run_mask=2 samples=5 instructions=500 icount=1 &&
		has '"instructions":500},"metric":"latency","unit":"insn","n":5' $dir/results
	say $? "it runs when it is loaded with a mask"

	rmmod restricted_bench
	kernel
	[ $code -eq 3 ] && has "restricted_bench is not loaded" /tmp/err
	say $? "without the module it ends with 3"
	END
	guest_step kernel_bench /job/kernel_bench
	guest_run
}

# where the clock does not count instructions a known cost tells, and it ends with 7
test_kernel_wrong_clock()
{
	expect 7 "the clock does not count instructions" rheap exec --clock wall \
		"$(part_dir programs)/bin/kernel" --clock icount --case known --samples 30
}
