# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# A run that is there against a revision, which is booted here: `rheap gate --base
# baseline` takes the run that was kept of head's kind, and --base RUN or --head RUN
# that one.

# take_baseline GATE: the first round is a run of head, and the baseline that fits
# it. What looks worse is confirmed by boots of both, the baseline's commit being base.
take_baseline()
{
	local gate=$1 fitting suspects

	need_icount "--base baseline"
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
	say "gate: base is $(basename "$fitting"), of commit $(jq -r .commit "$fitting/run.json" | cut -c1-12)"
	[ -d "$GATE_HEAD" ] || confirm_beside "$gate" base
}

# take_beside GATE: the first round is the run that one side is, and one of the other.
take_beside()
{
	local gate=$1 kept=base run=$GATE_BASE booted=head

	if [ ! -d "$run" ]; then
		kept=head run=$GATE_HEAD booted=base
	fi
	check_run_folder "$run"
	need_icount "--$kept $run"
	need_machine programs
	if [ "$booted" = base ]; then
		side base "$GATE_BASE"
	else
		make_head
	fi
	mkdir -p "$gate/0"
	cp -r "$run" "$gate/0/$kept"
	say "gate: round 0, of $booted alone"
	side_bench "$booted" "$gate/0/$booted" 0 || side_failed "$booted" $?
	confirm_beside "$gate" "$kept"
}

need_icount()
{
	[ "$OPT_CLOCK" = icount ] ||
		die "$EX_USAGE" "$1: one boot of a wall clock tells nothing; give revisions for both sides"
}

# confirm_beside GATE SIDE: what looks worse is measured again in boots of both; SIDE
# is a run of which there is a commit.
confirm_beside()
{
	local run=$1/0/$2 suspects commit

	suspects=$(judge suspects "$1") || exit
	[ -n "$suspects" ] || return 0
	commit=$(jq -r 'select(.dirty == false) | .commit' "$run/run.json")
	[ -n "$commit" ] ||
		die "$EX_UNTRUSTED" "$suspects look worse, which boots of both sides have to confirm, and $2 is of no" \
			"commit: give --$2 a revision, or a run of a checkout without changes"
	side "$2" "$commit"
	confirm "$1"
}
