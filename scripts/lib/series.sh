# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The series of the kernel, as --series names it, and the version preferred of
# each. In a file of its own: a new version of one changes no part of another.

declare -gA LINUX_VERSIONS=([7.2]="7.2.12-1~bpo13+1" [7.3]="7.3.4-1~bpo13+1")
readonly DEFAULT_SERIES=7.2

# all_series: those that there are, in order.
all_series()
{
	printf '%s\n' "${!LINUX_VERSIONS[@]}" | sort -V | paste -sd ' '
}

linux_series()
{
	echo "${OPT_SERIES:-$DEFAULT_SERIES}"
}

linux_package()
{
	echo "linux-source-$(linux_series)"
}
