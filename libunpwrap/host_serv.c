/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <netdb.h>

/* AI_CANONNAME without a host is an error. */
static int
resolve(const char *host, const char *service, int family, int type,
    struct addrinfo **all)
{
	return resolve_name(host, service, host != NULL ? AI_CANONNAME : 0,
	    family, type, all);
}

struct addrinfo *
host_serv(const char *host, const char *service, int family, int type)
{
	struct addrinfo *all = NULL;

	if (resolve(host, service, family, type, &all) != 0)
		return NULL;
	return all;
}
EXPORT(host_serv);

struct addrinfo *
Host_serv(const char *host, const char *service, int family, int type)
{
	struct addrinfo *all;
	int gai = resolve(host, service, family, type, &all);

	if (gai != 0)
		by_name_failed("host_serv", host, "this host", service, gai);
	return all;
}
EXPORT(Host_serv);
