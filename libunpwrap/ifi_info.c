/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"
#include "unpifi.h"

#include <ifaddrs.h>

#ifdef HAVE_NETPACKET_PACKET_H
#include <netpacket/packet.h>
#endif
#ifdef HAVE_NET_IF_DL_H
#include <net/if_dl.h>
#endif

/* An entry and its three addresses are one block. */
struct entry {
	struct ifi_info	 info;
	struct sockaddr_storage addr, brdaddr, dstaddr;
};

static socklen_t
length_of(const struct sockaddr *sa)
{
	return sa->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
	    sizeof(struct sockaddr_in);
}

static struct sockaddr *
keep(struct sockaddr_storage *into, const struct sockaddr *sa)
{
	memcpy(into, sa, length_of(sa));
	return (struct sockaddr *)into;
}

/* The link-level entry of an interface has its hardware address. */
static void
take_hardware(struct ifi_info *info, const struct sockaddr *sa)
{
	const unsigned char *bytes = NULL;
	size_t n = 0;

#if defined(AF_PACKET) && defined(HAVE_NETPACKET_PACKET_H)
	if (sa->sa_family == AF_PACKET) {
		bytes = ((const struct sockaddr_ll *)(const void *)sa)->
		    sll_addr;
		n = ((const struct sockaddr_ll *)(const void *)sa)->sll_halen;
	}
#elif defined(AF_LINK) && defined(HAVE_NET_IF_DL_H)
	if (sa->sa_family == AF_LINK) {
		const struct sockaddr_dl *dl = (const void *)sa;

		bytes = (const unsigned char *)LLADDR(dl);
		n = dl->sdl_alen;
	}
#endif
	if (bytes == NULL || n > IFI_HADDR)
		return;
	memcpy(info->ifi_haddr, bytes, n);
	info->ifi_hlen = (unsigned short)n;
}

static void
find_hardware(struct ifi_info *info, const struct ifaddrs *all)
{
	for (; all != NULL; all = all->ifa_next)
		if (all->ifa_addr != NULL &&
		    strcmp(all->ifa_name, info->ifi_name) == 0)
			take_hardware(info, all->ifa_addr);
}

static void
find_mtu(struct ifi_info *info, int fd)
{
	struct ifreq request;

	memset(&request, 0, sizeof(request));
	memcpy(request.ifr_name, info->ifi_name, sizeof(request.ifr_name) <
	    IFI_NAME ? sizeof(request.ifr_name) : IFI_NAME);
	if (ioctl(fd, SIOCGIFMTU, &request) == 0)
		info->ifi_mtu = request.ifr_mtu;
}

/* Returns 0, also where the interface has gone meanwhile, or -1. */
static int
find_index(struct ifi_info *info)
{
	info->ifi_index = (int)if_nametoindex(info->ifi_name);
	return info->ifi_index != 0 || errno == ENODEV || errno == ENXIO ? 0 :
	    -1;
}

/* Where none is set, glibc gives the address itself. */
static int
has_broadcast(const struct ifaddrs *ifa)
{
	return (ifa->ifa_flags & IFF_BROADCAST) && ifa->ifa_broadaddr != NULL &&
	    sock_cmp_addr(ifa->ifa_broadaddr, ifa->ifa_addr,
	    length_of(ifa->ifa_addr)) != 0;
}

static struct ifi_info *
new_entry(const struct ifaddrs *ifa, const struct ifaddrs *all, int fd)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	struct ifi_info *info;

	if (entry == NULL)
		return NULL;
	info = &entry->info;
	/* Solaris' alias "lo0:1" is lo0 to the book. */
	snprintf(info->ifi_name, sizeof(info->ifi_name), "%.*s",
	    (int)strcspn(ifa->ifa_name, ":"), ifa->ifa_name);
	if (find_index(info) == -1) {
		free_ifi_info(info);
		return NULL;
	}
	info->ifi_flags = (int)ifa->ifa_flags;
	info->ifi_addr = keep(&entry->addr, ifa->ifa_addr);
	if (has_broadcast(ifa))
		info->ifi_brdaddr = keep(&entry->brdaddr, ifa->ifa_broadaddr);
	if ((ifa->ifa_flags & IFF_POINTOPOINT) && ifa->ifa_dstaddr != NULL)
		info->ifi_dstaddr = keep(&entry->dstaddr, ifa->ifa_dstaddr);
	find_hardware(info, all);
	find_mtu(info, fd);
	return info;
}

static int
is_listed(const struct ifi_info *list, const char *name)
{
	size_t n = strcspn(name, ":");

	for (; list != NULL; list = list->ifi_next)
		if (strlen(list->ifi_name) == n &&
		    strncmp(list->ifi_name, name, n) == 0)
			return 1;
	return 0;
}

static struct ifi_info *
make_list(const struct ifaddrs *all, int family, int doaliases, int fd)
{
	struct ifi_info *list = NULL, **end = &list;

	for (const struct ifaddrs *ifa = all; ifa != NULL;
	    ifa = ifa->ifa_next) {
		int alias;

		if (ifa->ifa_addr == NULL || !(ifa->ifa_flags & IFF_UP) ||
		    ifa->ifa_addr->sa_family != family)
			continue;
		alias = is_listed(list, ifa->ifa_name);
		if (alias && !doaliases)
			continue;
		*end = new_entry(ifa, all, fd);
		if (*end == NULL) {
			free_ifi_info(list);
			return NULL;
		}
		(*end)->ifi_myflags = alias ? IFI_ALIAS : 0;
		end = &(*end)->ifi_next;
	}
	if (list == NULL)
		errno = 0;
	return list;
}

struct ifi_info *
get_ifi_info(int family, int doaliases)
{
	struct ifi_info *list;
	struct ifaddrs *all;
	int fd, error;

	if (family != AF_INET && family != AF_INET6) {
		errno = EAFNOSUPPORT;
		return NULL;
	}
	fd = socket_cloexec(family, SOCK_DGRAM, 0);
	if (fd == -1)
		return NULL;
	if (getifaddrs(&all) == -1) {
		close_keep(fd);
		return NULL;
	}
	list = make_list(all, family, doaliases, fd);
	error = errno;
	freeifaddrs(all);
	errno = error;
	close_keep(fd);
	return list;
}
EXPORT(get_ifi_info);

struct ifi_info *
Get_ifi_info(int family, int doaliases)
{
	struct ifi_info *list = get_ifi_info(family, doaliases);

	if (list == NULL && errno != 0)
		err_sys("get_ifi_info error");
	return list;
}
EXPORT(Get_ifi_info);

void
free_ifi_info(struct ifi_info *list)
{
	int error = errno;

	while (list != NULL) {
		struct ifi_info *next = list->ifi_next;

		free(list);	/* the first member of its entry */
		list = next;
	}
	errno = error;
}
EXPORT(free_ifi_info);
