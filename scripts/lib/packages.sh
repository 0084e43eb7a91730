# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The Debian packages this project uses on the machine itself. Debian 12 and 13
# know them by the same names.

# The firmware, the kernel, the modules and the programs.
readonly PACKAGES_BUILD="make gcc libc6-dev gcc-aarch64-linux-gnu bc bison flex
	libssl-dev libelf-dev kmod cpio rsync xz-utils patch dpkg-dev cmake
	ninja-build python3 python3-pyelftools python3-cryptography
	debian-archive-keyring ca-certificates"
# The machine.
readonly PACKAGES_BOOT="qemu-system-arm qemu-user device-tree-compiler git procps"
# Records, figures and the report.
readonly PACKAGES_REPORT="gnuplot-nox hyperfine jq python3-jsonschema python3-numpy python3-scipy"
# The tests: unit tests are built for this machine, too.
readonly PACKAGES_TEST="python3-yaml libjansson-dev liburing-dev libcmocka-dev shellcheck perl coccinelle"

# packages_missing: those of the list that are not installed.
packages_missing()
{
	local all

	all="$PACKAGES_BUILD $PACKAGES_BOOT $PACKAGES_REPORT $PACKAGES_TEST"
	# shellcheck disable=SC2086 # a list of words
	{
		printf 'want %s\n' $all
		dpkg-query -W -f '${db:Status-Status} ${Package}\n' $all 2>/dev/null || true
	} | awk '$1 == "want" { want[++n] = $2 }
		 $1 == "installed" { have[$2] = 1 }
		 END {
			for (i = 1; i <= n; i++)
				if (!(want[i] in have))
					print want[i]
		 }'
}

# packages_install: install what is missing, or print the line that does.
packages_install()
{
	local missing as_root=() log=$CACHE/logs/packages.log

	missing=$(packages_missing)
	[ -n "$missing" ] || return 0
	missing=$(tr '\n' ' ' <<<"$missing")
	missing=${missing% }
	have apt-get || die "$EX_RESOURCE" "this machine has no apt-get: the project needs Debian 12 or 13," \
		"and there these packages: $missing"
	if [ "$(id -u)" -ne 0 ]; then
		if ! have sudo || ! sudo -n true 2>/dev/null; then
			say "rheap: packages are missing, and only root can install them; run this and try again:"
			say "  sudo apt-get update && sudo apt-get install --yes --no-install-recommends $missing"
			exit "$EX_RESOURCE"
		fi
		as_root=(sudo -n)
	fi
	say "setup: installing $(wc -w <<<"$missing") packages (log: $log)"
	# shellcheck disable=SC2086 # a list of words
	if ! "${as_root[@]}" apt-get -q update >"$log" 2>&1 ||
		! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install \
			--yes --no-install-recommends $missing >>"$log" 2>&1; then
		die "$EX_RESOURCE" "apt-get cannot install the packages ($(packages_why "$log"));" \
			"the log is $log"
	fi
}

# packages_why LOG: the first complaint of apt-get, or that there is no network.
packages_why()
{
	if grep -qE 'Temporary failure resolving|Could not connect|Network is unreachable|Could not resolve|Unable to connect' "$1"; then
		echo "no network: connect this machine and run again"
	else
		grep -m 1 '^E: ' "$1" || tail -n 1 "$1"
	fi
}
