// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/restricted_heap/<heap>/: semantics, stats, and the provider's
 * own files.
 */
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "../restricted_heap.h"
#include "core.h"

static struct kset *restricted_kset;

/*
 * The directory has a life of its own: somebody may hold it open when a heap
 * that could not be added is gone.
 */
struct heap_dir {
	struct kobject kobj;
	struct restricted_heap *heap;
};

static struct restricted_heap *to_heap(struct kobject *kobj)
{
	return container_of(kobj, struct heap_dir, kobj)->heap;
}

static ssize_t semantics_show(struct restricted_heap *heap, char *buf)
{
	const struct restricted_semantics *s = READ_ONCE(heap->semantics);

	return sysfs_emit(buf,
			  "denied %s\ngranted %s\nrestricted %s\nenforced %s\nzeroed %s\n",
			  s->denied, s->granted, s->restricted, s->enforced,
			  s->zeroed);
}

static ssize_t stats_show(struct restricted_heap *heap, char *buf)
{
	const struct restricted_heap_ops *ops = READ_ONCE(heap->ops);
	struct restricted_heap_stats *s = &heap->stats;
	/* Frees first: a buffer freed meanwhile counts as live, not as -1 */
	s64 frees = atomic64_read_acquire(&s->frees);
	s64 allocs = atomic64_read(&s->allocs);
	int at;

	at = sysfs_emit(buf,
			"allocs %lld\nfrees %lld\nfailures %lld\nlive_buffers %lld\nquarantined_buffers %lld\nquarantined_bytes %lld\n",
			allocs, frees, atomic64_read(&s->failures),
			allocs - frees, atomic64_read(&s->quarantined_buffers),
			atomic64_read(&s->quarantined_bytes));
	if (ops->stats_show)
		at = ops->stats_show(heap, buf, at);

	return at;
}

static ssize_t retry_quarantine_store(struct restricted_heap *heap,
				      const char *buf, size_t count)
{
	if (!sysfs_streq(buf, "1"))
		return -EINVAL;
	restricted_heap_retry_quarantine(heap);

	return count;
}

#define RESTRICTED_HEAP_ATTR_RO(_name)					\
	struct restricted_heap_attr restricted_heap_attr_##_name =	\
		__ATTR_RO(_name)

static RESTRICTED_HEAP_ATTR_RO(semantics);
static RESTRICTED_HEAP_ATTR_RO(stats);
static struct restricted_heap_attr restricted_heap_attr_retry_quarantine =
	__ATTR_WO(retry_quarantine);

static struct attribute *restricted_heap_attrs[] = {
	&restricted_heap_attr_semantics.attr,
	&restricted_heap_attr_stats.attr,
	&restricted_heap_attr_retry_quarantine.attr,
	NULL
};
ATTRIBUTE_GROUPS(restricted_heap);

static ssize_t heap_attr_show(struct kobject *kobj, struct attribute *attr,
			      char *buf)
{
	struct restricted_heap_attr *a =
		container_of(attr, struct restricted_heap_attr, attr);

	return a->show ? a->show(to_heap(kobj), buf) : -EIO;
}

static ssize_t heap_attr_store(struct kobject *kobj, struct attribute *attr,
			       const char *buf, size_t count)
{
	struct restricted_heap_attr *a =
		container_of(attr, struct restricted_heap_attr, attr);

	return a->store ? a->store(to_heap(kobj), buf, count) : -EIO;
}

static const struct sysfs_ops heap_sysfs_ops = {
	.show = heap_attr_show,
	.store = heap_attr_store,
};

static void heap_dir_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct heap_dir, kobj));
}

static const struct kobj_type heap_ktype = {
	.release = heap_dir_release,
	.sysfs_ops = &heap_sysfs_ops,
	.default_groups = restricted_heap_groups,
};

int restricted_sysfs_add(struct restricted_heap *heap)
{
	struct heap_dir *dir;
	int ret;

	dir = kzalloc_obj(*dir);
	if (!dir)
		return -ENOMEM;
	dir->heap = heap;
	dir->kobj.kset = restricted_kset;

	ret = kobject_init_and_add(&dir->kobj, &heap_ktype, NULL, "%s",
				   heap->name);
	if (ret)
		goto err_put;

	if (heap->attrs) {
		ret = sysfs_create_files(&dir->kobj, heap->attrs);
		if (ret)
			goto err_put;
	}
	heap->kobj = &dir->kobj;

	return 0;

err_put:
	kobject_put(&dir->kobj);

	return ret;
}

void restricted_sysfs_remove(struct restricted_heap *heap)
{
	kobject_del(heap->kobj);
	kobject_put(heap->kobj);
	heap->kobj = NULL;
}

int restricted_sysfs_init(void)
{
	restricted_kset = kset_create_and_add("restricted_heap", NULL,
					      kernel_kobj);

	return restricted_kset ? 0 : -ENOMEM;
}

void restricted_sysfs_exit(void)
{
	kset_unregister(restricted_kset);
}
