/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "error_name.h"

#include <errno.h>
#include <stddef.h>

#define NAME(error)	{ error, #error }

static const struct {
	int		 error;
	const char	*name;
} names[] = {
	NAME(EACCES), NAME(EADDRINUSE), NAME(EADDRNOTAVAIL),
	NAME(EAFNOSUPPORT), NAME(ECONNABORTED), NAME(ECONNREFUSED),
	NAME(ECONNRESET), NAME(EHOSTDOWN), NAME(EHOSTUNREACH),
	NAME(EINPROGRESS), NAME(EINVAL), NAME(EMFILE), NAME(ENETDOWN),
	NAME(EMSGSIZE), NAME(ENETRESET), NAME(ENETUNREACH), NAME(ENFILE),
	NAME(ENOBUFS), NAME(ENOENT), NAME(ENOMEM), NAME(ENOPROTOOPT),
	NAME(ENOTDIR), NAME(EPERM), NAME(EPIPE), NAME(EPROTO),
	NAME(ETIMEDOUT),
};

const char *
error_name(int error)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == error)
			return names[i].name;
	return NULL;
}
