/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "facts.h"

#include <sys/socket.h>

#include <netinet/in.h>

#include <errno.h>
#include <string.h>

#ifdef LIBC_TCP_INFO
#include <netinet/tcp.h>
#elif defined(KERNEL_TCP_INFO)
#include <linux/tcp.h>
#endif

#if defined(LIBC_TCP_INFO) || defined(KERNEL_TCP_INFO)

#include <stddef.h>

void
tcp_facts_read(int fd, struct tcp_facts *facts)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);
	int saved = errno;

	memset(facts, 0, sizeof(*facts));
	memset(&info, 0, sizeof(info));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == -1) {
		errno = saved;
		return;
	}
	facts->known = 1;
	facts->rtt_us = info.tcpi_rtt;
	facts->retransmits = info.tcpi_retransmits;
	facts->all_retransmits = info.tcpi_total_retrans;
	facts->backoff = info.tcpi_backoff;
	facts->unacked = info.tcpi_unacked;
	facts->probes = info.tcpi_probes;
	facts->unsent = info.tcpi_notsent_bytes;
	facts->answered = info.tcpi_last_ack_recv <= info.tcpi_last_data_sent;
	/* An older kernel fills in less than the header has. */
	if (len >= offsetof(struct tcp_info, tcpi_snd_wnd) +
	    sizeof(info.tcpi_snd_wnd))
		facts->window_closed = info.tcpi_snd_wnd == 0;
}

#else

void
tcp_facts_read(int fd, struct tcp_facts *facts)
{
	(void)fd;
	memset(facts, 0, sizeof(*facts));
}

#endif
