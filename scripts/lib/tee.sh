# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The TEE of the machine, as --tee names it:
#   optee          the real OP-TEE, in the secure world that TF-A starts
#   optee-dynamic  the same, built to have the kernel lend it protected memory
#   sim[:PRESET]   Linux alone with tee_sim.ko, a model with the costs of PRESET
#   none           Linux alone

readonly TEES="optee optee-dynamic sim[:PRESET] none"
readonly TEE_MODEL=tee_sim

# check_tee: OPT_TEE is one.
check_tee()
{
	local presets preset

	[[ $OPT_TEE =~ ^(optee|optee-dynamic|none|sim(:[a-z0-9][a-z0-9_-]*)?)$ ]] ||
		die "$EX_USAGE" "unknown TEE '$OPT_TEE'; use --tee with one of: $TEES"
	preset=$(tee_preset)
	presets=$(tee_presets)
	[ -z "$preset" ] || [[ " $presets " == *" $preset "* ]] ||
		die "$EX_USAGE" "$TEE_MODEL has no preset '$preset'; use --tee sim: with one of: $presets"
}

# tee_presets: the names of the model's presets, as its source has them.
tee_presets()
{
	[ ! -f "$ROOT/module/sim/model.c" ] ||
		sed -n '/^static const struct sim_preset presets/,/^};/s/^\t{ "\([a-z0-9_-]*\)".*/\1/p' \
			"$ROOT/module/sim/model.c" | paste -sd ' '
}

# Is there a secure world?
tee_is_real()
{
	[[ $OPT_TEE == optee* ]]
}

tee_is_model()
{
	[[ $OPT_TEE == sim* ]]
}

# tee_preset: what follows sim: in --tee, if anything does.
tee_preset()
{
	! tee_is_model || sed -n 's/^sim://p' <<<"$OPT_TEE"
}

# machine_parts: the parts that a boot is made of.
machine_parts()
{
	echo kernel userland module
	! tee_is_real || echo tfa optee
}

# tee_model: a sentence on what of the TEE is modelled; nothing if it is real.
tee_model()
{
	local preset

	tee_is_model || return 0
	preset=$(tee_preset)
	echo "the TEE is $TEE_MODEL, a model in software${preset:+ with the preset $preset}:" \
		"what its calls cost is assumed"
}
