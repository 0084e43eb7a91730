# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Packages of other Debian suites, fetched with an apt of our own: own sources,
# lists and cache, all in the cache folder. The machine's apt is only asked for
# the mirror it uses; nothing of it changes.

# What is read of the archive, as TYPE ARCHITECTURE SUITE: first where the
# preferred versions are; all suites only when one of those has vanished.
readonly SOURCES_FIRST="deb,arm64,trixie deb-src,,trixie deb,host,trixie-backports deb-src,,sid"
readonly SOURCES_ALL="$SOURCES_FIRST deb,host,forky deb-src,,forky deb,host,sid"

# debian_mirror: the address of the Debian archive this machine uses already:
# the one whose Release file says so or, where apt has read none yet, the one
# that has this machine's own suite.
debian_mirror()
{
	local mirror own

	# shellcheck disable=SC2016 # apt's own variables
	mirror=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(CODENAME)|$(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		awk -F'|' '!uri && $1 == "Debian" && $2 == "Debian" && $3 !~ /-/ { uri = $4 }
			END { print uri }')
	if [ -z "$mirror" ]; then
		own=$(. /etc/os-release && echo "${VERSION_CODENAME:-none}")
		# shellcheck disable=SC2016
		mirror=$(apt-get indextargets --no-release-info --format '$(RELEASE)|$(REPO_URI)' \
			'Created-By: Packages' 2>/dev/null |
			awk -F'|' -v own="$own" '!uri && $1 == own { uri = $2 } END { print uri }')
	fi
	echo "$mirror"
}

# private_apt COMMAND...: run an apt tool with our configuration, and not longer
# than any download can take.
private_apt()
{
	# Some machines' configurations switch apt's own cache off.
	APT_CONFIG=$CACHE/apt/apt.conf DEBIAN_FRONTEND=noninteractive \
		timeout --foreground -k 10 1800 "$1" -q -o Dir::Cache::pkgcache=pkgcache.bin \
		-o Dir::Cache::srcpkgcache=srcpkgcache.bin "${@:2}"
}

# private_apt_arm64 COMMAND...: the same, for an empty arm64 machine.
private_apt_arm64()
{
	private_apt "$1" -o APT::Architecture=arm64 -o APT::Architectures=arm64 \
		-o Dir::Cache="$CACHE/apt/cache-arm64" \
		"${@:2}"
}

# write_apt_conf SOURCE...: the configuration. Written anew each time: it is
# small, and the machine's mirror may have changed.
write_apt_conf()
{
	local apt=$CACHE/apt mirror keyring source type arch suite options

	mirror=$(debian_mirror)
	[ -n "$mirror" ] || die "$EX_RESOURCE" "the machine's apt names no Debian archive;" \
		"check /etc/apt/sources.list and run: apt-get update"
	mkdir -p "$apt"/{lists/partial,cache/archives/partial,cache-arm64/archives/partial,sources.d,prefs.d}
	: >"$apt/status"
	rm -f "$apt"/sources.d/*
	for source; do
		IFS=, read -r type arch suite <<<"$source"
		[ "$arch" != host ] || arch=$(dpkg --print-architecture)
		options=${arch:+arch=$arch}
		for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
			[ ! -f "$keyring" ] || options+=" signed-by=$keyring"
		done
		echo "$type [ $options ] $mirror $suite main" >>"$apt/sources.d/$suite.list"
	done
	# A mirror may be frozen, and its Release files then have expired; their
	# signatures are verified all the same. The sandbox user cannot read a
	# cache inside a home folder.
	cat >"$apt/apt.conf" <<-END
	Dir::State "$apt";
	Dir::State::lists "$apt/lists";
	Dir::State::status "$apt/status";
	Dir::Cache "$apt/cache";
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$apt/sources.d";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "$apt/prefs.d";
	Acquire::Languages "none";
	Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
	Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
	Acquire::Check-Valid-Until "false";
	Acquire::Retries "2";
	APT::Sandbox::User "root";
	END
}

# update_indexes first|all: read the archive's indexes, unless that was done
# this hour. A suite that cannot be read or verified is left out, and named.
update_indexes()
{
	local apt=$CACHE/apt log=$CACHE/logs/apt.log lock file files suite lost="" sources=$SOURCES_FIRST

	[ "$1" != all ] || sources=$SOURCES_ALL
	exec {lock}>"$CACHE/locks/apt"
	flock "$lock"
	if [ -z "$(find "$apt/updated-$1" "$apt/updated-all" -mmin -60 2>/dev/null)" ]; then
		rm -f "$apt"/updated-*
		# apt waits for ever when the disk is full.
		check_room "$CACHE" 400
		# shellcheck disable=SC2086 # a list of words
		write_apt_conf $sources
		private_apt apt-get update >"$log" 2>&1 || true
		for file in "$apt"/sources.d/*.list; do
			suite=${file##*/}
			suite=${suite%.list}
			! suite_present "$suite" || continue
			rm -f "$file"
			lost+=" $suite"
		done
		files=("$apt"/sources.d/*.list)
		[ ${#files[@]} -gt 0 ] || die "$EX_RESOURCE" "no network: the Debian archive cannot" \
			"be reached (log: $log); connect this machine and run again"
		[ -z "$lost" ] || warn "these suites of Debian could not be read or verified," \
			"going on without them:$lost (log: $log)"
		touch "$apt/updated-$1"
	fi
	exec {lock}>&-
}

suite_present()
{
	local files=("$CACHE"/apt/lists/*_dists_"$1"_InRelease "$CACHE"/apt/lists/*_dists_"$1"_Release)

	[ ${#files[@]} -gt 0 ]
}

# available_versions PACKAGE deb|dsc
available_versions()
{
	local kind=Packages

	[ "$2" = deb ] || kind=Sources
	private_apt apt-cache madison "$1" |
		awk -F'|' -v pkg="$1" -v kind="$kind" '
			{ gsub(/ /, "", $1); gsub(/ /, "", $2) }
			$1 == pkg && $3 ~ kind "$" { print $2 }'
}

# choose_version PACKAGE deb|dsc PREFERRED SERIES: remember which version to
# use: the preferred one, or the newest of its series when that has vanished.
# A version that was chosen, and fetched, stays: a warm cache needs no network.
choose_version()
{
	local package=$1 kind=$2 preferred=$3 series=$4 file=$CACHE/versions/$1 best

	if [ -f "$file" ] && [ "$(sed -n 1p "$file")" = "$preferred" ] &&
		[ -d "$(download_path "$package" "$(chosen_version "$package")")" ]; then
		return
	fi
	update_indexes first
	best=$(best_version "$@")
	if [ "$best" != "$preferred" ]; then
		update_indexes all
		best=$(best_version "$@")
	fi
	[ -n "$best" ] || die "$EX_RESOURCE" "the Debian archive has no $package $series.*;" \
		"read $CACHE/logs/apt.log, or name another series in scripts/lib"
	[ "$best" = "$preferred" ] ||
		warn "$package $preferred has vanished from the archive; using $best"
	printf '%s\n' "$preferred" "$best" >"$file.tmp"
	mv "$file.tmp" "$file"
}

# best_version PACKAGE deb|dsc PREFERRED SERIES
best_version()
{
	local version best=

	for version in $(available_versions "$1" "$2"); do
		if [ "$version" = "$3" ]; then
			best=$version
			break
		fi
		[[ $version == "$4".* ]] || continue
		if [ -z "$best" ] || dpkg --compare-versions "$version" gt "$best"; then
			best=$version
		fi
	done
	echo "$best"
}

# chosen_version PACKAGE: nothing before there was a choice.
chosen_version()
{
	[ ! -f "$CACHE/versions/$1" ] || sed -n 2p "$CACHE/versions/$1"
}

download_path()
{
	echo "$CACHE/downloads/$1_$2"
}

# fetch PACKAGE deb|dsc: the chosen version, as a folder of files. apt verifies
# them, and goes on with what an interrupted download left. Prints the folder.
fetch()
{
	local package=$1 kind=$2 version dir command=(download)

	version=$(chosen_version "$package")
	dir=$(download_path "$package" "$version")
	[ "$kind" = deb ] || command=(source --download-only)
	if [ ! -d "$dir" ]; then
		mkdir -p "$dir.part"
		(cd "$dir.part" && private_apt apt-get "${command[@]}" "$package=$version" >&2) ||
			die "$EX_RESOURCE" "cannot download $package $version; is there a network?" \
				"Connect this machine and run again"
		mv -T "$dir.part" "$dir"
	fi
	echo "$dir"
}

# unpack_source PACKAGE FOLDER: a source package with Debian's patches.
unpack_source()
{
	local dir

	dir=$(fetch "$1" dsc)
	rm -rf "$2"
	# apt has verified the description and all files it names.
	dpkg-source --no-check --no-copy -x "$dir"/*.dsc "$2"
}

# write_origin FOLDER PACKAGE deb|dsc: what a part was made from.
write_origin()
{
	local dir files

	dir=$(download_path "$2" "$(chosen_version "$2")")
	files=("$dir"/*."$3")
	printf 'package %s\nversion %s\nsha256 %s\n' "$2" "$(chosen_version "$2")" \
		"$(sha256sum <"${files[0]}" | cut -d' ' -f1)" >"$1/origin"
}
