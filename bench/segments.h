/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#ifndef SEGMENTS_H
#define SEGMENTS_H

#include <stdint.h>

/* How many segments the TCP of this network namespace has sent, retransmissions
 * left out; 0: the system does not say. */
uint64_t segments_sent(void);

#endif
