/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A device under test that takes dma-bufs: /dev/restricted_importer. Each open
 * file has attachments of its own, which its last close ends.
 *
 * Includes nothing: it needs <linux/types.h> and <linux/ioctl.h> before it.
 */
#ifndef RESTRICTED_IMPORTER_H
#define RESTRICTED_IMPORTER_H

/**
 * enum restricted_importer_device - which of its devices attaches
 * @RESTRICTED_IMPORTER_GRANTED: its memory-region property names every region
 * @RESTRICTED_IMPORTER_STRANGER: it has no such property
 * @RESTRICTED_IMPORTER_NARROW: as the first, but it reaches 16 MiB only
 */
enum restricted_importer_device {
	RESTRICTED_IMPORTER_GRANTED,
	RESTRICTED_IMPORTER_STRANGER,
	RESTRICTED_IMPORTER_NARROW,
};

/**
 * struct restricted_importer_attach - attach a dma-buf
 * @fd: in: the dma-buf; it may be closed afterwards
 * @device: in: enum restricted_importer_device
 * @id: out: names the attachment
 * @pad: 0
 */
struct restricted_importer_attach {
	__s32 fd;
	__u32 device;
	__u32 id;
	__u32 pad;
};

/**
 * struct restricted_importer_access - read or write all of a mapped buffer
 * @id: in: the attachment
 * @pad: 0
 * @word: in: what to write, or to look for, in all words of 64 bits
 * @words: out: how many words were written, or are not @word
 */
struct restricted_importer_access {
	__u32 id;
	__u32 pad;
	__u64 word;
	__u64 words;
};

/*
 * ATTACH	EBUSY for a device that may not, or would bounce; ENOSPC for more
 *		than 64 attachments; EINVAL for a device that is none
 * MAP, UNMAP, DETACH	take an id; ENOENT for none of the file's; EBUSY to map
 *		what is mapped, EINVAL to unmap what is not. DETACH unmaps.
 * FILL, COUNT	as a device would, by the bus; EINVAL for what is not mapped. Not
 *		to be asked of memory that the bus closes to the CPU.
 * VMAP		takes a dma-buf's fd, maps it for the kernel's CPU, and unmaps it;
 *		EINVAL for one that refuses that, else what mapping says
 */
#define RESTRICTED_IMPORTER_ATTACH \
	_IOWR('R', 1, struct restricted_importer_attach)
#define RESTRICTED_IMPORTER_MAP		_IOW('R', 2, __u32)
#define RESTRICTED_IMPORTER_UNMAP	_IOW('R', 3, __u32)
#define RESTRICTED_IMPORTER_DETACH	_IOW('R', 4, __u32)
#define RESTRICTED_IMPORTER_FILL \
	_IOWR('R', 5, struct restricted_importer_access)
#define RESTRICTED_IMPORTER_COUNT \
	_IOWR('R', 6, struct restricted_importer_access)
#define RESTRICTED_IMPORTER_VMAP	_IOW('R', 7, __s32)

#endif /* RESTRICTED_IMPORTER_H */
