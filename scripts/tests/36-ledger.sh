# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The bug ledger (results/ledger.md).

# the ledger has every defect, and names tests that exist; none is missing
test_ledger_names()
{
	local number name named known

	cd "$ROOT" || exit
	for number in 0{1..9} 10 {a..g}; do
		grep -q "^| $number | .*\`.*\` |\$" results/ledger.md ||
			fail "results/ledger.md has no test for defect $number"
	done
	named=$(ledger_named_tests)
	known=$(kunit_cases; all_tests)
	for name in $named; do
		grep -qx "$name" <<<"$known" || fail "results/ledger.md names $name, and there is no such test"
	done
	for name in $(kunit_cases | grep '^ledger_'); do
		grep -qx "$name" <<<"$named" || fail "results/ledger.md does not name $name"
	done
}

# ledger_named_tests: what stands in the last column of the ledger's tables.
ledger_named_tests()
{
	sed -n 's/^| [0-9a-g]* | .* | \(`[^|]*\) |$/\1/p' "$ROOT/results/ledger.md" | tr -d '`,' | tr ' ' '\n'
}

# kunit_cases: all cases of our KUnit suites.
kunit_cases()
{
	sed -n 's/^\tKUNIT_CASE[A-Z_]*(\([a-z0-9_]*\).*/\1/p' "$ROOT"/module/kunit/*.c "$ROOT"/module/kunit/sim/*.c
}

# what can be tried on any heap of mainline's defects does not show on ours
test_ledger_ours()
{
	local heap heaps=()

	use guest-tests
	for heap in restricted_carveout restricted_mtk_cm restricted_mtk_cma restricted_pages; do
		heaps+=(--heap "$heap")
	done
	guest_step ledger_ours /job/bin/ledger "${heaps[@]}" --defect a-race --defect d-unbind --defect f-4-gib --defect g-ping-pong
	guest_run
}

# mainline's defects that leave the kernel alive are still seen, or are gone
test_ledger_peer()
{
	use guest-tests
	guest_step ledger_peer /job/bin/ledger --defect d-unbind --defect f-4-gib
	guest_run
}

# ledger refuses what makes no sense, and tells what there is
test_ledger_usage()
{
	expect 64 "unknown defect 'h'; there are: a-race" rheap ledger h
	expect 64 "ledger takes no --tee" rheap ledger --tee none
	expect 0 "e-register     --tee none" rheap ledger --help
}
