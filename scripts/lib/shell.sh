# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# `rheap shell`: a prompt in the machine.

use exec

help_shell()
{
	cat <<-END
	usage: $RHEAP shell [OPTIONS] [FILE...]

	Boots the machine and gives a prompt on its console. FILEs are copied to the
	guest's /job. Debian's perf and hyperfine are in /userland: run them with
	'chroot /userland perf ...'. 'exit' switches the machine off. Commands that
	come from a pipe or a file are run without a prompt.
	END
}

cmd_shell()
{
	parse_options shell "$@"
	[ -z "$OPT_OUT" ] || refuse_run "$OPT_OUT"
	need_machine
	heap_modules
	new_job
	[ ${#REST[@]} -eq 0 ] || cp -r "${REST[@]}" "$JOB" ||
		die "$EX_USAGE" "cannot copy ${REST[*]}"
	if [ -t 0 ]; then
		BOOT_CONSOLE=yes
	else
		cat >"$JOB/stdin"
		printf '#!/bin/sh\nexec sh </job/stdin\n' >"$JOB/run"
		chmod 755 "$JOB/run"
	fi
	BOOT_USERLAND=$(part_dir userland)/root
	run_and_tell shell "${OPT_TIMEOUT:-0}"
}
