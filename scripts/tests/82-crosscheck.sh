# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The instruments against others that share nothing with them. The histogram is
# checked against sorted samples by the unit test hist, and a known cost against
# itself by the test kernel_bench.

# instructions are those that the processor's own counter tells, and latency those of a plain loop
test_crosscheck()
{
	# shellcheck disable=SC2034 # read by boot_machine
	local BOOT_USERLAND

	use guest-tests
	BOOT_USERLAND=$(part_dir userland)/root
	mkdir -p job
	guest_script job/crosscheck <<-'END'
	loop=/job/bin/plain_loop
	# near WHAT ONE OTHER: they are within 1 % of each other.
	near()
	{
		awk -v what="$1" -v one="$2" -v other="$3" 'BEGIN {
			off = one > 0 && other > 0 ? 100 * (one - other) / other : 100
			printf "%s %s: %d and %d, %+.3f %%\n", (off < 1 && off > -1) ? "ok" : "not ok", what, one, other, off
		}'
	}

	# counted HEAP BYTES PAIRS: what the counter says of so many pairs, and perf of
	# all that the machine did meanwhile and around.
	counted()
	{
		ticks=$(chroot /userland perf stat -a -x, -o /tmp/perf -e instructions $loop "$1" "$2" "$3" total)
		ticks=${ticks#total }
		insns=$(awk -F, '$3 ~ /^instructions/ { print $1 }' /tmp/perf)
	}

	# against_perf HEAP BYTES: ticks and insns become those of 2000 pairs more, when
	# all programs are in memory.
	against_perf()
	{
		counted "$1" "$2" 200
		counted "$1" "$2" 200
		ticks_before=$ticks
		insns_before=$insns
		counted "$1" "$2" 2200
		ticks=$((ticks - ticks_before))
		insns=$((insns - insns_before))
	}

	# p50 TEXT: of the measurement with that text in it.
	p50()
	{
		sed -n "s/.*$1.*\"p50\":\([0-9]*\).*/\1/p" /tmp/latency
	}

	# against_latency HEAP BYTES: medians of both, each without what its own clock
	# takes (a cycle has a reading more).
	against_latency()
	{
		/job/bin/latency --heap "$1" --size "$2" --samples 300 >/tmp/latency 2>/dev/null ||
			echo "not ok latency ended with $?"
		clock=$(p50 '"what":"clock"')
		$loop "$1" "$2" 300 >/tmp/plain
		read -r _ alloc _ free _ cycle </tmp/plain
		near "alloc of $2 bytes on $1, by latency and by a plain loop" \
			$(($(p50 '"op":"alloc"') - clock)) "$alloc"
		near "free of $2 bytes on $1, by latency and by a plain loop" \
			$(($(p50 '"op":"free"') - clock)) "$free"
		near "cycle of $2 bytes on $1, by latency and by a plain loop" \
			$(($(p50 '"op":"cycle"') - 2 * clock)) "$cycle"
	}

	# What else the machine does meanwhile, perf counts too: the least of three has least of it
	for heap in restricted_carveout system; do
		least=
		for try in 1 2 3; do
			against_perf $heap 65536
			[ -n "$least" ] && [ "$insns" -ge "$least" ] || { least=$insns; at_least=$ticks; }
		done
		near "2000 pairs of 65536 bytes on $heap, by icount and by perf stat" "$at_least" "$least"
	done
	against_perf restricted_mtk_cm 65536
	[ "$insns" -gt 0 ] && [ "$ticks" -gt "$((2 * insns))" ] || printf 'not '
	echo "ok perf does not see the secure world, and icount does: $insns and $ticks"
	against_latency restricted_carveout 65536
	against_latency restricted_mtk_cm 65536
	against_latency restricted_pages 65536
	against_latency system 4096
	END
	guest_step crosscheck /job/crosscheck
	guest_run
}
