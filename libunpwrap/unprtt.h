/*
 * unprtt.h - round-trip time estimation: book section 22.5
 *
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 *
 * A struct rtt_info belongs to one conversation and one thread at a time.
 */
#ifndef UNPWRAP_UNPRTT_H
#define UNPWRAP_UNPRTT_H

#include "unp.h"

#include <stdint.h>

#define RTT_RXTMIN	2	/* bounds of the timeout, in seconds */
#define RTT_RXTMAX	60
#define RTT_MAXNREXMT	3	/* times that a packet is sent again */

struct rtt_info {
	float	 rtt_rtt;	/* the last time measured, in seconds */
	float	 rtt_srtt;	/* smoothed */
	float	 rtt_rttvar;	/* smoothed mean deviation */
	float	 rtt_rto;	/* the timeout in force */
	int	 rtt_nrexmt;	/* times the packet was sent again */
	uint32_t rtt_base;	/* seconds, what rtt_ts counts from */
};

#ifdef __cplusplus
extern "C" {
#endif

/* Not 0: rtt_debug prints. */
extern int rtt_d_flag UNPWRAP_VARIABLE(rtt_d_flag);

/* Before the first packet. */
void	 rtt_init(struct rtt_info *rtt)
	    UNPWRAP_ELF(rtt_init);
/* Before each new packet. */
void	 rtt_newpack(struct rtt_info *rtt)
	    UNPWRAP_ELF(rtt_newpack);
/* Returns the timeout, in seconds: for alarm(2) or poll(2). */
int	 rtt_start(struct rtt_info *rtt)
	    UNPWRAP_ELF(rtt_start);
/* The reply came ms milliseconds after its packet, by rtt_ts. */
void	 rtt_stop(struct rtt_info *rtt, uint32_t ms)
	    UNPWRAP_ELF(rtt_stop);
/* The timeout has expired.  Doubles it; returns 0, or -1 to give up. */
int	 rtt_timeout(struct rtt_info *rtt)
	    UNPWRAP_ELF(rtt_timeout);
/* Returns a time stamp in milliseconds, for the packet to carry. */
uint32_t rtt_ts(struct rtt_info *rtt)
	    UNPWRAP_ELF(rtt_ts);
/* Prints the estimators on standard error if rtt_d_flag is set. */
void	 rtt_debug(struct rtt_info *rtt)
	    UNPWRAP_ELF(rtt_debug);

#ifdef __cplusplus
}
#endif

#endif
