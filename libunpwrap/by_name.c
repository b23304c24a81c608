/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

/* The lower layer reports by errno alone. */
static const struct {
	int	 gai;
	int	 error;
} name_errors[] = {
	{ EAI_AGAIN,	EAGAIN },
	{ EAI_BADFLAGS,	EINVAL },
	{ EAI_FAIL,	EIO },
	{ EAI_FAMILY,	EAFNOSUPPORT },
	{ EAI_MEMORY,	ENOMEM },
	{ EAI_NONAME,	ENOENT },
	{ EAI_OVERFLOW,	EOVERFLOW },
	{ EAI_SERVICE,	ENOENT },
	{ EAI_SOCKTYPE,	EPROTOTYPE },
};

static int
name_errno(int gai)
{
	for (size_t i = 0; i < sizeof(name_errors) / sizeof(name_errors[0]);
	    i++)
		if (name_errors[i].gai == gai)
			return name_errors[i].error;
	return gai == EAI_SYSTEM ? errno : ENOENT;
}

/* Some systems' getaddrinfo(3) reads a number by strtoul(3) and keeps 16 bits:
 * "70000" is 4464, and "" or " 80" are numbers, too. */
static int
is_false_number(const char *service)
{
	char *end;
	unsigned long port = strtoul(service, &end, 10);

	if (*end != '\0')
		return 0;	/* a name, if anything */
	return service[0] < '0' || service[0] > '9' || port > 65535;
}

int
resolve_name(const char *host, const char *service, int flags, int family,
    int type, struct addrinfo **all)
{
	struct addrinfo hints;
	int gai;

	memset(&hints, 0, sizeof(hints));
	hints.ai_flags = flags;
	hints.ai_family = family;
	hints.ai_socktype = type;
	if (service != NULL && is_false_number(service))
		gai = EAI_SERVICE;
	else
		gai = getaddrinfo(host, service, &hints, all);
	if (gai != 0)
		errno = name_errno(gai);
	return gai;
}

int
open_by_name(const struct by_name *how, struct opened *opened, int *gai)
{
	struct addrinfo *all, *one;
	int fd = -1, error;

	*gai = resolve_name(how->host, how->service, how->flags, how->family,
	    how->type, &all);
	if (*gai != 0)
		return -1;
	for (one = all; one != NULL && fd == -1; one = one->ai_next) {
		fd = how->open(one);
		if (fd == -1)
			continue;
		opened->len = one->ai_addrlen;
		memcpy(&opened->addr, one->ai_addr, one->ai_addrlen);
	}
	error = errno;
	freeaddrinfo(all);
	errno = error;
	return fd;
}

void
by_name_failed(const char *function, const char *host, const char *no_host,
    const char *service, int gai)
{
	if (host == NULL)
		host = no_host;
	if (gai != 0 && gai != EAI_SYSTEM)
		err_quit("%s error for %s%s%s: %s", function, host,
		    service != NULL ? ", " : "", service != NULL ? service :
		    "", gai_strerror(gai));
	err_sys("%s error for %s%s%s", function, host, service != NULL ? ", " :
	    "", service != NULL ? service : "");
}
