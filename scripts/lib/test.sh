# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap test`: run all tests, or those that are named.
#
# A test is a function test_NAME in scripts/tests/*.sh; the comment line above
# it tells what it shows. It runs beside other tests, in a process group of its
# own with TEST_DIR, an empty folder, as the current one, and what it prints goes
# to a log. It either ends with 0 (passed), 4 (skipped) or another code (failed),
# the last line of the log being the reason; or it reports many results with
# `result`.
# Where there is a function setup_NAME, it builds what the test takes long to
# build, before the first test, and tells how far it is.

use exec

TEST_LIST=
TEST_JOBS=
TEST_OPTIONS=()
TESTS_FAILED=0
# The tests that run: name and start (seconds of this shell) by process
declare -gA TEST_NAMES=() TEST_STARTS=()
# How long each test that ended took: "SECONDS NAME"
TEST_TIMES=()

help_test()
{
	cat <<-END
	usage: $RHEAP test [OPTIONS] [NAME...]

	Runs all tests, or those whose names are given (a pattern such as 'exec*' will
	do), and ends with the line "N passed, N failed". Sets up first what is missing.
	Results are printed as tests end, which is not always in the order of the list.

	Options:
	  --list                       list the tests
	  --jobs N                     run so many tests at a time (one per processor)
	END
}

option_test()
{
	case $1 in
	--list)
		TEST_LIST=1
		OPT_TAKEN=1
		;;
	--jobs)
		need_value test "$@"
		need_number "$1" "$2" 1
		TEST_JOBS=$((10#$2))
		OPT_TAKEN=2
		;;
	esac
}

cmd_test()
{
	local names

	parse_options test "$@"
	load_tests
	if [ -n "$TEST_LIST" ]; then
		list_tests
		return
	fi
	mapfile -t names < <(chosen_tests "${REST[@]}")
	[ ${#names[@]} -gt 0 ] ||
		die "$EX_USAGE" "no test matches '${REST[*]}'; $RHEAP test --list lists them"
	# shellcheck disable=SC2086 # a list of words
	setup_parts $PARTS
	setup_tests "${names[@]}"
	machine_options
	scratch_init
	trap test_stopped INT TERM HUP
	run_tests "${names[@]}"
	[ "$TESTS_FAILED" -eq 0 ] || exit "$EX_TEST"
}

setup_tests()
{
	local name

	for name; do
		! declare -F "setup_$name" >/dev/null || (trap - EXIT; "setup_$name")
	done
}

load_tests()
{
	local file

	for file in "$SCRIPTS"/tests/*.sh; do
		# shellcheck source=/dev/null
		. "$file"
	done
}

# all_tests: their names, in the order of the files.
all_tests()
{
	sed -n 's/^test_\([a-z0-9_]*\)()$/\1/p' "$SCRIPTS"/tests/*.sh
}

list_tests()
{
	awk '
		/^# / { told = substr($0, 3) }
		/^test_[a-z0-9_]*\(\)$/ {
			sub(/^test_/, "")
			sub(/\(\)$/, "")
			printf "%-24s %s\n", $0, told
		}' "$SCRIPTS"/tests/*.sh
}

# chosen_tests PATTERN...: the tests that match one of them; all without any.
chosen_tests()
{
	local name pattern

	while read -r name; do
		[ $# -gt 0 ] || echo "$name"
		for pattern; do
			# shellcheck disable=SC2053 # a pattern, not a word
			[[ $name == $pattern ]] || continue
			echo "$name"
			break
		done
	done < <(all_tests)
}

# run_tests NAME...: sets TESTS_FAILED to the number of results that are failures.
run_tests()
{
	local name passed=0 failed=0 skipped=0 summary jobs=${TEST_JOBS:-$(nproc)}

	mkdir "$SCRATCH/tests"
	for name; do
		[ ${#TEST_NAMES[@]} -lt "$jobs" ] || end_test
		start_test "$name"
	done
	while [ ${#TEST_NAMES[@]} -gt 0 ]; do
		end_test
	done
	slowest_tests
	summary="$passed passed, $failed failed"
	[ "$skipped" -eq 0 ] || summary+=", $skipped skipped"
	echo "$summary"
	TESTS_FAILED=$failed
}

# start_test NAME: run a test function in a process group of its own.
start_test()
{
	TEST_NAME=$1
	TEST_DIR=$SCRATCH/tests/$1
	TEST_RESULTS=$TEST_DIR.results
	mkdir "$TEST_DIR"
	: >"$TEST_RESULTS"
	set -m
	(
		trap - EXIT INT TERM HUP ERR
		cd "$TEST_DIR" || exit
		"test_$TEST_NAME"
	) </dev/null >"$TEST_DIR.log" 2>&1 &
	set +m
	TEST_NAMES[$!]=$1
	TEST_STARTS[$!]=$SECONDS
}

# end_test: wait for a test to end, and count its results.
end_test()
{
	local pid name status=0

	wait -n -p pid "${!TEST_NAMES[@]}" || status=$?
	name=${TEST_NAMES[$pid]}
	TEST_TIMES+=("$((SECONDS - TEST_STARTS[$pid])) $name")
	unset "TEST_NAMES[$pid]" "TEST_STARTS[$pid]"
	count_results "$name" "$status"
	rm -rf "$SCRATCH/tests/$name"
}

# count_results NAME STATUS: of a test that ended with this code.
count_results()
{
	local name=$1 told=0 kind words files=$SCRATCH/tests/$1

	while read -r kind words; do
		count_result "$kind" "$name: $words"
		told=1
	done <"$files.results"
	case $2 in
	0) [ "$told" -eq 1 ] || count_result pass "$name" ;;
	4) count_result skip "$name: $(last_words "$files.log")" ;;
	*)
		count_result fail "$name: $(last_words "$files.log")"
		tail -n 20 "$files.log" | sed 's/^/  | /'
		;;
	esac
}

# slowest_tests: a line for who wants the whole to be faster.
slowest_tests()
{
	[ ${#TEST_TIMES[@]} -gt 1 ] || return 0
	echo "slowest: $(printf '%s\n' "${TEST_TIMES[@]}" | sort -rn | head -n 5 |
		awk '{ printf "%s%s %d s", (NR > 1 ? ", " : ""), $2, $1 }')"
}

# count_result KIND TEXT: one line for one result.
count_result()
{
	case $1 in
	pass)
		passed=$((passed + 1))
		echo "ok $2"
		;;
	skip)
		skipped=$((skipped + 1))
		echo "skipped $2"
		;;
	*)
		failed=$((failed + 1))
		echo "FAILED $2"
		;;
	esac
}

last_words()
{
	grep -av '^ *$' "$1" | tail -n 1
}

# An interrupted run takes the tests that run with it, and their machines.
test_stopped()
{
	local pid

	for pid in "${!TEST_NAMES[@]}"; do
		kill -TERM -- "-$pid" 2>/dev/null || :
	done
	exit 130
}

# What follows is for the tests themselves.

# result pass|fail|skip TEXT...: report one result of several.
result()
{
	printf '%s\n' "$*" >>"$TEST_RESULTS"
}

# fail WHY...: end the test.
fail()
{
	printf '%s\n' "$*"
	exit 1
}

# skip WHY...: end the test, which cannot be done here.
skip()
{
	printf '%s\n' "$*"
	exit "$EX_SKIP"
}

# expect CODE TEXT COMMAND...: the command ends with CODE and what it prints
# holds TEXT. Its streams stay in the files stdout and stderr.
expect()
{
	local code=$1 text=$2 status=0

	shift 2
	echo "\$ $*"
	"$@" >stdout 2>stderr || status=$?
	tail -qn 20 stdout stderr | cut -c1-300 | cat -v
	[ "$status" -eq "$code" ] || fail "exit code $status, not $code: $*"
	[ -z "$text" ] || grep -qF -- "$text" stdout stderr || fail "no '$text' in what this printed: $*"
}

# rheap ARGS...: the command under test, as a user calls it, with the options that
# say on what the tests run.
rheap()
{
	local words=()

	case " $COMMANDS " in
	*" ${1:-} "*)
		words=("$1" "${TEST_OPTIONS[@]}")
		shift
		;;
	esac
	"$SCRIPTS/rheap" "${words[@]}" "$@"
}

# machine_options: TEST_OPTIONS becomes the options that name another machine
# than the usual one.
machine_options()
{
	TEST_OPTIONS=()
	[ "$OPT_KERNEL" = release ] || TEST_OPTIONS+=(--kernel "$OPT_KERNEL")
	[ -z "$OPT_SERIES" ] || TEST_OPTIONS+=(--series "$OPT_SERIES")
	[ -z "$OPT_LINUX" ] || TEST_OPTIONS+=(--linux "$OPT_LINUX")
	[ -z "$OPT_MODULE_CFLAGS" ] || TEST_OPTIONS+=(--module-cflags "$OPT_MODULE_CFLAGS")
	! option_given --tee || TEST_OPTIONS+=(--tee "$OPT_TEE")
}

# guest_script NAME: a script for the machine, from stdin.
guest_script()
{
	{
		echo '#!/bin/sh'
		cat
	} >"$1"
	chmod 755 "$1"
}
