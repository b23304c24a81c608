/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "datagram.h"

#include <errno.h>
#include <stddef.h>

static struct mmsghdr messages[DATAGRAMS_MAX];
static struct envelope envelopes[DATAGRAMS_MAX];

int
datagrams_receive(int fd, struct datagram *all)
{
	int n;

	for (int i = 0; i < DATAGRAMS_MAX; i++)
		envelope_open(&envelopes[i], &all[i], &messages[i].msg_hdr);
	n = recvmmsg(fd, messages, DATAGRAMS_MAX, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++)
		envelope_opened(&messages[i].msg_hdr, &all[i],
		    messages[i].msg_len);
	return n;
}

/* The call ends before a message that cannot be sent: that one is left out. */
void
datagrams_return(int fd, struct datagram *const which[], unsigned n)
{
	unsigned done = 0;
	int now;

	for (unsigned i = 0; i < n; i++)
		envelope_seal(&envelopes[i], which[i], &messages[i].msg_hdr);
	while (done < n) {
		now = sendmmsg(fd, messages + done, n - done, MSG_DONTWAIT);
		if (now == -1 && errno == EINTR)
			continue;
		if (now <= 0)
			done++;
		for (; now > 0; now--)
			which[done++]->returned = 1;
	}
}
