# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The initial RAM disk: busybox, our init, the modules, and the job. The same
# input gives the same bytes, since the disk's size and layout decide where
# the guest's memory lies.

# pack_folder FOLDER: a folder as a cpio archive on stdout.
pack_folder()
{
	find "$1" -exec touch -h -d @0 {} +
	(
		cd "$1" || exit
		find . -mindepth 1 -print0 | LC_ALL=C sort -z |
			cpio --quiet --null -o -H newc --reproducible --owner=0:0
	)
}

# build_initrd OUT BUSYBOX JOB MODULE...: JOB is a folder with an executable
# `run`, which becomes the guest's /job; MODULEs are loaded in the given order, as
# far as their dependencies allow.
build_initrd()
{
	local out=$1 busybox=$2 job=$3 root=initrd.root

	shift 3
	mkdir -p $root/bin $root/usr $root/dev $root/proc $root/sys $root/tmp $root/modules
	cp "$busybox" $root/bin/busybox
	cp "$SCRIPTS/machine/init" $root/init
	chmod 755 $root/bin/busybox $root/init
	ln -s busybox $root/bin/sh
	ln -s bin $root/sbin
	ln -s ../bin $root/usr/bin
	if [ $# -gt 0 ]; then
		cp "$@" $root/modules/
	fi
	module_order "$@" >$root/modules.list
	mkdir -p job.root
	cp -r "$job" job.root/job
	{
		pack_folder $root
		pack_folder job.root
	} >"$out"
}

# module_order FILE...: the modules' names, each after those that it needs and
# otherwise as they are given, with the parameters that BOOT_PARAMETERS has.
module_order()
{
	local file name
	declare -A files=() listed=()

	for file; do
		files[$(module_name "$file")]=$file
	done
	for file; do
		order_module "$(module_name "$file")"
	done
}

# order_module NAME: for module_order: what NAME needs, then NAME, unless they
# were there already.
order_module()
{
	local name=$1 need

	[ -z "${listed[$name]:-}" ] || return 0
	listed[$name]=1
	for need in $(module_needs "${files[$name]}"); do
		[ -n "${files[$need]:-}" ] ||
			die "$EX_RESOURCE" "module $name needs module $need, which was not built"
		order_module "$need"
	done
	echo "$name${BOOT_PARAMETERS[$name]:+ ${BOOT_PARAMETERS[$name]}}"
}

module_name()
{
	basename "$1" .ko
}

# module_needs FILE: the `depends` line of its module information.
module_needs()
{
	tr '\0' '\n' <"$1" | sed -n 's/^depends=//p' | tr ',' ' '
}
