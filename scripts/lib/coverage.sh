# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap coverage`: which lines of module/ run when the tests that boot are run on
# the kernel cov. The run folder gets
#   coverage.json        what it was made with
#   counts/TEST, logs/TEST  what gcov counted, and what both worlds said

use test guest-tests provenance coverage-boots

COVERAGE_LIST=
# The tests of scripts/tests that ask our modules for something; those of
# coverage-boots.sh are run, too.
readonly COVERAGE_TESTS="kunit contract storm tee_death contract_policies lending
	storm_policies no_tee tracepoints kunit_sim contract_sim sim_parameters sim_unload
	sim_alone kept_recovered ledger_ours kernel_bench torment torment_faults"

help_coverage()
{
	cat <<-END
	usage: $RHEAP coverage [OPTIONS] [NAME...]

	Runs tests on the kernel cov, where gcov counts how often each line of our modules
	has run, and prints a table of the files and every line that never did, as
	Markdown. results/coverage.md holds what this printed.

	What runs inside OP-TEE (module/optee) is out of the kernel's sight, and the
	modules that are tests themselves (module/kunit, module/ledger, module/faults,
	module/importer) are not counted.
	results/coverage-reasons.txt says why a line does not run.

	With NAMEs only those tests are run, and nothing is judged.

	Options:
	  --list                       list the tests that are run
	  --jobs N                     run so many at a time (one per processor)

	Exit codes: 0 all is well; 2 a test failed, less than 90 % of the lines ran, one
	that did not has no reason, or one that has a reason did run.

	Examples:
	  $RHEAP coverage >results/coverage.md
	  $RHEAP coverage kunit contract
	END
}

option_coverage()
{
	case $1 in
	--list)
		COVERAGE_LIST=1
		OPT_TAKEN=1
		;;
	--jobs) option_test "$@" ;;
	esac
}

cmd_coverage()
{
	local names run code=0

	parse_options coverage "$@"
	! option_given --kernel || [ "$OPT_KERNEL" = cov ] ||
		die "$EX_USAGE" "only the kernel cov counts lines: coverage takes no --kernel $OPT_KERNEL"
	OPT_KERNEL=cov
	load_tests
	names=$(coverage_names) || exit
	if [ -n "$COVERAGE_LIST" ]; then
		echo "$names"
		return
	fi
	run=${OPT_OUT:-$ROOT/results/runs/coverage-$(date -u +%Y%m%dT%H%M%SZ)}
	[ ! -e "$run" ] || die "$EX_USAGE" "$run is there already; give another --out"
	# shellcheck disable=SC2086 # a list of words
	setup_parts $PARTS
	mkdir -p "$run" || die "$EX_RESOURCE" "cannot make the run folder $run"
	run=$(realpath "$run")
	machine_options
	scratch_init
	trap test_stopped INT TERM HUP
	GUEST_COUNTS=$run
	# All takes longer where each line counts
	: "${OPT_TIMEOUT:=900}"
	build_facts | facts_to_json >"$run/coverage.json"
	# shellcheck disable=SC2086 # a list of words
	run_tests $names >&2
	[ "$TESTS_FAILED" -eq 0 ] || code=$EX_TEST
	coverage_tell "$run" || code=$?
	say "rheap: run folder: $run"
	exit "$code"
}

# coverage_names: the tests to run, one a line.
coverage_names()
{
	local name all

	all=$(tr -s ' \t\n' '\n' <<<"$COVERAGE_TESTS"; coverage_boots)
	for name in "${REST[@]}"; do
		grep -qxF -- "$name" <<<"$all" ||
			die "$EX_USAGE" "no test '$name' here; $RHEAP coverage --list lists them"
	done
	printf '%s\n' "${REST[@]:-$all}" | grep .
}

# coverage_tell RUN: the table; fails where it is not as it should be.
coverage_tell()
{
	local words=()

	[ ${#REST[@]} -eq 0 ] || words=(--part)
	/usr/bin/python3 -B "$SCRIPTS/coverage/coverage.py" "$1" --module "$ROOT/module" \
		--gcno "$(part_dir module)/gcno" --gcov "${CROSS}gcov" \
		--reasons "$ROOT/results/coverage-reasons.txt" "${words[@]}"
}
