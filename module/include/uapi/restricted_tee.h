/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The memory service: the calls between the normal world and the secure
 * world's owner of restricted memory.
 *
 * Shared by the kernel's TEE client, the service inside OP-TEE, the
 * instruments and the stressors; so this file includes nothing. It needs the
 * fixed width types of <stdint.h>, in the kernel of <linux/types.h>, before it.
 *
 * UUID and commands 0x10000 to 0x10002 are those of the restricted_heap
 * series (MediaTek memory service). GlobalPlatform values are 32 bits wide
 * inside the TEE whatever the kernel's struct tee_param holds: sizes and
 * addresses in values are below 4 GiB, and a caller has to refuse what is not.
 *
 * Commands up to MEMSVC_CMD_LAST_PRIVILEGED change protection, and are
 * accepted from a session the kernel opened (TEE_IOCTL_LOGIN_REE_KERNEL) only.
 * All others are open to user space.
 */
#ifndef RESTRICTED_TEE_H
#define RESTRICTED_TEE_H

/* 4477588a-8476-11e2-ad15-e41f1390d676, the fields of a struct TEE_UUID */
#define MEMSVC_UUID { 0x4477588a, 0x8476, 0x11e2, \
		      { 0xad, 0x15, 0xe4, 0x1f, 0x13, 0x90, 0xd6, 0x76 } }

/* The same as 16 bytes in network order, as TEE_IOC_OPEN_SESSION wants it */
#define MEMSVC_UUID_BYTES { 0x44, 0x77, 0x58, 0x8a, 0x84, 0x76, 0x11, 0xe2, \
			    0xad, 0x15, 0xe4, 0x1f, 0x13, 0x90, 0xd6, 0x76 }

/*
 * Take memory from the service's pool, zeroed and out of the normal world's
 * reach from now on.
 *
 * [in]     value[0].a  size in bytes, a multiple of the page size
 * [in]     value[0].b  alignment in bytes, a power of two, 0 for any
 * [in]     value[1].a  memory type, enum memsvc_type
 * [inout]  value[2].a  in: base of the CMA area; out: number of ranges
 * [inout]  value[2].b  in: size of the CMA area; out: address of range 0
 * [out]    value[3].a  handle, never 0
 * [out]    value[3].b  bytes taken from the pool or the area, at least the size
 *			(the series' service tells nothing here)
 *
 * Memory type CMA: the first buffer restricts the whole area, the last FREE
 * gives it back, scrubbed where a buffer was. Meanwhile all calls must name the
 * same area. Buffers are MEMSVC_CMA_GRANULE aligned, and take whole granules.
 *
 * TEE_ERROR_BAD_PARAMETERS  size 0, not a multiple, or alignment or type bad;
 *			     the area is not of whole granules, not of the normal
 *			     world's RAM, too large, or not the one in use
 * TEE_ERROR_ACCESS_CONFLICT a page of the area is restricted already
 * TEE_ERROR_NOT_SUPPORTED   there is no memory of this type
 * TEE_ERROR_OUT_OF_MEMORY   the pool or the area cannot hold it in
 *			     MEMSVC_MAX_RANGES ranges
 */
#define MEMSVC_CMD_ZALLOC	0x10000

/*
 * Give memory back. The service scrubs it before it can be handed out again.
 *
 * [in]     value[0].a  handle
 * [out]    value[1].a  status: 0, or a TEE_ERROR code
 *
 * TEE_ERROR_ITEM_NOT_FOUND  no such handle (never given, or given back before)
 */
#define MEMSVC_CMD_FREE		0x10001

/*
 * Tell where the memory is.
 *
 * [in]     value[0].a  handle
 * [inout]  memref[1]   array of struct memsvc_range, filled
 *
 * TEE_ERROR_ITEM_NOT_FOUND  no such handle
 * TEE_ERROR_SHORT_BUFFER    memref[1].size tells how much is needed
 */
#define MEMSVC_CMD_RETRIEVE_SG	0x10002

/*
 * Put memory of the caller's out of the normal world's reach, all of the list
 * or nothing. The caller has zeroed it.
 *
 * [in]     memref[0]   array of struct memsvc_range: at most MEMSVC_BATCH_ENTRIES,
 *			in rising order of addresses, none over another,
 *			whole pages of the normal world's RAM
 *
 * TEE_ERROR_BAD_PARAMETERS  the list is empty, too long, not in order, not of
 *			     whole pages, or not of such RAM
 * TEE_ERROR_ACCESS_CONFLICT a page of it is restricted already
 */
#define MEMSVC_CMD_RESTRICT	0x10010

/*
 * Give memory back to the normal world, scrubbed first, all of the list or
 * nothing. A list of any pages that are restricted: its ranges need not be
 * those that were restricted together.
 *
 * [in]     memref[0]   as for MEMSVC_CMD_RESTRICT
 *
 * TEE_ERROR_BAD_PARAMETERS  as for MEMSVC_CMD_RESTRICT
 * TEE_ERROR_ITEM_NOT_FOUND  a page of it is not restricted
 * TEE_ERROR_ACCESS_CONFLICT a page of it is part of a CMA area
 */
#define MEMSVC_CMD_UNRESTRICT	0x10011

/*
 * Zero restricted memory, and leave it restricted.
 *
 * [in]     memref[0]   as for MEMSVC_CMD_RESTRICT
 *
 * TEE_ERROR_BAD_PARAMETERS  as for MEMSVC_CMD_RESTRICT
 * TEE_ERROR_ITEM_NOT_FOUND  a page of it is not restricted
 */
#define MEMSVC_CMD_SCRUB	0x10012

/* One call's list: so many entries fit three pages */
#define MEMSVC_BATCH_ENTRIES	1024

/* Buffers of an area that is lent as a whole lie on such boundaries */
#define MEMSVC_CMA_GRANULE	0x10000

/* A buffer is at most so many ranges: they fill one page of memsvc_range */
#define MEMSVC_MAX_RANGES	256

#define MEMSVC_CMD_LAST_PRIVILEGED	0x100ff

/* Do nothing; takes any parameters and looks at none. */
#define MEMSVC_CMD_NOP		0x10100

/* [inout] value[0]: a and b swapped; shows that the values went both ways */
#define MEMSVC_CMD_SWAP		0x10101

/*
 * The service's own books, summed, of one type of memory. Of type CMA the pool
 * is the area in use.
 *
 * [out]    value[0].a  bytes in the pool		value[0].b  bytes free
 * [out]    value[1].a  buffers live		value[1].b  ranges live
 * [out]    value[2].a  buffers ever handed out	value[2].b  ever given back
 * [in]     value[3].a  memory type, enum memsvc_type; without this parameter,
 *			MEMSVC_TYPE_STATIC
 *
 * TEE_ERROR_BAD_PARAMETERS  no such type
 * TEE_ERROR_NOT_SUPPORTED   there is no memory of this type
 */
#define MEMSVC_CMD_STATS	0x10102

/*
 * The service's own books, whole, of one type of memory.
 *
 * [inout]  memref[0]   array of struct memsvc_entry, one a live range, in the
 *			order of their addresses
 * [in]     value[1].a  memory type, as value[3].a of MEMSVC_CMD_STATS
 *
 * TEE_ERROR_BAD_PARAMETERS, TEE_ERROR_NOT_SUPPORTED  as for MEMSVC_CMD_STATS
 * TEE_ERROR_SHORT_BUFFER    memref[0].size tells how much is needed
 */
#define MEMSVC_CMD_TABLE	0x10103

/*
 * The books of MEMSVC_CMD_RESTRICT, summed.
 *
 * [out]    value[0].a  bytes restricted now (modulo 2^32)	value[0].b  pages
 * [out]    value[1].a  ranges ever restricted		value[1].b  ever given back
 */
#define MEMSVC_CMD_LENT		0x10104

/*
 * What one call's list may carry. A caller may ask for less.
 *
 * [out]    value[0].a  ranges, at most MEMSVC_BATCH_ENTRIES
 * [out]    value[0].b  pages, 0 for any number
 */
#define MEMSVC_CMD_LIMITS	0x10105

/*
 * The books of restricted memory of the normal world's, whole.
 *
 * [inout]  memref[0]   array of struct memsvc_range: runs of restricted pages,
 *			in rising order of addresses, none next to another (but
 *			for runs of 4 GiB and more). What other calls change
 *			meanwhile may be told or not.
 *
 * TEE_ERROR_SHORT_BUFFER    memref[0].size tells how much is needed
 */
#define MEMSVC_CMD_LENT_TABLE	0x10106

/*
 * Tell whose books these are. Books that were lost, with a secure world that was
 * reset, are not the ones that are kept now: what they said of handles and of
 * restricted memory is void.
 *
 * [out]    value[0]    a and b: a number, with the next books another
 */
#define MEMSVC_CMD_BOOKS	0x10107

/**
 * enum memsvc_type - where restricted memory comes from
 * @MEMSVC_TYPE_STATIC: the service's own pool
 * @MEMSVC_TYPE_CMA: an area that the caller lends with the call
 * @MEMSVC_TYPE_SECURE: the service's pool in RAM that the bus closes to the
 *	normal world
 */
enum memsvc_type {
	MEMSVC_TYPE_STATIC = 1,
	MEMSVC_TYPE_CMA = 2,
	MEMSVC_TYPE_SECURE = 3,
};

/**
 * struct memsvc_range - one physically contiguous part of a buffer
 * @pa: physical address
 * @length: in bytes
 *
 * Packed: the series' layout has no padding.
 */
struct memsvc_range {
	uint64_t pa;
	uint32_t length;
} __attribute__((packed));

/**
 * struct memsvc_entry - one line of the service's table
 * @pa: physical address of a live range
 * @length: in bytes
 * @handle: of the buffer the range belongs to
 */
struct memsvc_entry {
	uint64_t pa;
	uint32_t length;
	uint32_t handle;
};

#endif /* RESTRICTED_TEE_H */
