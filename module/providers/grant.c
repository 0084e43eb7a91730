// SPDX-License-Identifier: GPL-2.0
#include <linux/overflow.h>
#include <linux/slab.h>

#include "../restricted_heap.h"
#include "../memory/grant_map.h"
#include "../tee/memsvc.h"
#include "grant.h"

static void give_back(struct grant_map *map,
		      const struct restricted_range *ranges, u32 count)
{
	while (count--)
		grant_map_give_back(map, ranges[count].pa,
				    ranges[count].length);
}

/* All of them or none, and only if they add up */
static int take(struct grant_map *map, const struct restricted_range *ranges,
		u32 count, size_t size)
{
	size_t sum = 0;
	u32 i;

	for (i = 0; i < count; i++) {
		if (check_add_overflow(sum, ranges[i].length, &sum) ||
		    grant_map_take(map, ranges[i].pa, ranges[i].length))
			goto err_give_back;
	}
	if (sum == size)
		return 0;

err_give_back:
	give_back(map, ranges, i);

	return -EIO;
}

/* The last range may be longer than the buffer needs it to be */
static int set_ranges(struct grant_map *map, struct restricted_buffer *buf,
		      struct restricted_range *ranges, u32 count, size_t size)
{
	size_t more = size - buf->size;
	int ret = -EIO;

	if (take(map, ranges, count, size))
		return -EIO;
	if (ranges[count - 1].length <= more)
		goto err_give_back;
	ranges[count - 1].length -= more;

	ret = restricted_buffer_set_ranges(buf, ranges, count);
	if (!ret)
		return 0;

err_give_back:
	give_back(map, ranges, count);

	return ret;
}

static int retrieve_ranges(struct memsvc *svc, struct grant_map *map,
			   const struct memsvc_grant *grant, size_t size,
			   struct restricted_buffer *buf)
{
	struct memsvc_range *answer __free(kfree) =
		kcalloc(grant->count, sizeof(*answer), GFP_KERNEL);
	struct restricted_range *ranges __free(kfree) =
		kcalloc(grant->count, sizeof(*ranges), GFP_KERNEL);
	int ret;
	u32 i;

	if (!answer || !ranges)
		return -ENOMEM;

	ret = memsvc_retrieve(svc, grant->handle, answer, grant->count);
	if (ret)
		return ret;
	for (i = 0; i < grant->count; i++) {
		ranges[i].pa = answer[i].pa;
		ranges[i].length = answer[i].length;
	}

	return set_ranges(map, buf, ranges, grant->count, size);
}

/**
 * grant_locate() - learn where a grant lies, and tell the buffer
 * @svc:	whose grant it is
 * @map:	of the service's memory; notes that it is taken
 * @grant:	the grant
 * @size:	what was asked for, in bytes; at least @buf->size, and less than
 *		a granule more
 * @buf:	a buffer in memory_restrict
 *
 * What comes from the other world is believed only as far as it is checked. One
 * range, as nearly always, needs no second call. On error the buffer has no
 * table.
 *
 * Return: 0; -EIO (the service talks nonsense), -ENOMEM, or as
 * memsvc_retrieve(): then the grant is still to be given back.
 */
int grant_locate(struct memsvc *svc, struct grant_map *map,
		 const struct memsvc_grant *grant, size_t size,
		 struct restricted_buffer *buf)
{
	int ret;

	if (likely(grant->count == 1)) {
		ret = grant_map_take(map, grant->base, size);
		if (!ret)
			restricted_buffer_set_range(buf, grant->base);
	} else if (!grant->count || grant->count > MEMSVC_MAX_RANGES) {
		ret = -EIO;
	} else {
		ret = retrieve_ranges(svc, map, grant, size, buf);
	}
	if (unlikely(ret))
		buf->sgt = (struct sg_table){};

	return ret;
}

/**
 * grant_forget() - undo the noting of grant_locate()
 * @map:	the same
 * @buf:	its buffer, the grant of which is about to be given back
 */
void grant_forget(struct grant_map *map, struct restricted_buffer *buf)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(&buf->sgt, sg, i)
		grant_map_give_back(map, sg_phys(sg), sg->length);
}

/**
 * grant_remember() - undo grant_forget()
 * @map:	the same
 * @buf:	its buffer, the grant of which could not be given back
 */
void grant_remember(struct grant_map *map, struct restricted_buffer *buf)
{
	struct scatterlist *sg;
	unsigned int i;

	/* Cannot fail: the service had it all the time */
	for_each_sgtable_sg(&buf->sgt, sg, i)
		grant_map_take(map, sg_phys(sg), sg->length);
}
