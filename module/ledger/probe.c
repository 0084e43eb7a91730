// SPDX-License-Identifier: GPL-2.0
/*
 * Probes at mainline's dynamic pool of protected memory (optee/protmem.c):
 * what it lends and takes back, and faults that this machine's TEE never makes.
 */
#include <linux/err.h>
#include <linux/io.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/ptrace.h>
#include <linux/tee_core.h>

#include "ledger.h"

static unsigned int lends;
module_param(lends, uint, 0444);
MODULE_PARM_DESC(lends, "times that a pool was lent");

static unsigned int reclaims;
module_param(reclaims, uint, 0444);
MODULE_PARM_DESC(reclaims, "times that a pool was taken back, refused ones included");

static unsigned int refuse_reclaims;
module_param(refuse_reclaims, uint, 0644);
MODULE_PARM_DESC(refuse_reclaims, "so many calls that take a pool back fail, and the TEE never hears of them");

static bool tell_attributes;
module_param(tell_attributes, bool, 0644);
MODULE_PARM_DESC(tell_attributes, "the TEE tells one memory attribute of a pool, as one behind FF-A does");

/* The pool that was lent last */
static phys_addr_t lent_pa;
static size_t lent_size;

/* int lend_protmem(optee, protmem, mem_attrs, ma_count, use_case) */
static int at_lend(struct kprobe *kp, struct pt_regs *regs)
{
	struct tee_shm *protmem = (void *)regs->regs[1];

	lends++;
	lent_pa = protmem->paddr;
	lent_size = protmem->size;

	return 0;
}

/* int reclaim_protmem(optee, protmem) */
static int at_reclaim(struct kprobe *kp, struct pt_regs *regs)
{
	reclaims++;
	if (!refuse_reclaims)
		return 0;
	refuse_reclaims--;
	regs_set_return_value(regs, -EINVAL);
	instruction_pointer_set(regs, procedure_link_pointer(regs));

	return 1;
}

static struct kprobe probes[] = {
	{
		.symbol_name = "optee_smc_lend_protmem",
		.pre_handler = at_lend,
	},
	{
		.symbol_name = "optee_smc_reclaim_protmem",
		.pre_handler = at_reclaim,
	},
};

struct config_call {
	void *mem_attrs;
	u32 *count;
};

/* get_protmem_config(optee, use_case, min_size, pa_width, mem_attrs, count) */
static int enter_config(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct config_call *call = (void *)ri->data;

	call->mem_attrs = (void *)regs->regs[4];
	call->count = (u32 *)regs->regs[5];

	return 0;
}

/* The first call asks how many; the second brings room for them. */
static int leave_config(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct config_call *call = (void *)ri->data;

	if (tell_attributes && !call->mem_attrs &&
	    !regs_return_value(regs)) {
		*call->count = 1;
		regs_set_return_value(regs, -ENOSPC);
	}

	return 0;
}

static struct kretprobe config_probe = {
	.kp.symbol_name = "get_protmem_config",
	.entry_handler = enter_config,
	.handler = leave_config,
	.data_size = sizeof(struct config_call),
};

/* Whether the kernel has freed the pages of the pool that was lent last */
static int freed_get(char *text, const struct kernel_param *param)
{
	struct page *page;
	int count = 0;

	if (!lent_size)
		return sysfs_emit(text, "0\n");
	for (page = phys_to_page(lent_pa);
	     page < phys_to_page(lent_pa + lent_size); page++)
		count += !page_count(page);

	return sysfs_emit(text, "%d\n", count);
}

static const struct kernel_param_ops freed_ops = {
	.get = freed_get,
};

module_param_cb(freed_pages, &freed_ops, NULL, 0444);
MODULE_PARM_DESC(freed_pages, "pages of the pool that was lent last that the kernel has freed");

static int match_optee(struct tee_ioctl_version_data *ver, const void *data)
{
	return ver->impl_id == TEE_IMPL_ID_OPTEE;
}

/* Share a page of that pool: the TEE refuses while it holds it as lent. */
static int share_page(struct tee_context *ctx)
{
	struct tee_shm *shm;

	shm = tee_shm_register_kernel_buf(ctx, phys_to_virt(lent_pa),
					  PAGE_SIZE);
	if (IS_ERR(shm))
		return PTR_ERR(shm);
	tee_shm_free(shm);

	return 0;
}

static int shared_get(char *text, const struct kernel_param *param)
{
	struct tee_context *ctx;
	int ret = -ENODATA;

	ctx = tee_client_open_context(NULL, match_optee, NULL, NULL);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	if (lent_size)
		ret = share_page(ctx);
	tee_client_close_context(ctx);

	return sysfs_emit(text, "%d\n", ret);
}

static const struct kernel_param_ops share_ops = {
	.get = shared_get,
};

module_param_cb(share, &share_ops, NULL, 0444);
MODULE_PARM_DESC(share, "what sharing a page of the pool that was lent last with the TEE gives");

static void remove_probes(int n)
{
	while (n--)
		unregister_kprobe(&probes[n]);
}

int ledger_probe_init(void)
{
	int ret, n;

	for (n = 0; n < ARRAY_SIZE(probes); n++) {
		ret = register_kprobe(&probes[n]);
		if (ret)
			goto err_remove_probes;
	}
	ret = register_kretprobe(&config_probe);
	if (ret)
		goto err_remove_probes;

	return 0;

err_remove_probes:
	remove_probes(n);

	return ret;
}

void ledger_probe_exit(void)
{
	unregister_kretprobe(&config_probe);
	remove_probes(ARRAY_SIZE(probes));
}
