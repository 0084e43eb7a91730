# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0

# at any pace the time left is right within a quarter after a third of the run
test_progress()
{
	local speed

	use run-progress
	# Of the earlier run, in ms: entry one takes 80 s and says four lines, two takes 20 s
	printf '%s\n' "10000 one 1" "20000 one 2" "35000 one 3" "60000 one 4" \
		"80000 one end" "20000 two end" >before
	for speed in 500 1000 7000; do
		cp before times
		fake_run "$speed"
		# At 35 s of the earlier run's 100 s there are 65 s left
		right_within_a_quarter $((65 * speed / 1000))
	done
	grep -qx "420000 one 4" times || fail "the run's own times are not kept: $(cat times)"
	rm times
	fake_run 9000
	grep -qx '\[1/2\] one' said || fail "no line of an entry whose time is not known: $(cat said)"
	! grep left said || fail "a time left that nobody can know"
	fake_run 9000
	right_within_a_quarter 585
}

# fake_run SPEED: a plan that takes SPEED thousandths of the earlier run's time,
# which each line tells in ms.
fake_run()
{
	(
		local speed=$1

		# shellcheck disable=SC2317 # called by what is tested
		now_ms()
		{
			local at=${line##*t=}

			# Before the first line, and after the last
			[ -n "$line" ] || at=${entry:+100000}
			echo $((${at:-0} * speed / 1000))
		}
		show_progress times one two
	) >said 2>&1 <<-'END'
	@plan 1 2 one t=0
	a t=10000
	b t=20000
	c t=35000
	d t=60000
	@plan 2 2 two t=80000
	last t=100000
	END
}

# right_within_a_quarter SECONDS: what was told after line c.
right_within_a_quarter()
{
	local left

	left=$(sed -n '/^c t=/,/^d t=/s/.*about \([0-9]*\) s left/\1/p' said)
	[ -n "$left" ] || fail "no time left is told after a third: $(cat said)"
	[ $((left * 4)) -ge $(($1 * 3)) ] && [ $((left * 4)) -le $(($1 * 5)) ] ||
		fail "$left s left are told, $1 it were"
}
