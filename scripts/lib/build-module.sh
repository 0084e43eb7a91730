# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Part module: our kernel modules, built against the kernel that was built,
# with all of its warnings and with sparse. Other flags for the compiler
# (--module-cflags) make another part.

needs_module()
{
	echo kernel sparse
}

room_module()
{
	echo 50
}

inputs_module()
{
	hash_files scripts/lib/build-module.sh
	hash_tree module | grep -v -e ' module/optee/' -e ' module/service/tests/'
	[ -z "$OPT_MODULE_CFLAGS" ] || echo "cflags $OPT_MODULE_CFLAGS"
}

build_module()
{
	local dir=$1 tree=$1/tree kernel

	kernel=$(part_dir kernel)
	cp -r "$ROOT/module" "$tree"
	rm -rf "$tree/optee"
	make -C "$kernel/build" M="$tree" ARCH=arm64 CROSS_COMPILE="$CROSS" -s \
		-j"$(nproc)" W=1 C=1 KCFLAGS="$OPT_MODULE_CFLAGS" \
		CHECK="$(part_dir sparse)/sparse" modules
	find "$tree" -name '*.ko' -exec cp {} "$dir/" \;
	# Of a kernel that has gcov: what `rheap coverage` reads counts with
	mkdir "$dir/gcno"
	(cd "$tree" && find . -name '*.gcno' -exec cp --parents {} "$dir/gcno/" \;)
	rm -rf "$tree"
	[ -z "$OPT_MODULE_CFLAGS" ] || echo "$OPT_MODULE_CFLAGS" >"$dir/cflags"
}
