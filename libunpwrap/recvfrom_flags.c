/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"
#include "unp.h"

#ifdef HAVE_NET_IF_DL_H
#include <net/if_dl.h>
#endif

/* What the kernel says of a datagram's arrival, by the name that it has for it.
 * The program has asked for it with setsockopt(2) under the same name. */

#ifdef IP_PKTINFO
static void
take_pktinfo(const struct cmsghdr *header, struct unp_in_pktinfo *to)
{
	struct in_pktinfo info;

	memcpy(&info, CMSG_DATA(header), sizeof(info));
	to->ipi_addr = info.ipi_addr;
	to->ipi_ifindex = (int)info.ipi_ifindex;
}
#endif

#ifdef IPV6_PKTINFO
static void
take_pktinfo6(const struct cmsghdr *header, struct unp_in_pktinfo *to)
{
	struct in6_pktinfo info;

	memcpy(&info, CMSG_DATA(header), sizeof(info));
	if (IN6_IS_ADDR_V4MAPPED(&info.ipi6_addr))
		memcpy(&to->ipi_addr, info.ipi6_addr.s6_addr + 12,
		    sizeof(to->ipi_addr));
	to->ipi_ifindex = (int)info.ipi6_ifindex;
}
#endif

#ifdef IP_RECVDSTADDR
static void
take_dstaddr(const struct cmsghdr *header, struct unp_in_pktinfo *to)
{
	memcpy(&to->ipi_addr, CMSG_DATA(header), sizeof(to->ipi_addr));
}
#endif

#if defined(IP_RECVIF) && defined(HAVE_NET_IF_DL_H)
static void
take_recvif(const struct cmsghdr *header, struct unp_in_pktinfo *to)
{
	struct sockaddr_dl link;

	memcpy(&link, CMSG_DATA(header),
	    offsetof(struct sockaddr_dl, sdl_data));
	to->ipi_ifindex = link.sdl_index;
}
#endif

static const struct {
	int	 level;
	int	 type;
	void	(*take)(const struct cmsghdr *, struct unp_in_pktinfo *);
} informations[] = {
#ifdef IP_PKTINFO
	{ IPPROTO_IP, IP_PKTINFO, take_pktinfo },
#endif
#ifdef IPV6_PKTINFO
	{ IPPROTO_IPV6, IPV6_PKTINFO, take_pktinfo6 },
#endif
#ifdef IP_RECVDSTADDR
	{ IPPROTO_IP, IP_RECVDSTADDR, take_dstaddr },
#endif
#if defined(IP_RECVIF) && defined(HAVE_NET_IF_DL_H)
	{ IPPROTO_IP, IP_RECVIF, take_recvif },
#endif
};

static void
take(const struct cmsghdr *header, struct unp_in_pktinfo *to)
{
	for (size_t i = 0; i < sizeof(informations) / sizeof(informations[0]);
	    i++)
		if (informations[i].level == header->cmsg_level &&
		    informations[i].type == header->cmsg_type)
			informations[i].take(header, to);
}

ssize_t
recvfrom_flags(int fd, void *buf, size_t n, int *flags, struct sockaddr *from,
    socklen_t *fromlen, struct unp_in_pktinfo *info)
{
	struct iovec iov = { .iov_base = buf, .iov_len = n };
	union {
		struct cmsghdr	 align;
		char		 room[256];
	} control;
	struct msghdr msg = {
		.msg_name = from,
		.msg_namelen = fromlen != NULL ? *fromlen : 0,
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = info != NULL ? control.room : NULL,
		.msg_controllen = info != NULL ? sizeof(control.room) : 0,
	};
	struct cmsghdr *header;
	ssize_t got;
	int passed;

	do
		got = recvmsg(fd, &msg, *flags);
	while (got == -1 && errno == EINTR);
	if (got == -1)
		return -1;
	*flags = msg.msg_flags;
	if (fromlen != NULL)
		*fromlen = msg.msg_namelen;
	if (info == NULL)
		return got;
	memset(info, 0, sizeof(*info));
	for (header = CMSG_FIRSTHDR(&msg); header != NULL;
	    header = CMSG_NXTHDR(&msg, header))
		take(header, info);
	/* The sender on a UNIX socket may have passed descriptors that nobody
	 * asked for. */
	passed = take_passed(&msg);
	if (passed != -1)
		close_keep(passed);
	return got;
}
EXPORT(recvfrom_flags);

ssize_t
Recvfrom_flags(int fd, void *buf, size_t n, int *flags, struct sockaddr *from,
    socklen_t *fromlen, struct unp_in_pktinfo *info)
{
	ssize_t got = recvfrom_flags(fd, buf, n, flags, from, fromlen, info);

	if (got == -1)
		err_sys("recvfrom_flags error");
	return got;
}
EXPORT(Recvfrom_flags);
