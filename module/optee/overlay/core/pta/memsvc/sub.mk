# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
srcs-y += area.c
srcs-y += bitmap.c
srcs-y += cmd_grant.c
srcs-y += cmd_lent.c
srcs-y += lent.c
srcs-y += pool.c
srcs-$(CFG_CORE_DYN_PROTMEM) += protmem.c
srcs-y += region.c
srcs-y += scrub.c
srcs-y += service.c
srcs-y += store.c
srcs-y += table.c
srcs-y += window.c
