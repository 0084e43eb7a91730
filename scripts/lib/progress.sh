# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Progress of a set-up on stderr: what is being built and how long it will take.
# A live line on a terminal, a plain line every 20 seconds elsewhere.

# What each part costs, in seconds alone on two processors of a common server.
# Only the proportions matter: the speed of this machine is what it has shown
# so far, or in the last set-up.
declare -gA WEIGHT=([linux]=35 [kernel]=420 [userland]=10 [tfa]=12 [optee]=45
	[sparse]=8 [module]=15 [programs]=8)

PROGRESS_BEGIN=0
PROGRESS_TOTAL=0
PROGRESS_DONE=0
PROGRESS_NEXT=0
# What an earlier, interrupted set-up has done: it tells nothing about the pace.
PROGRESS_FOUND=0

part_weight()
{
	echo "${WEIGHT[$1]}"
}

# progress_start PART...
progress_start()
{
	local part

	PROGRESS_BEGIN=$SECONDS
	PROGRESS_TOTAL=0
	PROGRESS_DONE=0
	PROGRESS_FOUND=0
	PROGRESS_NEXT=$SECONDS
	for part; do
		PROGRESS_TOTAL=$((PROGRESS_TOTAL + WEIGHT[$part] * 1000))
	done
}

# progress_begin PART: it starts now.
progress_begin()
{
	PROGRESS_FOUND=$((PROGRESS_FOUND + WEIGHT[$1] * $(part_permille "$1")))
}

# part_permille PART: how much of a running build is done, as well as one knows.
part_permille()
{
	local elapsed=$((SECONDS - STARTED[$1])) guess

	guess=$((elapsed * 1000000 / (WEIGHT[$1] * $(machine_pace) * 2)))
	if declare -F "progress_$1" >/dev/null; then
		guess=$("progress_$1" "$CACHE/partial/$(part_name "$1")")
	fi
	echo $((guess < 950 ? guess : 950))
}

# progress_kernel WORK: thousandths of the build that are done. The number of
# objects is that of the release kernel; more or fewer only bend the estimate.
progress_kernel()
{
	local objects

	objects=$(find "$1/build" -name '*.o' 2>/dev/null | wc -l) || true
	echo $((objects * 1000 / 980))
}

# machine_pace: seconds on this machine for 1000 seconds of weight.
machine_pace()
{
	cat "$CACHE/pace" 2>/dev/null || echo 1000
}

# progress_show PART...: the parts that are being built.
progress_show()
{
	local part text='' permille done=$PROGRESS_DONE

	[ "$SECONDS" -ge "$PROGRESS_NEXT" ] || return 0
	for part; do
		permille=$(part_permille "$part")
		done=$((done + WEIGHT[$part] * permille))
		text+="${text:+, }$part $((permille / 10)) %"
	done
	text="setup: $((SECONDS - PROGRESS_BEGIN)) s: building $text; $(progress_eta "$done")"
	if [ -t 2 ]; then
		printf '\r\033[K%s' "$text" >&2
		PROGRESS_NEXT=$((SECONDS + 2))
	else
		say "$text"
		PROGRESS_NEXT=$((SECONDS + 20))
	fi
}

# progress_eta DONE: the pace seen so far counts as soon as it means something.
progress_eta()
{
	local pace elapsed=$((SECONDS - PROGRESS_BEGIN)) done=$(($1 - PROGRESS_FOUND)) left

	pace=$(machine_pace)
	if [ "$elapsed" -ge 30 ] && [ "$done" -ge 30000 ]; then
		pace=$((elapsed * 1000000 / done))
	fi
	left=$(((PROGRESS_TOTAL - $1) * pace / 1000000))
	if [ "$left" -ge 90 ]; then
		echo "about $(((left + 30) / 60)) min left"
	elif [ "$left" -ge 5 ]; then
		echo "about $left s left"
	else
		echo "nearly done"
	fi
}

# progress_done PART SECONDS
progress_done()
{
	PROGRESS_DONE=$((PROGRESS_DONE + WEIGHT[$1] * 1000))
	progress_end
	say "setup: $1 built in $2 s"
	# A long set-up tells how fast this machine is.
	if [ "$PROGRESS_DONE" -eq "$PROGRESS_TOTAL" ] && [ "$PROGRESS_FOUND" -eq 0 ] && [ "$PROGRESS_TOTAL" -ge 300000 ]; then
		echo $(((SECONDS - PROGRESS_BEGIN) * 1000000 / PROGRESS_TOTAL + 1)) >"$CACHE/pace"
	fi
}

# progress_end: leave the live line.
progress_end()
{
	[ ! -t 2 ] || printf '\r\033[K' >&2
	PROGRESS_NEXT=$SECONDS
}
