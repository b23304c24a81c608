/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "udp_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* How a system reports the IPv4 destination, and takes the source: FreeBSD and
 * OpenBSD as a bare address, Linux and macOS in a structure. */
#if defined(IP_RECVDSTADDR) && defined(IP_SENDSRCADDR)
#define WANT_V4		IP_RECVDSTADDR
#define READ_V4		IP_RECVDSTADDR
#define WRITE_V4	IP_SENDSRCADDR
#define V4_INFO		struct in_addr
#define ADDRESS_OF(info)	(info)
#define SOURCE_OF(info)		(info)
/* FreeBSD does not let a socket that is bound to one address name it. */
#define MAY_WANT_V4(addr)	((addr).s_addr == htonl(INADDR_ANY))
#elif defined(IP_PKTINFO)
#define WANT_V4		IP_PKTINFO
#define READ_V4		IP_PKTINFO
#define WRITE_V4	IP_PKTINFO
#define V4_INFO		struct in_pktinfo
#define ADDRESS_OF(info)	(info).ipi_addr
#define SOURCE_OF(info)		(info).ipi_spec_dst
#define MAY_WANT_V4(addr)	((void)(addr), 1)
#endif

/* To answer from there, and not what was sent to all: an address that a socket
 * is bound to may be a broadcast one.  If this fails, the system chooses the
 * source by itself. */
static void
want_destination(int fd, const struct sockaddr *addr)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)addr;
	int on = 1;

	if (addr->sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
		    sizeof(on));
#ifdef WANT_V4
	else if (MAY_WANT_V4(sin->sin_addr))
		setsockopt(fd, IPPROTO_IP, WANT_V4, &on, sizeof(on));
#endif
}

/* Without SO_REUSEADDR, by which two datagram sockets could have one address,
 * and one of them all that comes. */
int
udp_socket(const struct sockaddr *addr, socklen_t len, int v6only)
{
	int fd = socket(addr->sa_family, SOCK_DGRAM, 0), error;

	if (fd == -1)
		return -1;
	want_destination(fd, addr);
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
	    fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
	    (addr->sa_family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6,
	    IPV6_V6ONLY, &v6only, sizeof(v6only)) == 0) &&
	    bind(fd, addr, len) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static void
read_v6(const struct cmsghdr *header, struct destination *d)
{
	struct in6_pktinfo info;

	memcpy(&info, CMSG_DATA(header), sizeof(info));
	d->family = AF_INET6;
	d->address.v6 = info.ipi6_addr;
}

#ifdef WANT_V4
static void
read_v4(const struct cmsghdr *header, struct destination *d)
{
	V4_INFO info;

	memcpy(&info, CMSG_DATA(header), sizeof(info));
	d->family = AF_INET;
	d->address.v4 = ADDRESS_OF(info);
}
#endif

void
destination_read(struct msghdr *message, struct destination *d)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);

	d->family = AF_UNSPEC;
	for (; header != NULL; header = CMSG_NXTHDR(message, header)) {
		if (header->cmsg_level == IPPROTO_IPV6 &&
		    header->cmsg_type == IPV6_PKTINFO)
			read_v6(header, d);
#ifdef WANT_V4
		if (header->cmsg_level == IPPROTO_IP &&
		    header->cmsg_type == READ_V4)
			read_v4(header, d);
#endif
	}
}

static void
write_one(struct msghdr *message, int level, int type, const void *info,
    size_t n)
{
	struct cmsghdr *header = message->msg_control;

	header->cmsg_level = level;
	header->cmsg_type = type;
	header->cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(header), info, n);
	message->msg_controllen = CMSG_SPACE(n);
}

/* The interface is left to the routes: the way back may be another one. */
void
destination_write(const struct destination *d, struct msghdr *message)
{
	struct in6_pktinfo v6 = { .ipi6_ifindex = 0 };
#ifdef WANT_V4
	V4_INFO v4;

	memset(&v4, 0, sizeof(v4));
	SOURCE_OF(v4) = d->address.v4;
	if (d->family == AF_INET)
		write_one(message, IPPROTO_IP, WRITE_V4, &v4, sizeof(v4));
#endif
	v6.ipi6_addr = d->address.v6;
	if (d->family == AF_INET6)
		write_one(message, IPPROTO_IPV6, IPV6_PKTINFO, &v6,
		    sizeof(v6));
}

static int
is_unicast_v4(struct in_addr address)
{
	return !IN_MULTICAST(ntohl(address.s_addr)) &&
	    address.s_addr != htonl(INADDR_BROADCAST);
}

/* The broadcast address of a network looks like any other; the system takes it
 * as no source of an answer. */
int
destination_is_unicast(const struct destination *d)
{
	struct in_addr v4;

	if (d->family == AF_UNSPEC)
		return 1;
	if (d->family == AF_INET)
		return is_unicast_v4(d->address.v4);
	if (!IN6_IS_ADDR_V4MAPPED(&d->address.v6))
		return !IN6_IS_ADDR_MULTICAST(&d->address.v6);
	memcpy(&v4, d->address.v6.s6_addr + 12, sizeof(v4));
	return is_unicast_v4(v4);
}
