/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The part of the stream that the client cannot let go of: bytes on their way
 * out, bytes whose echo has not come back, and bytes that are still to be
 * printed.  What is printed is what was sent, once its echo has proved equal:
 * one copy serves all three.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stddef.h>
#include <stdint.h>

struct window {
	char		*ring;
	size_t		 size;	/* of the ring: a power of 2 */
	size_t		 most;	/* that it may grow to, another one */
	/* Positions in the stream, in this order from its head to its tail. */
	uint64_t	 filled;
	uint64_t	 sent;
	uint64_t	 verified;
	uint64_t	 printed;
};

/* Both sizes are powers of 2.  Returns 0, or -1: ENOMEM. */
int	 window_open(struct window *, size_t size, size_t most);
void	 window_close(struct window *);

/* Each returns where the next bytes of its kind are, and sets *n to the number
 * of them that are in one piece, 0 where there are none: room for input, bytes
 * to be sent, bytes sent whose echo has not come, bytes to be printed. */
char	*window_room(struct window *, size_t *n);
const char *window_unsent(const struct window *, size_t *n);
const char *window_outstanding(const struct window *, size_t *n);
const char *window_unprinted(const struct window *, size_t *n);

/* n of those bytes were read, sent, printed. */
void	 window_fill(struct window *, size_t n);
void	 window_send(struct window *, size_t n);
void	 window_print(struct window *, size_t n);
/* n bytes came back.  Returns how many of them are the next outstanding ones;
 * fewer than n: the next one differs, or nothing is outstanding any more. */
size_t	 window_verify(struct window *, const char *bytes, size_t n);

/* Is there no room, and will there be none before something is printed? */
int	 window_full(const struct window *);

#endif
