# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Baselines: those that are here, and the gate that takes one.

# the baselines here are run folders that the gate finds again, or refuses in words
test_baseline()
{
	local folder

	expect 64 "baseline needs 'save RUN' or 'show [NAME]'" "$SCRIPTS/rheap" baseline
	expect 64 "is not a run folder" "$SCRIPTS/rheap" baseline save nonesuch
	expect 3 "no baseline 'nonesuch'" "$SCRIPTS/rheap" baseline show nonesuch
	expect 64 "one boot of a wall clock tells nothing" "$SCRIPTS/rheap" gate --clock wall --base baseline --out wall
	for folder in "$ROOT"/results/baselines/*/; do
		folder=${folder%/}
		expect 0 "$(basename "$folder"): " "$SCRIPTS/rheap" baseline show --out drawn "$(basename "$folder")"
		[ -s "drawn/$(basename "$folder")/history.svg" ] || fail "$folder: no picture"
		result pass "$(basename "$folder") is shown and drawn"
		[ "$(jq -r .clock "$folder/run.json")" = icount ] || continue
		expect 0 "no regression, by 1 boot of each side" \
			"$SCRIPTS/rheap" gate --base baseline --head "$folder" --out "same.$(basename "$folder")"
		cp -r "$folder" other
		jq '.compiler = "another 0.1"' "$folder/run.json" >other/run.json
		expect 7 "compiler: " "$SCRIPTS/rheap" gate --base baseline --head other --out "other.$(basename "$folder")"
		grep -q "no baseline fits" stderr || fail "the gate does not say that none fits"
		rm -r other
		result pass "$(basename "$folder") is what the gate takes for a run of its kind, and for no other"
	done
	[ -n "$folder" ] || fail "there is no baseline in results/baselines"
}
