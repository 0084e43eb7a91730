# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap gate --base baseline`: head against the run that was kept of its kind.

# take_baseline GATE: the first round is a run of head, and the baseline that fits
# it. What looks worse is confirmed by boots of both, the baseline's commit being base.
take_baseline()
{
	local gate=$1 fitting suspects

	[ "$OPT_CLOCK" = icount ] ||
		die "$EX_USAGE" "--base baseline: one boot of a wall clock tells nothing; give --base a revision"
	mkdir -p "$gate/0"
	if [ -d "$GATE_HEAD" ]; then
		check_run_folder "$GATE_HEAD"
		cp -r "$GATE_HEAD" "$gate/0/head"
	else
		need_machine programs
		make_head
		say "gate: round 0, of head alone"
		side_bench head "$gate/0/head" 0 || side_failed head $?
	fi
	fitting=$(judge baseline-find "$gate/0/head") || exit
	cp -r "$fitting" "$gate/0/base"
	say "gate: base is $(basename "$fitting"), of commit $(baseline_commit "$gate" | cut -c1-12)"
	[ ! -d "$GATE_HEAD" ] || return 0
	suspects=$(judge suspects "$gate") || exit
	[ -z "$suspects" ] || confirm_baseline "$gate"
}

baseline_commit()
{
	jq -r .commit "$1/0/base/run.json"
}

confirm_baseline()
{
	side base "$(baseline_commit "$1")"
	confirm "$1"
}
