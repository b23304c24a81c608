/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Datagram sockets that know which of the host's addresses a datagram was sent
 * to, so that its answer comes from there.
 */
#ifndef UDP_SOCKET_H
#define UDP_SOCKET_H

#include <sys/socket.h>

#include <netinet/in.h>

/* Returns a socket that is bound to the address, non-blocking, close-on-exec;
 * or -1: errno is that of what failed.  v6only as of a listening socket. */
int	 udp_socket(const struct sockaddr *addr, socklen_t len, int v6only);

struct destination {
	int	 family;	/* AF_UNSPEC: the system does not tell */
	union {
		struct in_addr	v4;
		struct in6_addr	v6;
	} address;
};

/* Room for what the system says with a datagram. */
union control {
	struct cmsghdr	align;
	char		bytes[128];
};

void	 destination_read(struct msghdr *, struct destination *);
/* Puts it into the header's control buffer, as the source of what is sent. */
void	 destination_write(const struct destination *, struct msghdr *);
/* Is it one host's?  An answer to all of a network comes from many. */
int	 destination_is_unicast(const struct destination *);

#endif
