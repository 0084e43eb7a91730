# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What we measure, measured in another way. (That a loop of N instructions in the
# kernel is measured as N, the tests of the bench inside the kernel show; and that a
# histogram tells what its sorted samples do, the unit tests.)

# instructions by the clock are perf's, and latency's are a plain loop's, within 1 %
test_crosscheck()
{
	local job

	use guest-tests
	OPT_CLOCK=icount
	BOOT_USERLAND=$(part_dir userland)/root
	job=$TEST_DIR/job
	mkdir -p "$job"
	"${CROSS}gcc" --sysroot="$BOOT_USERLAND" -O2 -static -Wall -Wextra -Werror \
		-I"$(part_dir kernel)/headers/include" "$SCRIPTS/tests/minimal_loop.c" -o "$job/minimal" ||
		fail "minimal_loop.c does not compile"
	guest_script "$job/check" <<-'END'
	# near WHAT A B: within 1 % of each other
	near()
	{
		awk -v what="$1" -v a="$2" -v b="$3" 'BEGIN {
			off = b ? (a > b ? a - b : b - a) / b : 1
			printf "%s %s: %s and %s\n", off <= 0.01 ? "ok" : "not ok", what, a, b
		}'
	}
	# A processor that only computes: a nanosecond of the clock is an instruction
	chroot /userland perf stat -x , -e instructions,duration_time -o /tmp/perf \
		awk 'BEGIN { for (i = 0; i < 3000000; i++) x += i }' || exit 1
	counted=$(awk -F , '$3 ~ /^instructions/ { print $1 }' /tmp/perf)
	clock=$(awk -F , '$3 ~ /^duration_time/ { print $1 }' /tmp/perf)
	near "instructions of perf stat and of the clock" "${counted:-0}" "${clock:-0}"
	for heap in restricted_carveout restricted_mtk_cm system; do
		/job/bin/latency --heap $heap --size 64K --samples 501 --warmup 50 --baseline off >/tmp/ours 2>/dev/null
		/job/minimal /dev/dma_heap/$heap 65536 >/tmp/plain || exit 1
		for op in alloc free; do
			ours=$(sed -n "s/.*\"op\":\"$op\".*\"p50\":\([0-9]*\),.*/\1/p" /tmp/ours)
			near "$heap $op, latency and a plain loop" "${ours:-0}" "$(sed -n "s/^$op //p" /tmp/plain)"
		done
	done
	END
	guest_step crosscheck /job/check
	guest_run
}
