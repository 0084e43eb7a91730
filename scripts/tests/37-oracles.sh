# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernels that find defects, and the proof that they do.

# the books' oracles catch what is lost on the release kernel, and a proof is kept
test_oracles_release()
{
	local proof

	expect 0 "caught  missing-scrub" rheap oracles --again release
	cat stdout
	[ "$(grep -c '^caught' stdout)" -eq 9 ] || fail "not nine oracles were proved"
	use oracles
	oracle_proof release
	cmp "$proof" stdout || fail "the proof that is kept is another"
}

# mistakes on purpose are caught on the kernel debug
test_oracles_debug()
{
	expect 0 "caught" rheap oracles debug
	cat stdout
}

setup_oracles_debug()
{
	setup_debug_kernel
}

setup_debug_kernel()
{
	OPT_KERNEL=debug
	PART_HASH=()
	setup_parts kernel
}

# a data race on purpose is caught on the kernel race
test_oracles_race()
{
	local OPT_KERNEL=race

	PART_HASH=()
	part_present kernel ||
		skip "no race kernel was built, which takes long; $RHEAP oracles race builds it"
	expect 0 "caught" rheap oracles race
	cat stdout
}

# an oracle that does not catch its mistake makes stress void: it ends with 7
test_oracles_void()
{
	local code=0

	use stress
	# Nothing on the release kernel tells of a use after free
	echo 'use-after-free all KASAN KASAN: slab-use-after-free' >cases
	(
		# shellcheck disable=SC2317 # called
		oracle_cases() { cat "$TEST_DIR/cases"; }
		# shellcheck disable=SC2317 # called
		oracle_proof() { proof=$TEST_DIR/proof; }
		cmd_stress --only web --ops 1 --out "$TEST_DIR/run"
	) >stdout 2>stderr || code=$?
	[ "$code" -eq "$EX_UNTRUSTED" ] || fail "it did not end with 7: $(cat stderr)"
	grep -q '^MISSED  use-after-free' stderr || fail "it does not tell which: $(cat stderr)"
	grep -q 'void: on the kernel release' stderr || fail "it does not tell what follows: $(cat stderr)"
	[ ! -e proof ] || fail "what was not proved was kept as a proof"
}

# a complaint about work that is done rightly proves nothing, either
test_oracles_early()
{
	local OPT_KERNEL=release

	use oracles
	mkdir logs
	printf 'right missing-scrub nothing\nfalse alarm: dma-bufs 0 -> 1\ncaught dma-bufs: x\n' >logs/said
	: >logs/console.log
	! oracle_verdicts logs >table || fail "a false alarm was no failure"
	grep -q '^VOID    dma-bufs .*there was: false alarm' table || fail "the table: $(cat table)"
}

# oracles refuses what makes no sense
test_oracles_usage()
{
	expect 64 "there is no kernel 'nosuch'" rheap oracles nosuch
	expect 64 "name the kernels without --kernel" rheap oracles --kernel debug
	expect 0 "Makes mistakes on purpose" rheap oracles --help
}

# what the kernels say is taken for a failure, and Linux's own data races are not
test_splats()
{
	local line

	use console
	while read -r line; do
		[ -n "$(echo "[    1.000000] $line" | kernel_splats)" ] || fail "no complaint: $line"
	done <<-'END'
	BUG: KASAN: slab-use-after-free in f+0x1/0x2 [restricted_heap]
	WARNING: possible circular locking dependency detected
	kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
	kmemleak: unreferenced object 0xffff000001 (size 64):
	DMA-API: virtio 0000:00:01.0: device driver frees DMA memory with wrong function
	list_add corruption. next->prev should be prev
	UBSAN: array-index-out-of-bounds in f.c:3:4
	INFO: task kworker:3 blocked for more than 60 seconds.
	END
	for line in "DMA-API: preallocated 65536 debug entries" "kmemleak: Kernel memory leak detector initialized"; do
		[ -z "$(echo "[    1.000000] $line" | kernel_splats)" ] || fail "a complaint: $line"
	done
	[ -z "$(race_log '' | kernel_splats)" ] || fail "a race of Linux's own is told"
	[ -n "$(race_log ' [restricted_tee]' | kernel_splats)" ] || fail "a race of ours is not told"
	[ -z "$(race_log ' [restricted_tee]' gen_pool_alloc gen_pool_free | kernel_splats)" ] ||
		fail "a race of the lock-free pool of Linux is told"
	[ -n "$(race_log ' [restricted_tee]' memcpy gen_pool_free | kernel_splats)" ] ||
		fail "a race of ours with Linux's pool is not told"
}

# race_log MODULE [ONE OTHER]: a data race as KCSAN tells it, in two functions that
# others of MODULE have called.
race_log()
{
	sed 's/^/[    1.000000] /' <<-END
	==================================================================
	BUG: KCSAN: data-race in ${2:-one} / ${3:-other}
	read to 0xffff000001 of 8 bytes by task 33 on cpu 1:
	 ${2:-one}+0x1/0x2
	 caller+0x1/0x2$1
	write to 0xffff000001 of 8 bytes by task 34 on cpu 0:
	 ${3:-other}+0x1/0x2
	 caller+0x1/0x2$1
	==================================================================
	END
}
