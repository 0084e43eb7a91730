# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
srcs-y += pool.c
srcs-y += region.c
srcs-y += service.c
srcs-y += table.c
