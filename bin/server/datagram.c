/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "datagram.h"

#include <string.h>

static void
address(struct envelope *e, struct datagram *d, struct msghdr *message)
{
	memset(message, 0, sizeof(*message));
	e->iov.iov_base = d->bytes;
	message->msg_iov = &e->iov;
	message->msg_iovlen = 1;
	message->msg_name = &d->peer;
	message->msg_control = e->control.bytes;
}

void
envelope_open(struct envelope *e, struct datagram *d, struct msghdr *message)
{
	address(e, d, message);
	e->iov.iov_len = sizeof(d->bytes);
	message->msg_namelen = sizeof(d->peer);
	message->msg_controllen = sizeof(e->control);
}

void
envelope_opened(struct msghdr *message, struct datagram *d, size_t n)
{
	d->n = n;
	d->returned = 0;
	d->peer_len = message->msg_namelen;
	destination_read(message, &d->to);
}

void
envelope_seal(struct envelope *e, struct datagram *d, struct msghdr *message)
{
	address(e, d, message);
	e->iov.iov_len = d->n;
	message->msg_namelen = d->peer_len;
	message->msg_controllen = 0;
	destination_write(&d->to, message);
	if (message->msg_controllen == 0)
		message->msg_control = NULL;
}
