/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Datagrams, several of them in one call where the system has that: then
 * datagram_many.c is built, elsewhere datagram_one.c.
 */
#ifndef DATAGRAM_H
#define DATAGRAM_H

#include "udp_socket.h"

#define DATAGRAM_MAX	65536	/* more than IP carries: none is cut short */
#define DATAGRAMS_MAX	16	/* at a time */

struct datagram {
	struct sockaddr_storage peer;
	socklen_t	 peer_len;
	struct destination to;
	size_t		 n;
	unsigned	 returned;	/* once, or not at all */
	char		 bytes[DATAGRAM_MAX];
};

/* Takes those that wait, up to DATAGRAMS_MAX.  Returns how many, or -1: errno
 * is that of recvmsg(2). */
int	 datagrams_receive(int fd, struct datagram *all);
/* Sends these, up to DATAGRAMS_MAX, back to where they came from.  Those that
 * the system took have been returned. */
void	 datagrams_return(int fd, struct datagram *const which[], unsigned n);

/* For the two files: what a message header needs beside it. */
struct envelope {
	struct iovec	 iov;
	union control	 control;
};
void	 envelope_open(struct envelope *, struct datagram *, struct msghdr *);
void	 envelope_opened(struct msghdr *, struct datagram *, size_t n);
void	 envelope_seal(struct envelope *, struct datagram *, struct msghdr *);

#endif
