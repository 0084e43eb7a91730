// SPDX-License-Identifier: GPL-2.0
#include "codec.h"

#include <string.h>

#define PAGE_BYTES	4096
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static uint64_t align(uint64_t value, uint64_t to)
{
	return (value + to - 1) / to * to;
}

/*
 * iris_yuv_buffer_size_nv12() and ..._p010(): rows of both planes begin every
 * 128 samples (256 bytes of P010's two a sample), the plane of Y has a multiple
 * of 32 rows and that of UV, which has half as many, one of 16.
 */
uint64_t video_frame_bytes(const struct video *v)
{
	uint64_t bytes_per_sample = v->depth > 8 ? 2 : 1;
	uint64_t stride = align(v->width * bytes_per_sample,
				128 * bytes_per_sample);
	uint64_t rows = align(v->height, 32) +
			align((v->height + 1) / 2, 16);

	return align(stride * rows, PAGE_BYTES);
}

static uint64_t macroblocks(const struct video *v)
{
	return align(v->width, 16) / 16 * (align(v->height, 16) / 16);
}

/*
 * iris_dec_bitstream_buffer_size(): half of a YUV 4:2:0 frame of 4096x2304, of
 * VP9 the whole; of larger videos a quarter of the largest that the hardware
 * takes, 8192x4352.
 */
uint64_t video_input_bytes(const struct video *v)
{
	static const struct video usual = { .width = 4096, .height = 2304 };
	static const struct video large = { .width = 8192, .height = 4352 };
	uint64_t pixels = 256 * macroblocks(&usual), share = 2;

	if (macroblocks(v) > macroblocks(&usual)) {
		pixels = 256 * macroblocks(&large);
		share = 4;
	} else if (v->codec == CODEC_VP9) {
		share = 1;
	}
	return align(pixels * 3 / 2 / share, PAGE_BYTES);
}

/* A level: frames of so many units, so many units a second */
struct level {
	const char *name;
	uint64_t frame;
	uint64_t second;
	uint64_t dpb;
};

/* ITU-T H.264 table A-1: MaxFS, MaxMBPS and MaxDpbMbs, in macroblocks */
static const struct level avc_levels[] = {
	{ "1", 99, 1485, 396 },
	{ "1.1", 396, 3000, 900 },
	{ "1.2", 396, 6000, 2376 },
	{ "1.3", 396, 11880, 2376 },
	{ "2", 396, 11880, 2376 },
	{ "2.1", 792, 19800, 4752 },
	{ "2.2", 1620, 20250, 8100 },
	{ "3", 1620, 40500, 8100 },
	{ "3.1", 3600, 108000, 18000 },
	{ "3.2", 5120, 216000, 20480 },
	{ "4", 8192, 245760, 32768 },
	{ "4.1", 8192, 245760, 32768 },
	{ "4.2", 8704, 522240, 34816 },
	{ "5", 22080, 589824, 110400 },
	{ "5.1", 36864, 983040, 184320 },
	{ "5.2", 36864, 2073600, 184320 },
	{ "6", 139264, 4177920, 696320 },
	{ "6.1", 139264, 8355840, 696320 },
	{ "6.2", 139264, 16711680, 696320 },
};

/* ITU-T H.265 tables A.8 and A.9: MaxLumaPs and MaxLumaSr, in samples */
static const struct level hevc_levels[] = {
	{ "1", 36864, 552960, 0 },
	{ "2", 122880, 3686400, 0 },
	{ "2.1", 245760, 7372800, 0 },
	{ "3", 552960, 16588800, 0 },
	{ "3.1", 983040, 33177600, 0 },
	{ "4", 2228224, 66846720, 0 },
	{ "4.1", 2228224, 133693440, 0 },
	{ "5", 8912896, 267386880, 0 },
	{ "5.1", 8912896, 534773760, 0 },
	{ "5.2", 8912896, 1069547520, 0 },
	{ "6", 35651584, 1069547520, 0 },
	{ "6.1", 35651584, 2139095040, 0 },
	{ "6.2", 35651584, 4278190080, 0 },
};

/* The picture in units of its codec's levels; H.265 cuts it into 8x8 at least */
static uint64_t picture(const struct video *v)
{
	if (v->codec == CODEC_AVC)
		return macroblocks(v);
	return align(v->width, 8) * align(v->height, 8);
}

/* Neither side longer than the root of eight times the largest frame */
static int admits(const struct level *l, const struct video *v)
{
	uint64_t unit = v->codec == CODEC_AVC ? 16 : 1;
	uint64_t width = align(v->width, unit) / unit;
	uint64_t height = align(v->height, unit) / unit;

	return picture(v) <= l->frame && picture(v) * v->fps <= l->second &&
	       width * width <= 8 * l->frame && height * height <= 8 * l->frame;
}

static const struct level *find_level(const struct video *v)
{
	const struct level *levels = avc_levels;
	size_t n = ARRAY_SIZE(avc_levels);

	if (v->codec == CODEC_HEVC) {
		levels = hevc_levels;
		n = ARRAY_SIZE(hevc_levels);
	}
	for (size_t i = 0; i < n; i++)
		if (admits(&levels[i], v) &&
		    (!v->level || !strcmp(v->level, levels[i].name)))
			return &levels[i];
	return NULL;
}

const char *video_level(const struct video *v)
{
	const struct level *level;

	if (v->codec == CODEC_VP9 || v->codec == CODEC_AV1)
		return "";
	level = find_level(v);
	return level ? level->name : NULL;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* H.264 A.3.1: as many frames as MaxDpbMbs hold, 16 at most */
static uint64_t avc_references(const struct video *v)
{
	return least(find_level(v)->dpb / macroblocks(v), 16);
}

/* H.265 A.4.2, MaxDpbSize: 6 of the largest pictures, more of smaller ones */
static uint64_t hevc_references(const struct video *v)
{
	uint64_t most = find_level(v)->frame, size = picture(v);

	if (size <= most / 4)
		return 16;
	if (size <= most / 2)
		return 12;
	return size <= 3 * most / 4 ? 8 : 6;
}

unsigned int video_decoder_frames(const struct video *v)
{
	uint64_t frames = 0;

	switch (v->codec) {
	case CODEC_AVC:
		frames = avc_references(v) + 1;
		break;
	case CODEC_HEVC:
		frames = hevc_references(v) + 1;
		break;
	case CODEC_VP9:
		/* VP9 specification, section 3: NUM_REF_FRAMES is 8 */
		frames = 8 + 1;
		break;
	case CODEC_AV1:
		/*
		 * AV1 specification, annex E: the decoder's pool has 10; and one
		 * for film grain. That is what the iris driver asks for, too.
		 */
		frames = 10 + 1;
		break;
	}
	if (frames < VIDEO_FRAMES_MIN)
		frames = VIDEO_FRAMES_MIN;
	return (unsigned int)least(frames, VIDEO_FRAMES_MAX);
}
