# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What `rheap coverage` runs beside tests of `rheap test`: machines that are not as
# they should be, and the faults that the kernel cov makes.

# coverage_boots: their names.
coverage_boots()
{
	sed -n 's/^test_\([a-z0-9_]*\)()$/\1/p' "$SCRIPTS/lib/coverage-boots.sh"
}

# heap_module_order: the modules that are no tests, tee_sim too, as they need each other.
heap_module_order()
{
	local file files=()

	for file in "$(part_dir module)"/*.ko; do
		case $file in
		*_kunit.ko | *_faults.ko | *_importer.ko | */ledger.ko) ;;
		*) files+=("$file") ;;
		esac
	done
	module_order "${files[@]}"
}

# quiet_faults: a step's first words: make memory fail, without a word of each time.
quiet_faults()
{
	cat <<-'END'
	for file in /sys/kernel/debug/fail*/verbose; do echo 0 >$file; done
	echo N >/sys/kernel/debug/failslab/ignore-gfp-wait
	END
}

# each allocation that any of the heaps asks for fails once
test_fail_nth_all()
{
	guest_step fail_nth_all sh -c "$(quiet_faults)
		exec /job/bin/torment --only fail-nth --ops 100000 --seconds 700"
	OPT_CLOCK=wall OPT_CPUS=2 OPT_TIMEOUT=900 guest_run
}

# What the kernel complains of when it gets no memory for a module's tracepoints,
# static keys or caches: that is its own.
readonly LOADING_SPARES='WARNING: kernel/(trace/trace_events|jump_label)\.c:|__kmem_cache_create_args.* failed with error'

# insert NAME...: lines of a guest's script that load modules.
insert()
{
	printf 'insmod /job/modules/%s.ko || exit\n' "$@"
}

# loading_of NAME...: the program's words for these modules.
loading_of()
{
	printf ' --module /job/modules/%s.ko' "$@"
}

# modules go when nobody needs them, and each allocation of their loading fails once
test_loading()
{
	local others

	GUEST_TEE=none GUEST_BARE=1 LOG_SPARES=$LOADING_SPARES
	use initrd
	mkdir job
	guest_step unload /job/unload
	others=$(heap_module_order | grep -vx restricted_mtk)
	# shellcheck disable=SC2086 # a list of words
	guest_step loading sh -c "$(quiet_faults)
		exec /job/bin/loading $(loading_of $others)"
	# Of its two heaps only the first finds room
	guest_step loading_mtk sh -c "insmod /job/modules/restricted_crowd_faults.ko \
			heaps=\$((127 - \$(ls /dev/dma_heap | wc -l))) || exit
		/job/bin/loading $(loading_of restricted_mtk) || exit
		[ -e /dev/dma_heap/restricted_mtk_cm ] && [ ! -e /dev/dma_heap/restricted_mtk_cma ] || echo not ok its heaps"
	guest_script job/unload <<-'END'
	names="restricted_memory restricted_heap restricted_tee"
	for i in 1 2; do
		for name in $names; do insmod /job/modules/$name.ko || echo "not ok $name does not load"; done
		for name in restricted_tee restricted_heap restricted_memory; do
			rmmod $name && echo "ok $name goes, $i" || echo "not ok $name"
		done
		[ ! -e /sys/kernel/restricted_heap ] && [ ! -e /sys/kernel/debug/restricted_memory ] &&
			echo "ok nothing is left, $i" || echo "not ok something is left"
	done
	END
	OPT_CLOCK=wall OPT_CPUS=2 OPT_TIMEOUT=900 guest_run
}

# where there is no room for another heap no module of one can be loaded, whatever fails
test_crowded()
{
	GUEST_TEE=none GUEST_BARE=1 LOG_SPARES=$LOADING_SPARES
	guest_step crowded sh -c "$(quiet_faults; insert restricted_memory restricted_heap restricted_tee)
		insmod /job/modules/restricted_crowd_faults.ko heaps=128 || exit
		exec /job/bin/loading --refused \
			$(loading_of direct_carveout direct_pages restricted_carveout restricted_mtk restricted_pages)"
	OPT_CLOCK=wall OPT_CPUS=2 OPT_TIMEOUT=900 guest_run
}

# regions DTB NAME...: the nodes of these regions of ours.
regions()
{
	local names

	names=$(IFS='|'; echo "${*:2}")
	fdtget -l "$1" /reserved-memory | grep -E "^($names)@" | sed 's|^|/reserved-memory/|'
}

# drop_regions DTB: the device tree of a machine that has no region for us.
drop_regions()
{
	regions "$1" memory-service restricted-carveout direct-carveout dynamic-restricted |
		xargs fdtput -r "$1"
}

# damage_regions DTB: regions that the kernel would map.
damage_regions()
{
	local node

	for node in $(regions "$1" memory-service restricted-carveout direct-carveout); do
		fdtput -d "$1" "$node" no-map
	done
}

# heaps without their regions take other memory, or are not there
test_no_regions()
{
	GUEST_TEE=none GUEST_BARE=1
	BOOT_TREE=drop_regions
	guest_step no_regions /job/no_regions
	guest_step contract /job/bin/contract --heap restricted_mtk_cm --heap restricted_mtk_cma --heap restricted_pages
	mkdir job
	guest_script job/no_regions <<-'END'
	cd /job/modules || exit
	say()
	{
		[ $? -eq 0 ] && echo "ok $1" || echo "not ok $1"
	}
	for name in restricted_memory restricted_heap restricted_tee; do insmod $name.ko || exit; done
	! insmod tee_sim.ko pool_mb=0 2>/dev/null
	say "a pool of 0 MiB is refused"
	! insmod tee_sim.ko pool_mb=4095 2>/dev/null
	say "a pool that there is no memory for is refused"
	! insmod tee_sim.ko protmem_mb=4095 2>/dev/null && [ ! -e /dev/tee0 ]
	say "so is such protected memory, and nothing stays"
	insmod tee_sim.ko pool_mb=4 && rmmod tee_sim && insmod tee_sim.ko pool_mb=16
	say "a pool of the kernel's memory comes and goes"
	for name in restricted_carveout direct_carveout; do
		! insmod $name.ko 2>/dev/null && [ ! -e /dev/dma_heap/$name ]
		say "no $name without a region"
	done
	for name in restricted_mtk restricted_pages direct_pages; do insmod $name.ko || exit; done
	[ -e /dev/dma_heap/restricted_mtk_cm ] && [ -e /dev/dma_heap/restricted_mtk_cma ]
	say "the heaps that need none are there"
	END
	guest_run
}

# regions that cannot be used are refused
test_damaged_regions()
{
	GUEST_TEE=none GUEST_BARE=1
	BOOT_TREE=damage_regions
	guest_step damaged_regions /job/damaged_regions
	mkdir job
	guest_script job/damaged_regions <<-'END'
	cd /job/modules || exit
	for name in restricted_memory restricted_heap restricted_tee; do insmod $name.ko || exit; done
	for name in tee_sim restricted_carveout direct_carveout restricted_mtk; do
		insmod $name.ko 2>/tmp/why
		if grep -q 'Invalid\|invalid' /tmp/why && ! grep -q "^$name " /proc/modules; then
			echo "ok $name is refused"
		else
			echo "not ok $name: $(cat /tmp/why)"
		fi
	done
	END
	guest_run
}

# all that may be read is read, and what may be written takes its own words
test_files()
{
	GUEST_TEE=sim
	guest_step files /job/files
	mkdir job
	guest_script job/files <<-'END'
	files()
	{
		find /sys/kernel/restricted_heap /sys/module/restricted_*/parameters /sys/module/direct_*/parameters \
			/sys/module/tee_sim/parameters /sys/kernel/debug/restricted_memory /sys/kernel/debug/tee_sim -type f
	}
	for file in $(files); do
		[ -n "$(ls -l "$file" | grep '^-r')" ] || continue
		cat "$file" >/tmp/value && [ -n "$(ls -l "$file" | grep '^-rw')" ] || continue
		grep -q . /tmp/value || continue
		# What these tell is no order
		case $file in /sys/kernel/debug/*) continue ;; esac
		cat /tmp/value >"$file" 2>/dev/null && cmp -s "$file" /tmp/value || echo "not ok $file: $(cat /tmp/value)"
	done
	echo "ok all files were read, and took what they gave"
	echo die >/sys/kernel/debug/tee_sim/life
	cat /sys/kernel/debug/tee_sim/life && echo "ok a dead TEE tells how it died"
	echo revive >/sys/kernel/debug/tee_sim/life
	END
	guest_run
}

# the twin of the pages and the bench take a TEE that fails as the heaps do
test_twin_faults()
{
	GUEST_TEE=sim
	# Of the TEE's faults the twins do not recover.
	guest_step fail_nth sh -c "$(quiet_faults)
		exec /job/bin/torment --only fail-nth --heap direct_carveout --heap direct_pages --seconds 700"
	guest_step twin_faults /job/twin_faults
	mkdir job
	guest_script job/twin_faults <<-'END'
	faults=/sys/kernel/debug/tee_sim/faults
	say()
	{
		[ $? -eq 0 ] && echo "ok $1" || echo "not ok $1"
	}
	twin()
	{
		/job/bin/latency --heap direct_pages --size 64K --samples 5 >/dev/null 2>&1
	}
	phase()
	{
		/job/bin/kernel --case phase --heap restricted_pages --heap direct_pages --size 4K --samples 5 "$@" \
			>/tmp/out 2>&1
		code=$?
		echo off >$faults
		return $code
	}
	# One may be of a buffer that latency does not measure
	echo "fail cmd=restrict times=0" >$faults
	! twin
	say "the twin fails"
	echo off >$faults
	twin
	say "and works again"
	for nth in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do
		echo "fail cmd=restrict nth=$nth" >$faults
		phase --warmup 0
		phase --warmup 0
		say "the bench works again after failure $nth"
	done
	echo 1 >/sys/kernel/tracing/events/restricted_heap/enable
	phase
	say "the bench works when it is listened to"
	echo 0 >/sys/kernel/tracing/events/restricted_heap/enable
	# A call for each of 16 pages: the last life's second fails, and to undo the first
	echo 4096 >/sys/kernel/restricted_heap/restricted_pages/batch_bytes
	echo "fail cmd=restrict nth=34" >$faults
	echo "refuse_unrestrict nth=33 times=1" >$faults
	/job/bin/kernel --case phase --heap restricted_pages --size 64K --samples 5 --warmup 0 >/tmp/out 2>&1
	grep -q 'injected=1$' $faults && grep -q . /tmp/out
	say "the bench ends where memory may be restricted"
	echo off >$faults
	echo 0 >/sys/kernel/restricted_heap/restricted_pages/batch_bytes
	# What is lost stays lost
	for nth in 3 5 7; do
		echo "refuse_unrestrict nth=$nth times=1" >$faults
		phase --warmup 0
	done
	grep -q . /tmp/out
	say "the bench ends where memory cannot be had back"
	END
	OPT_CLOCK=wall OPT_CPUS=2 OPT_TIMEOUT=900 guest_run
}

# with dma_heap.mem_accounting pages are charged to who allocates
test_accounting()
{
	GUEST_TEE=sim
	BOOT_ARGUMENTS=dma_heap.mem_accounting=1
	guest_step accounting /job/bin/contract --heap restricted_pages
	guest_step twin sh -c "/job/bin/latency --heap direct_pages --size 4K --samples 30 >/dev/null && echo ok the twin works"
	guest_run
}

# the bench inside the kernel, by either clock
test_kernel_icount()
{
	kernel_cases
	OPT_CLOCK=icount guest_run
}

test_kernel_wall()
{
	kernel_cases
	OPT_CLOCK=wall OPT_CPUS=2 guest_run
}

# kernel_cases: a step with all cases; that what is known is not measured as such is
# no wonder with counters in between (7).
kernel_cases()
{
	# shellcheck disable=SC2016 # for that shell
	guest_step "$TEST_NAME" sh -c '/job/bin/kernel --samples 30 >/dev/null 2>/tmp/why
		case $? in 0 | 7) echo "ok all cases" ;; *) echo "not ok: $(cat /tmp/why)" ;; esac'
}
