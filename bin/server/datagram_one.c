/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "datagram.h"

#include <errno.h>

int
datagrams_receive(int fd, struct datagram *all)
{
	struct envelope envelope;
	struct msghdr message;
	ssize_t n;
	int i;

	for (i = 0; i < DATAGRAMS_MAX; i++) {
		envelope_open(&envelope, &all[i], &message);
		n = recvmsg(fd, &message, MSG_DONTWAIT);
		if (n == -1)
			return i > 0 ? i : -1;
		envelope_opened(&message, &all[i], (size_t)n);
	}
	return i;
}

void
datagrams_return(int fd, struct datagram *const which[], unsigned n)
{
	struct envelope envelope;
	struct msghdr message;
	ssize_t now;

	for (unsigned i = 0; i < n; i++) {
		envelope_seal(&envelope, which[i], &message);
		do
			now = sendmsg(fd, &message, MSG_DONTWAIT);
		while (now == -1 && errno == EINTR);
		which[i]->returned = now != -1;
	}
}
