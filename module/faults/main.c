// SPDX-License-Identifier: GPL-2.0
/*
 * restricted_faults: mistakes on purpose, so that an oracle proves that it
 * catches them. For tests only: nothing loads it by itself, and it does nothing
 * until a name is written to its parameter ``wrong``. A name written to ``right``
 * has the same work done as it should be: then no oracle may say anything.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "../restricted_heap.h"
#include "faults.h"

#define HEAP	"restricted_carveout"

static int fault_use(bool wrong)
{
	struct restricted_heap *heap = restricted_heap_find(HEAP);
	struct restricted_buffer *buf;
	size_t size;

	if (!heap)
		return -ENODEV;
	buf = restricted_buffer_alloc(heap, PAGE_SIZE);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	size = READ_ONCE(buf->size);
	restricted_buffer_free(buf);
	if (wrong)
		size = READ_ONCE(buf->size);

	return size ? 0 : -ENODATA;
}

/* Protects nothing: taken in both orders */
static DEFINE_MUTEX(one_lock);
/* Protects nothing, too */
static DEFINE_MUTEX(other_lock);

static void lock_both(struct mutex *first, struct mutex *second)
{
	mutex_lock(first);
	mutex_lock(second);
	mutex_unlock(second);
	mutex_unlock(first);
}

static int fault_locks(bool wrong)
{
	lock_both(&one_lock, &other_lock);
	if (wrong)
		lock_both(&other_lock, &one_lock);

	return 0;
}

static const struct fault faults[] = {
	{ "leak", fault_leak },
	{ "lost-dmabuf", fault_dmabuf },
	{ "lost-grant", fault_grant },
	{ "lost-loan", fault_loan },
	{ "lost-pages", fault_pages },
	{ "use-after-free", fault_use },
	{ "lock-inversion", fault_locks },
	{ "missing-scrub", fault_scrub },
	{ "double-unrestrict", fault_unrestrict },
	{ "data-race", fault_race },
};

/* Protects the faults' own data: one at a time */
static DEFINE_MUTEX(faults_lock);

static int run_fault(const char *name, bool wrong)
{
	int i, ret = -EINVAL;

	mutex_lock(&faults_lock);
	for (i = 0; i < ARRAY_SIZE(faults); i++)
		if (sysfs_streq(name, faults[i].name))
			ret = faults[i].run(wrong);
	mutex_unlock(&faults_lock);

	return ret;
}

static int wrong_set(const char *name, const struct kernel_param *param)
{
	return run_fault(name, true);
}

static int right_set(const char *name, const struct kernel_param *param)
{
	return run_fault(name, false);
}

static const struct kernel_param_ops wrong_ops = { .set = wrong_set };
static const struct kernel_param_ops right_ops = { .set = right_set };

module_param_cb(wrong, &wrong_ops, NULL, 0200);
MODULE_PARM_DESC(wrong, "make this mistake, once");
module_param_cb(right, &right_ops, NULL, 0200);
MODULE_PARM_DESC(right, "do the same work without the mistake");

static int __init faults_init(void)
{
	return 0;
}
module_init(faults_init);

static void __exit faults_exit(void)
{
	fault_lost_exit();
}
module_exit(faults_exit);

MODULE_IMPORT_NS("DMA_BUF");
MODULE_DESCRIPTION("Mistakes on purpose, which prove the oracles");
MODULE_LICENSE("GPL");
