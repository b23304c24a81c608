/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What the kernel knows of a TCP connection, as far as this system tells.
 */
#ifndef FACTS_H
#define FACTS_H

struct tcp_facts {
	int		 known;		/* 0: nothing is, and all is 0 */
	unsigned	 rtt_us;	/* smoothed round-trip time */
	unsigned	 retransmits;	/* in a row, of the same data */
	unsigned	 all_retransmits;	/* since it was made */
	unsigned	 backoff;	/* doublings of the timer, in a row */
	unsigned	 unacked;	/* segments on their way */
	unsigned	 probes;	/* in a row that nothing answered */
	unsigned	 unsent;	/* bytes that wait in the kernel */
	int		 window_closed;	/* the server's host takes no byte */
	int		 answered;	/* it answered the last data sent */
};

/* errno survives. */
void	 tcp_facts_read(int fd, struct tcp_facts *);

#endif
