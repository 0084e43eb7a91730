# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Part tfa: the first firmware, TF-A for QEMU's "virt" board, that starts OP-TEE
# and then the kernel itself.

readonly TFA_SERIES=2.12
readonly TFA_PACKAGE=arm-trusted-firmware
readonly TFA_VERSION=2.12.1+dfsg-1

versions_tfa()
{
	choose_version "$TFA_PACKAGE" dsc "$TFA_VERSION" "$TFA_SERIES"
}

needs_tfa()
{
	:
}

room_tfa()
{
	echo 200
}

inputs_tfa()
{
	hash_files scripts/lib/build-tfa.sh
	hash_tree scripts/machine/tfa
	grep '^COUNTER_HZ=' "$SCRIPTS/machine/memory.map"
	echo "$TFA_PACKAGE $(chosen_version "$TFA_PACKAGE")"
	cross_compiler
}

build_tfa()
{
	local dir=$1 tree=$1/tree patch image

	load_map
	unpack_source "$TFA_PACKAGE" "$tree"
	for patch in "$SCRIPTS"/machine/tfa/*.patch; do
		sed "s/@COUNTER_HZ@/$COUNTER_HZ/" "$patch" | patch -d "$tree" -p1 --forward ||
			die "$EX_RESOURCE" "$patch does not apply to $TFA_PACKAGE $(chosen_version "$TFA_PACKAGE")"
	done
	make -C "$tree" -j"$(nproc)" CROSS_COMPILE="$CROSS" PLAT=qemu SPD=opteed \
		BL32_RAM_LOCATION=tdram ARM_LINUX_KERNEL_AS_BL33=1 \
		BUILD_MESSAGE_TIMESTAMP='"rheap"' bl1 bl2 bl31
	for image in bl1 bl2 bl31; do
		cp "$tree/build/qemu/release/$image.bin" "$dir/"
	done
	rm -rf "$tree"
	write_origin "$dir" "$TFA_PACKAGE" dsc
}
