# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What keeping memory lent is for: a warm buffer needs no call into the TEE.

# What a lone buffer costs where each lends all and takes it back, over what it
# may cost where that is put off; instructions for 8 MiB from a warm pool.
readonly LONE_RATIO=200 WARM_8M=6000

# a lone buffer of mainline's dynamic pool costs 200 times what it costs here
test_lone_buffer()
{
	use guest-tests
	OPT_TEE=optee-dynamic OPT_CLOCK=icount
	PART_HASH=()
	# shellcheck disable=SC2086 # a list of words
	setup_parts $PARTS
	guest_step lone /job/lone "$LONE_RATIO"
	mkdir -p job
	guest_script job/lone <<-'END'
	ratio=$1
	ours=/sys/kernel/restricted_heap
	echo pool >$ours/restricted_pages/policy
	# cycle HEAP PAUSE: the median of an alloc and a free, with a rest before each
	cycle()
	{
		/job/bin/latency --heap $1 --size 4K --samples 60 --warmup 4 --pause $2 --baseline off 2>/dev/null |
			sed -n 's/.*"op":"cycle".*"p50":\([0-9]*\),.*/\1/p'
	}
	lone=$(cycle protected,secure-video 0)
	for heap in restricted_mtk_cma restricted_pages; do
		warm=$(cycle $heap 50)
		[ -n "$warm" ] && [ "$lone" -ge $((warm * ratio)) ] && echo "ok $heap: $warm instructions, and mainline's $lone" ||
			echo "not ok $heap: $warm instructions, and mainline's $lone"
	done
	END
	guest_run
}

# 8 MiB from a warm pool cost no call, and at most 6,000 instructions
test_warm_pool()
{
	use guest-tests
	OPT_CLOCK=icount
	guest_step warm /job/warm "$WARM_8M"
	mkdir -p job
	guest_script job/warm <<-'END'
	most=$1
	heap=/sys/kernel/restricted_heap/restricted_pages
	stat()
	{
		sed -n "s/^$1 //p" $heap/stats
	}
	echo '8 4 0' >$heap/orders
	echo pool >$heap/policy
	/job/bin/latency --heap restricted_pages --size 8M --samples 30 --warmup 4 --pause 100 --baseline off >/tmp/out 2>/dev/null
	alloc=$(sed -n 's/.*"op":"alloc".*"p50":\([0-9]*\),.*/\1/p' /tmp/out)
	[ -n "$alloc" ] && [ "$alloc" -le "$most" ] && echo "ok an allocation of 8 MiB takes $alloc instructions" ||
		echo "not ok an allocation of 8 MiB takes $alloc instructions"
	# Only the first buffer missed, and what followed called to scrub alone
	hits=$(stat pool_hits) misses=$(stat pool_misses)
	[ "$misses" -le 2 ] && [ "$hits" -ge 30 ] && echo "ok of all allocations $hits made no call, and $misses did" ||
		echo "not ok of all allocations $hits made no call, and $misses did"
	END
	guest_run
}
