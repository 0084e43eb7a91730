// SPDX-License-Identifier: GPL-2.0
/*
 * restricted_importer.ko: a device that takes dma-bufs, for tests. It attaches
 * and maps them when it is told to, and reads and writes them as DMA would. So
 * that a test can leave a word in a buffer for the next owner not to see. And it
 * asks for a mapping for the CPU, as a driver would that writes by itself.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device/faux.h>
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/iosys-map.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "../include/uapi/restricted_importer.h"

#define DEVICES		3
#define IDS		XA_LIMIT(1, 64)
#define DIRECTION	DMA_BIDIRECTIONAL

static const char * const names[DEVICES] = {
	[RESTRICTED_IMPORTER_GRANTED] = "restricted_importer_granted",
	[RESTRICTED_IMPORTER_STRANGER] = "restricted_importer_stranger",
	[RESTRICTED_IMPORTER_NARROW] = "restricted_importer_narrow",
};

static struct faux_device *devices[DEVICES];
/* Their segments may be as long as one can be. */
static struct device_dma_parameters dma_parms[DEVICES];

/**
 * struct importer - an open file
 * @lock:	protects the attachments, and what they are of
 * @attachments: they, by id
 */
struct importer {
	/* Protects attachments */
	struct mutex lock;
	struct xarray attachments;
};

/**
 * struct import - an attachment
 * @attachment:	it; the dma-buf's reference is ours
 * @sgt:	its table, NULL when it is not mapped
 */
struct import {
	struct dma_buf_attachment *attachment;
	struct sg_table *sgt;
};

static struct import *import_find(struct importer *importer, u32 id)
{
	lockdep_assert_held(&importer->lock);

	return xa_load(&importer->attachments, id) ?: ERR_PTR(-ENOENT);
}

static int import_map(struct importer *importer, u32 id)
{
	struct import *import = import_find(importer, id);
	struct sg_table *sgt;

	if (IS_ERR(import))
		return PTR_ERR(import);
	if (import->sgt)
		return -EBUSY;
	sgt = dma_buf_map_attachment_unlocked(import->attachment, DIRECTION);
	if (IS_ERR(sgt))
		return PTR_ERR(sgt);
	import->sgt = sgt;

	return 0;
}

static int import_unmap(struct importer *importer, u32 id)
{
	struct import *import = import_find(importer, id);

	if (IS_ERR(import))
		return PTR_ERR(import);
	if (!import->sgt)
		return -EINVAL;
	dma_buf_unmap_attachment_unlocked(import->attachment, import->sgt,
					  DIRECTION);
	import->sgt = NULL;

	return 0;
}

static void import_end(struct import *import)
{
	struct dma_buf *dmabuf = import->attachment->dmabuf;

	if (import->sgt)
		dma_buf_unmap_attachment_unlocked(import->attachment,
						  import->sgt, DIRECTION);
	dma_buf_detach(dmabuf, import->attachment);
	dma_buf_put(dmabuf);
	kfree(import);
}

static int import_detach(struct importer *importer, u32 id)
{
	struct import *import = xa_erase(&importer->attachments, id);

	if (!import)
		return -ENOENT;
	import_end(import);

	return 0;
}

/* Takes over the reference to @dmabuf, unless it fails. */
static int import_add(struct importer *importer, struct dma_buf *dmabuf,
		      struct device *dev, u32 *id)
{
	struct import *import;
	int ret;

	import = kzalloc_obj(*import);
	if (!import)
		return -ENOMEM;
	import->attachment = dma_buf_attach(dmabuf, dev);
	if (IS_ERR(import->attachment)) {
		ret = PTR_ERR(import->attachment);
		goto err_free_import;
	}
	ret = xa_alloc(&importer->attachments, id, import, IDS, GFP_KERNEL);
	if (ret) {
		ret = ret == -EBUSY ? -ENOSPC : ret;
		goto err_detach;
	}

	return 0;

err_detach:
	dma_buf_detach(dmabuf, import->attachment);
err_free_import:
	kfree(import);

	return ret;
}

static int attach(struct importer *importer, void __user *from)
{
	struct restricted_importer_attach arg;
	struct dma_buf *dmabuf;
	int ret;

	if (copy_from_user(&arg, from, sizeof(arg)))
		return -EFAULT;
	if (arg.device >= DEVICES || arg.pad)
		return -EINVAL;
	dmabuf = dma_buf_get(arg.fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	ret = import_add(importer, dmabuf, &devices[arg.device]->dev, &arg.id);
	if (ret) {
		dma_buf_put(dmabuf);
		return ret;
	}
	if (copy_to_user(from, &arg, sizeof(arg))) {
		import_detach(importer, arg.id);
		return -EFAULT;
	}

	return 0;
}

static u64 fill_words(u64 *at, size_t count, u64 word)
{
	size_t i;

	for (i = 0; i < count; i++)
		WRITE_ONCE(at[i], word);

	return count;
}

static u64 count_others(u64 *at, size_t count, u64 word)
{
	u64 others = 0;
	size_t i;

	for (i = 0; i < count; i++)
		others += READ_ONCE(at[i]) != word;

	return others;
}

/* By the bus: at the addresses that the device was given, which no IOMMU changes. */
static int access_all(struct sg_table *sgt, u64 word, u64 *words,
		      u64 (*visit)(u64 *at, size_t count, u64 word))
{
	struct scatterlist *sg;
	unsigned int i;
	void *map;

	*words = 0;
	for_each_sgtable_sg(sgt, sg, i) {
		map = memremap(sg_phys(sg), sg->length, MEMREMAP_WB);
		if (!map)
			return -ENOMEM;
		*words += visit(map, sg->length / sizeof(u64), word);
		memunmap(map);
		cond_resched();
	}

	return 0;
}

static int access(struct importer *importer, void __user *from,
		  u64 (*visit)(u64 *at, size_t count, u64 word))
{
	struct restricted_importer_access arg;
	struct import *import;
	int ret;

	if (copy_from_user(&arg, from, sizeof(arg)))
		return -EFAULT;
	import = import_find(importer, arg.id);
	if (IS_ERR(import))
		return PTR_ERR(import);
	if (!import->sgt || arg.pad)
		return -EINVAL;
	ret = access_all(import->sgt, arg.word, &arg.words, visit);
	if (!ret && copy_to_user(from, &arg, sizeof(arg)))
		ret = -EFAULT;

	return ret;
}

/* Not an attachment's matter: the CPU is no device */
static int map_for_cpu(void __user *from)
{
	struct dma_buf *dmabuf;
	struct iosys_map map;
	int fd, ret;

	if (get_user(fd, (s32 __user *)from))
		return -EFAULT;
	dmabuf = dma_buf_get(fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	ret = dma_buf_vmap_unlocked(dmabuf, &map);
	if (!ret)
		dma_buf_vunmap_unlocked(dmabuf, &map);
	dma_buf_put(dmabuf);

	return ret;
}

static int with_id(struct importer *importer, void __user *from,
		   int (*act)(struct importer *importer, u32 id))
{
	u32 id;

	if (get_user(id, (u32 __user *)from))
		return -EFAULT;

	return act(importer, id);
}

static int serve(struct importer *importer, unsigned int cmd, void __user *from)
{
	switch (cmd) {
	case RESTRICTED_IMPORTER_ATTACH:
		return attach(importer, from);
	case RESTRICTED_IMPORTER_MAP:
		return with_id(importer, from, import_map);
	case RESTRICTED_IMPORTER_UNMAP:
		return with_id(importer, from, import_unmap);
	case RESTRICTED_IMPORTER_DETACH:
		return with_id(importer, from, import_detach);
	case RESTRICTED_IMPORTER_FILL:
		return access(importer, from, fill_words);
	case RESTRICTED_IMPORTER_COUNT:
		return access(importer, from, count_others);
	case RESTRICTED_IMPORTER_VMAP:
		return map_for_cpu(from);
	default:
		return -ENOTTY;
	}
}

static long importer_ioctl(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	struct importer *importer = file->private_data;
	long ret;

	if (mutex_lock_interruptible(&importer->lock))
		return -EINTR;
	ret = serve(importer, cmd, (void __user *)arg);
	mutex_unlock(&importer->lock);

	return ret;
}

static int importer_open(struct inode *inode, struct file *file)
{
	struct importer *importer = kzalloc_obj(*importer);

	if (!importer)
		return -ENOMEM;
	mutex_init(&importer->lock);
	xa_init_flags(&importer->attachments, XA_FLAGS_ALLOC1);
	file->private_data = importer;

	return 0;
}

static int importer_release(struct inode *inode, struct file *file)
{
	struct importer *importer = file->private_data;
	struct import *import;
	unsigned long id;

	xa_for_each(&importer->attachments, id, import)
		import_end(import);
	xa_destroy(&importer->attachments);
	mutex_destroy(&importer->lock);
	kfree(importer);

	return 0;
}

static const struct file_operations importer_fops = {
	.owner = THIS_MODULE,
	.open = importer_open,
	.release = importer_release,
	.unlocked_ioctl = importer_ioctl,
};

static struct miscdevice importer_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "restricted_importer",
	.fops = &importer_fops,
	.mode = 0600,
};

static void destroy_device(struct faux_device *faux)
{
	struct device_node *node = faux->dev.of_node;

	faux->dev.of_node = NULL;
	of_node_put(node);
	faux_device_destroy(faux);
}

static struct faux_device *create_device(unsigned int which)
{
	struct faux_device *faux = faux_device_create(names[which], NULL, NULL);

	if (!faux)
		return NULL;
	if (dma_coerce_mask_and_coherent(&faux->dev, DMA_BIT_MASK(64))) {
		faux_device_destroy(faux);
		return NULL;
	}
	faux->dev.dma_parms = &dma_parms[which];
	dma_set_max_seg_size(&faux->dev, UINT_MAX);
	if (which == RESTRICTED_IMPORTER_NARROW)
		faux->dev.bus_dma_limit = DMA_BIT_MASK(24);
	if (which != RESTRICTED_IMPORTER_STRANGER)
		faux->dev.of_node = of_find_compatible_node(NULL, NULL,
							    "restricted-importer");

	return faux;
}

static void destroy_devices(void)
{
	unsigned int i;

	for (i = 0; i < DEVICES && devices[i]; i++)
		destroy_device(devices[i]);
}

static int __init importer_init(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < DEVICES; i++) {
		devices[i] = create_device(i);
		if (!devices[i]) {
			ret = -ENODEV;
			goto err_destroy_devices;
		}
	}
	ret = misc_register(&importer_misc);
	if (ret)
		goto err_destroy_devices;

	return 0;

err_destroy_devices:
	destroy_devices();

	return ret;
}
module_init(importer_init);

static void __exit importer_exit(void)
{
	misc_deregister(&importer_misc);
	destroy_devices();
}
module_exit(importer_exit);

MODULE_DESCRIPTION("Test importer of dma-bufs");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
