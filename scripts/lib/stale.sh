# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Parts in the cache that this checkout has no use for: made from other inputs
# by an earlier version of the project, or by another checkout.

# stale_parts: their names, those of builds that were begun with partial/ before.
stale_parts()
{
	local part dir current

	current=$(current_parts)
	for part in $PARTS; do
		for dir in "$CACHE/$part"-*/ "$CACHE/partial/$part"-*/; do
			dir=${dir%/}
			[[ $dir =~ -[0-9a-f]{12}$ ]] || continue
			grep -qxF "${dir##*/}" <<<"$current" || echo "${dir#"$CACHE/"}"
		done
	done
}

# current_parts: the names of all parts that this checkout can ask for: of each
# packaged kernel and each tree that the cache knows, in each configuration.
current_parts()
{
	local OPT_SERIES='' OPT_LINUX=''

	for OPT_SERIES in $(all_series); do
		parts_of_kernel
	done
	OPT_SERIES=
	while read -r OPT_LINUX; do
		[ ! -d "$OPT_LINUX" ] || parts_of_kernel
	done < <(part_notes linux origin | sed -n 's/^tree //p')
}

# parts_of_kernel: the same, of the kernel that the options name.
parts_of_kernel()
{
	local OPT_KERNEL OPT_TEE OPT_MODULE_CFLAGS=''

	for OPT_KERNEL in $(kernel_variants); do
		for OPT_TEE in optee optee-dynamic; do
			part_names
		done
		while read -r OPT_MODULE_CFLAGS; do
			part_names
		done < <(part_notes module cflags)
		OPT_MODULE_CFLAGS=
	done
}

part_names()
{
	local part

	PART_HASH=()
	for part in $PARTS; do
		part_name "$part"
	done
}

# part_notes PART FILE: what all parts of a kind have in the file FILE.
part_notes()
{
	local files=("$CACHE/$1"-*/"$2")

	[ ${#files[@]} -eq 0 ] || sort -u "${files[@]}"
}

# clean_stale: remove them, but for those that another rheap uses or builds.
clean_stale()
{
	local name

	for name in $(stale_parts); do
		if [ -n "$OPT_DRY_RUN" ]; then
			say "doctor would remove $name ($(folder_mib "$CACHE/$name") MiB)"
		else
			remove_part "$name"
		fi
	done
}

# remove_part NAME: from the cache, with what was downloaded for it alone. By one
# rename first: half a part must not be taken for one.
remove_part()
{
	local name=$1 bare=${1#partial/} lock mib

	mib=$(folder_mib "$CACHE/$name")
	exec {lock}>"$CACHE/locks/$bare"
	if flock -n "$lock"; then
		if [ "$name" = "$bare" ]; then
			rm -rf "$CACHE/partial/$bare"
			mv -T "$CACHE/$name" "$CACHE/partial/$bare"
		fi
		rm -rf "$CACHE/partial/$bare" "$CACHE/downloads/$bare" "$CACHE/logs/$bare.log"*
		say "doctor: removed $name ($mib MiB)"
	else
		say "doctor: $name is in use and stays"
	fi
	exec {lock}>&-
}
