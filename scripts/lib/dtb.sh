# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The machine's device tree: QEMU's own, with machine/machine.dtso laid over it.

# build_dtb OUT BOOTARGS INITRD QEMU_ARGS...: writes OUT. The work folder is
# the current one and must hold bl1.bin: without -bios QEMU names a GPIO block
# that the secure world then owns, and the kernel dies probing it.
build_dtb()
{
	local out=$1 bootargs=$2 initrd=$3

	shift 3
	qemu_dump_dtb qemu.dtb "$@"
	expand_overlay "$bootargs" "$initrd" >machine.dtso
	dtc -q -@ -I dts -O dtb -o machine.dtbo machine.dtso
	fdtoverlay -i qemu.dtb -o "$out" machine.dtbo
	tee_is_real || drop_secure_ram "$out"
}

# drop_secure_ram DTB: the board has such RAM with a secure world only.
drop_secure_ram()
{
	local unit

	unit=$(printf '%x' "$SECRAM_BASE")
	fdtput -r "$1" "/secure-ram@$unit" "/reserved-memory/restricted-secure-ram@$unit"
}

# expand_overlay BOOTARGS INITRD: the overlay with every @NAME@ filled in.
expand_overlay()
{
	local bootargs=$1 initrd_end

	load_map
	initrd_end=$((INITRD_BASE + $(stat -c %s "$2")))
	[ "$initrd_end" -lt $((KERNEL_BASE)) ] ||
		die "$EX_RESOURCE" "the initial RAM disk is larger than the machine has room for:" \
			"it would reach into the kernel at $KERNEL_BASE"
	{
		map_substitutions
		printf 's|@BOOTARGS@|%s|g\n' "$(printf %s "$bootargs" | sed 's/[|&\\]/\\&/g')"
		printf 's|@INITRD_END@|%#x|g\n' "$initrd_end"
		printf 's|@RNG_SEED@|%s|g\n' "$(seed_bytes)"
	} >machine.sed
	sed -f machine.sed "$SCRIPTS/machine/machine.dtso"
}

# map_substitutions: a sed script with both forms of every line of memory.map.
map_substitutions()
{
	local name value

	while IFS='=' read -r name value; do
		case $name in
		'' | '#'*) continue ;;
		esac
		printf 's|@%s@|%#x|g\ns|@%s:unit@|%x|g\n' \
			"$name" "$((value))" "$name" "$((value))"
	done <"$SCRIPTS/machine/memory.map"
}

# seed_bytes: 32 bytes made from --seed, in hex.
seed_bytes()
{
	printf 'rheap %s' "$OPT_SEED" | sha256sum | cut -d' ' -f1
}
