/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a hardware video decoder asks for: how large its buffers are, and how
 * many it needs.
 *
 * Sizes are those of a decoder in Linux, drivers/media/platform/qcom/iris
 * (iris_buffer.c): linear frames in NV12 (8 bits) or P010 (10 bits), and its
 * bitstream buffers. Counts come from the codecs' specifications, named at
 * each function.
 */
#ifndef SESSION_CODEC_H
#define SESSION_CODEC_H

#include <stddef.h>
#include <stdint.h>

/* Limits of what is taken for a video at all */
#define VIDEO_SIDE_MIN	16
#define VIDEO_SIDE_MAX	16384
#define VIDEO_FPS_MAX	240

/* Decoders in Linux begin with so many frames, and take no more than these */
#define VIDEO_FRAMES_MIN	4
#define VIDEO_FRAMES_MAX	16

enum codec { CODEC_AVC, CODEC_HEVC, CODEC_VP9, CODEC_AV1 };

/**
 * struct video - a video stream
 * @codec: what it is coded in
 * @width: in samples
 * @height: in samples
 * @depth: bits a sample, 8 or 10
 * @fps: frames a second
 * @level: of AVC and HEVC, as "4.1"; NULL for the lowest that will do
 */
struct video {
	enum codec codec;
	uint32_t width;
	uint32_t height;
	uint32_t depth;
	uint32_t fps;
	const char *level;
};

/**
 * video_frame_bytes - the size of a decoded frame
 * @v: the stream
 */
uint64_t video_frame_bytes(const struct video *v);

/**
 * video_input_bytes - the size of a buffer for the coded stream
 * @v: the stream
 *
 * Does not depend on the resolution up to 4096x2304: so buffers outlast a
 * change of resolution.
 */
uint64_t video_input_bytes(const struct video *v);

/**
 * video_level - the level of an AVC or HEVC stream
 * @v: the stream
 *
 * Return: its name; NULL when there is none that admits so large frames so
 * often, or @v->level is not one that does; "" for a codec where memory does
 * not depend on it.
 */
const char *video_level(const struct video *v);

/**
 * video_decoder_frames - frames that the decoder holds
 * @v: a stream with a level
 *
 * Those it may have to refer to, and the one it decodes into; what the
 * display holds is beyond.
 */
unsigned int video_decoder_frames(const struct video *v);

#endif /* SESSION_CODEC_H */
