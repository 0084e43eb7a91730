/* SPDX-License-Identifier: GPL-2.0 */
/* A TEE client: sessions, calls and shared memory over /dev/teeN. */
#ifndef RHEAP_TEE_H
#define RHEAP_TEE_H

#include <stddef.h>
#include <stdint.h>

#include <linux/tee.h>

#define TEE_DEVICE	"/dev/tee0"
#define TEE_MAX_PARAMS	4

/* GlobalPlatform results and origins that programs look for */
#define TEE_OK				0x00000000u
#define TEE_RESULT_ACCESS_DENIED	0xffff0001u
#define TEE_RESULT_NO_ITEM		0xffff0008u
#define TEE_RESULT_NOT_IMPLEMENTED	0xffff0009u
#define TEE_RESULT_SHORT_BUFFER		0xffff0010u
#define TEE_ORIGIN_IN_TA		4u

/**
 * struct tee - an open TEE
 * @fd: of the device
 * @version: what it said of itself
 */
struct tee {
	int fd;
	struct tee_ioctl_version_data version;
};

/**
 * struct tee_reply - how a call ended inside the TEE
 * @result: a GlobalPlatform code, TEE_OK for success
 * @origin: which part said so, TEE_ORIGIN_IN_TA for the service itself
 */
struct tee_reply {
	uint32_t result;
	uint32_t origin;
};

/**
 * struct tee_shm - memory shared with the TEE
 * @fd: keeps it alive
 * @id: names it in a parameter
 * @size: in bytes, as the kernel rounded it
 * @map: mapped here, or NULL
 */
struct tee_shm {
	int fd;
	int id;
	size_t size;
	void *map;
};

/**
 * tee_open - open a TEE
 * @tee: filled
 * @path: for example TEE_DEVICE
 *
 * Return: 0, the TEE to be given to tee_close(); -ENOENT when there is no such
 * device; -ENOTTY when it is no TEE; else a negative errno.
 */
int tee_open(struct tee *tee, const char *path);

/**
 * tee_close - close a TEE, its sessions with it
 * @tee: an open TEE
 */
void tee_close(struct tee *tee);

/**
 * tee_probe - is a service there?
 * @path: of the TEE
 * @uuid: of the service, in network order
 * @reply: filled; TEE_OK when a session could be opened
 *
 * OP-TEE asks tee-supplicant for a service that it does not hold itself, and
 * where none runs a session opened from user space waits for it, for ever and
 * deaf to all signals but SIGKILL. So a child process tries, and is ended after
 * 5 s. Call this before threads are made.
 *
 * Return: 0 when the TEE answered, whatever it said; -ETIMEDOUT when it did
 * not; else a negative errno.
 */
int tee_probe(const char *path, const uint8_t uuid[16],
	      struct tee_reply *reply);

/**
 * tee_session_open - open a public session without parameters
 * @tee: an open TEE
 * @uuid: of the service, in network order; waits for ever for one that is not
 *	there, see tee_probe()
 * @session: filled; to be given to tee_session_close()
 * @reply: filled; TEE_OK when the session is open
 *
 * Return: 0 when the TEE answered, whatever it said; else a negative errno.
 */
int tee_session_open(const struct tee *tee, const uint8_t uuid[16],
		     uint32_t *session, struct tee_reply *reply);

/**
 * tee_session_close - close a session
 * @tee: the TEE it belongs to
 * @session: from tee_session_open()
 *
 * Return: 0, or a negative errno.
 */
int tee_session_close(const struct tee *tee, uint32_t session);

/**
 * tee_invoke - call a command of a service
 * @tee: an open TEE
 * @session: an open session of it
 * @command: the service's number for it
 * @params: given to it and filled by it; see tee_param_...() for making them
 * @n: how many, at most TEE_MAX_PARAMS
 * @reply: filled
 *
 * Return: 0 when the TEE answered, whatever it said; else a negative errno.
 */
int tee_invoke(const struct tee *tee, uint32_t session, uint32_t command,
	       struct tee_ioctl_param *params, size_t n,
	       struct tee_reply *reply);

/**
 * tee_cancel - ask to cancel what a session is doing
 * @tee: an open TEE
 * @session: an open session of it
 *
 * The kernel does not pass on what the TEE answers.
 *
 * Return: 0, or a negative errno.
 */
int tee_cancel(const struct tee *tee, uint32_t session);

/**
 * tee_shm_alloc - allocate shared memory, unmapped
 * @tee: an open TEE
 * @size: in bytes, not 0
 * @shm: filled; to be given to tee_shm_free()
 *
 * Return: 0, or a negative errno.
 */
int tee_shm_alloc(const struct tee *tee, size_t size, struct tee_shm *shm);

/**
 * tee_shm_map - map shared memory for reading and writing
 * @shm: from tee_shm_alloc()
 *
 * Return: 0, or a negative errno.
 */
int tee_shm_map(struct tee_shm *shm);

/**
 * tee_shm_free - unmap and give back shared memory
 * @shm: from tee_shm_alloc()
 */
void tee_shm_free(struct tee_shm *shm);

/**
 * tee_param_value - make a parameter of two values, in and out
 * @a: first
 * @b: second
 */
static inline struct tee_ioctl_param tee_param_value(uint64_t a, uint64_t b)
{
	return (struct tee_ioctl_param){
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT,
		.a = a,
		.b = b,
	};
}

/**
 * tee_param_memref - make a parameter of the beginning of shared memory
 * @type: TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_...
 * @shm: the memory
 * @size: bytes of it
 */
static inline struct tee_ioctl_param
tee_param_memref(uint64_t type, const struct tee_shm *shm, size_t size)
{
	return (struct tee_ioctl_param){
		.attr = type,
		.b = size,
		.c = (uint64_t)shm->id,
	};
}

#endif /* RHEAP_TEE_H */
