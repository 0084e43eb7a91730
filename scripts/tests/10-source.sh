# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# every shell script is clean under shellcheck
test_shellcheck()
{
	cd "$ROOT" || exit
	shellcheck -x scripts/rheap .ci/run scripts/lib/*.sh scripts/tests/*.sh \
		scripts/machine/init scripts/machine/gcov bench/tests/*.sh stress/tests/*.sh
}

# every file says under which licence it is
test_licences()
{
	local bare

	cd "$ROOT" || exit
	have git && git rev-parse --verify -q HEAD >/dev/null || skip "not a git checkout"
	bare=$(git ls-files | grep -E '\.(c|h|sh|py|gp|ini|config|dtso|S)$' | xargs -r grep -L SPDX-License-Identifier)
	[ -z "$bare" ] || fail "without SPDX line: $bare"
}

# checkpatch --strict finds nothing in the modules
test_checkpatch()
{
	local files

	cd "$ROOT" || exit
	mapfile -t files < <(find module -name '*.[ch]' ! -name trace.h ! -name compat.h ! -path '*/optee/*' ! -path '*/service/*')
	checkpatch "${files[@]}"
	# The one place that tells kernels apart.
	checkpatch --ignore LINUX_VERSION_CODE,CONSTANT_COMPARISON module/compat.h
	# The tracepoint macros ask for a layout that these types do not know.
	mapfile -t files < <(find module -name trace.h)
	checkpatch --ignore OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT,MULTISTATEMENT_MACRO_USE_DO_WHILE "${files[@]}"
}

checkpatch()
{
	local tree

	tree=$(part_dir kernel)/source
	"$tree/scripts/checkpatch.pl" --no-tree --root="$tree" --strict --terse --file --no-summary "$@"
}

# kernel-doc -Wall finds nothing in the modules
test_kernel_doc()
{
	local files tree

	cd "$ROOT" || exit
	tree=$(part_dir kernel)/source
	mapfile -t files < <(find module -name '*.[ch]' ! -path '*/optee/*')
	"$tree/scripts/kernel-doc" -none -Wall "${files[@]}" >"$TEST_DIR/said" 2>&1 || fail "kernel-doc ended with $?"
	[ ! -s "$TEST_DIR/said" ] || fail "kernel-doc says: $(head -n 1 "$TEST_DIR/said")"
}

# the kernel's semantic patches (make coccicheck) find nothing in the modules
test_coccicheck()
{
	local found make

	cp -r "$ROOT/module" tree
	rm -rf tree/optee tree/service/tests
	# What they have to find, so that one sees that they look.
	echo 'void fault(void *p) { if (p) kfree(p); }' >tree/fault.c
	make="make -C $(part_dir kernel)/build M=$PWD/tree ARCH=arm64 CROSS_COMPILE=$CROSS -s"
	mkdir said
	# shellcheck disable=SC2016 # for that shell
	semantic_patches | xargs -P "$(nproc)" -I {} sh -c \
		"$make"' MODE=report J=1 COCCI="$1" coccicheck >"said/$(basename "$1")" 2>&1' - {} ||
		fail "coccicheck failed: $(cat said/* | grep -v '^ *$' | tail -n 1)"
	found=$(coccicheck_reports)
	grep -q '^\./fault.c:1:' <<<"$found" || fail "the fault was not found"
	found=$(grep -v '^\./fault.c:' <<<"$found") || return 0
	printf '%s\n' "$found"
	fail "$(wc -l <<<"$found") reports, the first: $(head -n 1 <<<"$found")"
}

# semantic_patches: those that can report. Two of them need a compiler for
# OCaml: one is for one driver, and sparse does what the other does.
semantic_patches()
{
	grep -rlE --include='*.cocci' 'virtual[[:space:]]+report' "$(part_dir kernel)/source/scripts/coccinelle/" |
		xargs grep -L 'ocaml'
}

# coccicheck_reports: what was reported, but for what is right as it is: the
# service's books, which OP-TEE builds too, have no min(), and a KUnit
# expectation that compares PTR_ERR() prints nothing.
coccicheck_reports()
{
	grep -hE '^[^ ]+\.[ch]:[0-9]+' said/* |
		grep -vE '^\./service/.* opportunity for (min|max)|^\./kunit/.* %pe to print PTR_ERR' | sort
}

# the modules were built with W=1 C=1 without a word
test_module_warnings()
{
	[ -f "$(part_log module)" ] || skip "the log of the build is gone; it would be $(part_log module)"
	modules_built_quietly
}

# modules_built_quietly: as far as the log is there.
modules_built_quietly()
{
	local log

	log=$(part_log module)
	[ -f "$log" ] || return 0
	! grep -niE 'warning:|error:|not available or not up to date' "$log" || fail "the build of the modules warned"
}

# the unit tests of what is written in Python: the report, the plans
test_python_units()
{
	local dir status=0

	for dir in "$SCRIPTS"/*/tests; do
		/usr/bin/python3 -B -m unittest discover -v -s "$dir" 2>units || status=$?
		cat units
		unittest_results <units
	done
	return "$status"
}

# unittest_results: what unittest -v says, as results.
unittest_results()
{
	local line

	while IFS= read -r line; do
		case $line in
		*' ... ok') result pass "${line%% (*}" ;;
		*' ... skipped'*) result skip "${line%% (*} ${line##*skipped}" ;;
		*' ... FAIL' | *' ... ERROR') result fail "${line%% (*}" ;;
		esac
	done
}

# the description for syzkaller has every heap of ours, and all that can be tuned
test_syzkaller()
{
	local text file heap name

	text=$(cat "$ROOT/stress/syzkaller/restricted_heap.txt")
	for name in $(cd "$ROOT/module/providers" && sed -n 's/^.*\.name = "\(restricted_[a-z_]*\)",$/\1/p' ./*.c ./*/*.c); do
		[[ $text == *"\"/dev/dma_heap/$name\""* ]] || fail "the heap $name is not in it"
	done
	for file in pages/tunables:pages mtk_cma:mtk_cma carveout:carveout; do
		heap=restricted_${file#*:}
		for name in $(tunable_names "$ROOT/module/providers/${file%:*}.c"); do
			[[ $text == *"\"/sys/kernel/restricted_heap/$heap/$name\""* ]] || fail "$heap/$name is not in it"
			echo "$heap/$name"
		done
	done >tunables
	[ "$(wc -l <tunables)" -ge 12 ] || fail "only these tunables were found: $(cat tunables)"
}

# tunable_names FILE: of the files in sysfs that its heap lets be written.
tunable_names()
{
	sed -n 's/^.*ATTR_RW(\([a-z]*\(_[a-z]*\)*\));.*$/\1/p
		s/^NUMBER_ATTR(\([a-z_]*\),.*/\1/p
		s/^\t__ATTR(\([a-z_]*\),.*/\1/p' "$1"
}
