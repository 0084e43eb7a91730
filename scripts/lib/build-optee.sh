# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Part optee: the secure world. Debian's source package with our memory service
# laid over it (module/optee) and a protected-memory pool for the kernel's own
# heap. With --tee optee-dynamic the kernel lends it that memory.

readonly OPTEE_SERIES=4.10
readonly OPTEE_PACKAGE=optee-os
readonly OPTEE_VERSION=4.10.0-2

versions_optee()
{
	choose_version "$OPTEE_PACKAGE" dsc "$OPTEE_VERSION" "$OPTEE_SERIES"
}

needs_optee()
{
	:
}

room_optee()
{
	echo 300
}

inputs_optee()
{
	hash_files scripts/lib/build-optee.sh
	grep -E '^(SECRAM|RAM|SDP|MEMSVC)_' "$SCRIPTS/machine/memory.map"
	hash_tree module/optee/overlay module/optee/patches module/include/uapi
	hash_tree module/service | grep -v ' module/service/tests/'
	echo "$OPTEE_PACKAGE $(chosen_version "$OPTEE_PACKAGE")"
	cross_compiler
	optee_variant
}

# optee_variant: the make variables that the OP-TEE of --tee has beside the others.
optee_variant()
{
	load_map
	[ "$OPT_TEE" != optee-dynamic ] ||
		echo CFG_CORE_DYN_PROTMEM=y "CFG_MEMSVC_PROTMEM_SIZE=$PROTMEM_SIZE"
}

build_optee()
{
	local dir=$1 tree=$1/tree image

	load_map
	unpack_source "$OPTEE_PACKAGE" "$tree"
	add_memory_service "$tree"
	optee_make "$tree"
	for image in tee-header_v2 tee-pager_v2 tee-pageable_v2; do
		cp "$tree/out/core/$image.bin" "$dir/"
	done
	rm -rf "$tree"
	write_origin "$dir" "$OPTEE_PACKAGE" dsc
}

# add_memory_service TREE: our files, our patches, the books, and the header that
# both worlds share.
add_memory_service()
{
	local patch

	cp -r "$ROOT/module/optee/overlay/." "$1/"
	cp "$ROOT"/module/service/*.[ch] "$ROOT"/module/include/uapi/*.h "$1/core/pta/memsvc/"
	for patch in "$ROOT"/module/optee/patches/*.patch; do
		patch -d "$1" -p1 --forward <"$patch" ||
			die "$EX_RESOURCE" "$patch does not apply to" \
				"$OPTEE_PACKAGE $(chosen_version "$OPTEE_PACKAGE")"
	done
}

optee_make()
{
	# shellcheck disable=SC2046 # a list of words
	make -C "$1" -j"$(nproc)" O=out PLATFORM=vexpress-qemu_armv8a \
		CFG_ARM64_core=y CFG_USER_TA_TARGETS=ta_arm64 \
		CFG_BUILD_IN_TREE_TA=n CROSS_COMPILE64="$CROSS" \
		CROSS_COMPILE_core="$CROSS" CROSS_COMPILE_ta_arm64="$CROSS" \
		PYTHON3=/usr/bin/python3 CFG_SECURE_DATA_PATH=y \
		CFG_TEE_SDP_MEM_BASE="$SDP_BASE" CFG_TEE_SDP_MEM_SIZE="$SDP_SIZE" \
		CFG_OPTEE_CONFIG=core/pta/memsvc/conf.mk \
		CFG_MEMSVC_BASE="$MEMSVC_BASE" CFG_MEMSVC_SIZE="$MEMSVC_SIZE" \
		CFG_MEMSVC_SECRAM_BASE="$SECRAM_BASE" CFG_MEMSVC_SECRAM_SIZE="$SECRAM_SIZE" \
		CFG_MEMSVC_NSEC_BASE="$RAM_BASE" CFG_MEMSVC_NSEC_SIZE="$RAM_SIZE" \
		$(optee_variant)
}
