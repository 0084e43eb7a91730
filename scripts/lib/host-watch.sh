# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the host gave a boot while it ran, so that a guest that stood still because
# this computer had other things to do is told from one that stood still by itself.
#
# A line each few seconds: seconds since QEMU began, and in ticks: what QEMU has
# used, what all processors were busy, and stolen, for anybody.

readonly WATCH_SECONDS=5
# QEMU, kept from running by others, got less than this part of one processor; one
# that spins gets all it wants, and one that sleeps leaves the host idle.
readonly STARVED_PART=0.5
readonly HOST_BUSY_PART=0.8

# watch_host PID FILE: until that process, which is QEMU's parent, is gone.
watch_host()
{
	local pid=$1 began now

	began=$(host_seconds)
	while [ -d "/proc/$pid" ]; do
		now=$(host_seconds)
		echo "$((now - began)) $(family_ticks "$pid") $(busy_ticks)"
		sleep "$WATCH_SECONDS"
	done >"$2"
}

host_seconds()
{
	cut -d. -f1 /proc/uptime
}

# family_ticks PID: what it and its descendants that run have used.
family_ticks()
{
	local pid=$1 child children fields sum=0

	read -r fields <"/proc/$pid/stat" || { echo 0; return; }
	# The name, in brackets, may hold blanks; utime is the 12th field behind it
	read -ra fields <<<"${fields##*) }"
	sum=$((fields[11] + fields[12]))
	# No line ends by a null byte, at which it says so
	read -rd '' -a children < <(cat "/proc/$pid/task"/*/children) || :
	for child in "${children[@]}"; do
		sum=$((sum + $(family_ticks "$child")))
	done
	echo "$sum"
} 2>/dev/null

# busy_ticks: of all processors, and how many there were in all.
busy_ticks()
{
	local user nice system idle wait irq softirq steal

	read -r _ user nice system idle wait irq softirq steal _ </proc/stat
	echo "$((user + nice + system + irq + softirq + steal))" \
		"$((user + nice + system + idle + wait + irq + softirq + steal))"
}

# host_starved FILE FROM TO: had the boot too little of a busy host between these
# seconds of its life? Fails, too, where the file does not tell.
host_starved()
{
	LC_ALL=C awk -v from="$2" -v to="$3" -v hertz="$(getconf CLK_TCK)" \
		-v starved="$STARVED_PART" -v busy="$HOST_BUSY_PART" '
		NF != 4 { next }
		$1 <= from || !seen { at = $1; used = $2; work = $3; all = $4; seen = 1 }
		{ if (done) next
		  last_at = $1; last_used = $2; last_work = $3; last_all = $4
		  if ($1 >= to) done = 1 }
		END {
			seconds = last_at - at
			if (!done || seconds <= 0 || last_all <= all)
				exit 1
			exit !((last_used - used) / (seconds * hertz) < starved &&
				(last_work - work) / (last_all - all) > busy)
		}' "$1" 2>/dev/null
}
