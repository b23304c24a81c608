/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <sys/utsname.h>

#include <netinet/in.h>

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

/*
 * The list and the addresses are one block of memory, the caller's to free:
 * gethostbyname(3)'s, which the book hands out, is one for all threads.
 */
static char **
pack_addresses(const struct addrinfo *all)
{
	size_t n = 0, i = 0, size = sizeof(struct in_addr);
	char **list, *bytes;

	for (const struct addrinfo *ai = all; ai != NULL; ai = ai->ai_next)
		n++;
	list = malloc((n + 1) * sizeof(*list) + n * size);
	if (list == NULL)
		return NULL;
	bytes = (char *)(list + n + 1);
	for (; all != NULL; all = all->ai_next, i++) {
		list[i] = bytes + i * size;
		memcpy(list[i], &((const struct sockaddr_in *)
		    (const void *)all->ai_addr)->sin_addr, size);
	}
	list[n] = NULL;
	return list;
}

static char **
addresses(int *family, int *gai)
{
	struct addrinfo *all;
	struct utsname host;
	char **list;
	int error;

	*gai = 0;
	if (uname(&host) == -1)
		return NULL;
	*gai = resolve_name(host.nodename, NULL, 0, AF_INET, SOCK_STREAM,
	    &all);
	if (*gai != 0)
		return NULL;
	list = pack_addresses(all);
	error = errno;
	freeaddrinfo(all);
	errno = error;
	if (list != NULL)
		*family = AF_INET;
	return list;
}

char **
my_addrs(int *family)
{
	int gai;

	return addresses(family, &gai);
}
EXPORT(my_addrs);

char **
My_addrs(int *family)
{
	int gai;
	char **list = addresses(family, &gai);

	if (list == NULL)
		by_name_failed("my_addrs", NULL, "this host's name", NULL,
		    gai);
	return list;
}
EXPORT(My_addrs);
