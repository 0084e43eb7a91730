# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What the memory service adds to OP-TEE's configuration; handed to its build
# as CFG_OPTEE_CONFIG=core/pta/memsvc/conf.mk, so that no makefile of OP-TEE
# is changed.

ifeq ($(and $(CFG_MEMSVC_BASE),$(CFG_MEMSVC_SIZE)),)
$(error CFG_MEMSVC_BASE and CFG_MEMSVC_SIZE (the service's pool) are not set)
endif

ifeq ($(and $(CFG_MEMSVC_NSEC_BASE),$(CFG_MEMSVC_NSEC_SIZE)),)
$(error CFG_MEMSVC_NSEC_BASE and CFG_MEMSVC_NSEC_SIZE (RAM it may restrict) are not set)
endif

ifneq ($(words $(CFG_MEMSVC_SECRAM_BASE) $(CFG_MEMSVC_SECRAM_SIZE)),$(if $(CFG_MEMSVC_SECRAM_SIZE),2,0))
$(error CFG_MEMSVC_SECRAM_BASE and CFG_MEMSVC_SECRAM_SIZE (secure RAM) go together)
endif

ifeq ($(CFG_CORE_DYN_PROTMEM)$(CFG_MEMSVC_PROTMEM_SIZE),y)
$(error CFG_MEMSVC_PROTMEM_SIZE (what the kernel lends for protected memory) is not set)
endif

# The largest area that the normal world may lend as a whole; bounds its books.
CFG_MEMSVC_CMA_MAX ?= 0x40000000

# Calls that are in OP-TEE at the same time; a call more waits in the normal
# world. The default (2) would hide the service's own concurrency.
CFG_NUM_THREADS ?= 8

# OP-TEE's architecture makefile adds to this list of source folders.
core-platform-subdirs := core/pta/memsvc
