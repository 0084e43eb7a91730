# SPDX-License-Identifier: GPL-2.0
#
# Static arm64 programs for the guest, from the machine's cross compiler and the
# guest's own libraries. The environment says where those are:
#   RHEAP_SYSROOT          an arm64 Debian tree with the libraries
#   RHEAP_KERNEL_HEADERS   user-space headers of the guest's kernel

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)

set(CMAKE_SYSROOT $ENV{RHEAP_SYSROOT})
set(rheap_triplet aarch64-linux-gnu)
set(rheap_libdir ${CMAKE_SYSROOT}/usr/lib/${rheap_triplet})

execute_process(
	COMMAND ${CMAKE_C_COMPILER} -print-file-name=include
	OUTPUT_VARIABLE rheap_gcc_include
	OUTPUT_STRIP_TRAILING_WHITESPACE)

# Debian's cross compiler looks for the C library in its own folders before it
# looks in the sysroot: name every folder, the kernel's headers first.
set(CMAKE_C_FLAGS_INIT "-nostdinc -isystem $ENV{RHEAP_KERNEL_HEADERS} -isystem ${rheap_gcc_include} -isystem ${CMAKE_SYSROOT}/usr/include/${rheap_triplet} -isystem ${CMAKE_SYSROOT}/usr/include")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -B${rheap_libdir} -L${rheap_libdir}")

set(CMAKE_FIND_ROOT_PATH ${CMAKE_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_LIBRARY_ARCHITECTURE ${rheap_triplet})
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
set(ENV{PKG_CONFIG_LIBDIR} ${rheap_libdir}/pkgconfig)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${CMAKE_SYSROOT})
