# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Whose fault a boot is that failed under stress: the driver's, the emulator's, or
# the harness's, the host included.

use console host-watch

# What time alone can make a kernel say, and what it shows with it
readonly STALL='rcu: INFO: .*stall|blocked for more than|Call trace:'

# stress_fault LOGS SECONDS COUNTED: whose fault a boot of so long is, if one sees
# it: a promise was seen broken, or a frame of a module of ours is in the complaint.
# The file COUNTED has what the stressor counted.
stress_fault()
{
	local logs=$1 seconds=$2 counted=$3

	if [ "$BOOT_CODE" -eq "$EX_RESOURCE" ] || stress_starved "$logs" "$seconds" "$counted"; then
		echo harness
	elif [ -z "$BOOT_WHY" ] && [ "$BOOT_CODE" -eq "$EX_TEST" ]; then
		echo driver
	else
		tr -d '\r' <"$logs/console.log" |
			grep -aqE '\+0x[0-9a-f]+/0x[0-9a-f]+ \[(restricted_|direct_|tee_sim)' && echo driver
	fi
}

# stress_starved LOGS SECONDS COUNTED: is all that went wrong that time passed, and
# did the host give the machine too little of itself each time?
stress_starved()
{
	local from to windows

	! kernel_splats <"$1/console.log" | grep -qvE "$STALL" || return 1
	only_hung "$3" || return 1
	windows=$(stall_windows "$1" "$2")
	[ -n "$windows" ] || return 1
	while read -r from to; do
		host_starved "$1/host.log" "$from" "$to" || return 1
	done <<<"$windows"
}

# only_hung COUNTED: what was found, if anything, is that nothing moved.
only_hung()
{
	jq -se 'all(.[]; .metric != "found" or .value == 0 or
		(.value == 1 and (.params.why // "" | startswith("nothing moved"))))' "$1" >/dev/null
}

# stall_windows LOGS SECONDS: from when to when nothing happened, in seconds of the
# boot: what the kernel or torment complained of, or all of it if it was too slow.
# The guest's clock begins some seconds after QEMU.
stall_windows()
{
	[ "$BOOT_CODE" -ne "$EX_TIMEOUT" ] || echo "0 $2"
	tr -d '\r' <"$1/console.log" | LC_ALL=C awk '
		function window(length_s) { printf "%d %d\n", now - length_s, now + 5 }
		{ now = $0; sub(/^\[ */, "", now); now += 0 }
		/\(t=[0-9]+ jiffies/ { t = $0; sub(/.*\(t=/, "", t); window(t / 100) }
		/blocked for more than [0-9]+ seconds/ { t = $0; sub(/.*more than /, "", t); window(t) }
		/torment: stood still for [0-9]+ s/ { t = $0; sub(/.*still for /, "", t); window(t) }'
}
