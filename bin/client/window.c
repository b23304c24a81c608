/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "window.h"

#include <stdlib.h>
#include <string.h>

int
window_open(struct window *w, size_t size, size_t most)
{
	memset(w, 0, sizeof(*w));
	w->size = size;
	w->most = most;
	w->ring = malloc(size);
	return w->ring == NULL ? -1 : 0;
}

void
window_close(struct window *w)
{
	free(w->ring);
	w->ring = NULL;
}

/* The bytes [from, to) of the stream, as far as the ring's end. */
static char *
piece(const struct window *w, uint64_t from, uint64_t to, size_t *n)
{
	size_t at = (size_t)from & (w->size - 1);

	*n = w->size - at;
	if (*n > to - from)
		*n = (size_t)(to - from);
	return w->ring + at;
}

static void
grow(struct window *w)
{
	struct window larger = *w;
	uint64_t at;
	size_t n;

	larger.size = 2 * w->size;
	larger.ring = malloc(larger.size);
	if (larger.ring == NULL) {
		w->most = w->size;	/* a smaller window will do */
		return;
	}
	/* A piece of the old ring is in one piece in a larger one too. */
	for (at = w->printed; at < w->filled; at += n) {
		const char *old = piece(w, at, w->filled, &n);

		memcpy(larger.ring + (at & (larger.size - 1)), old, n);
	}
	free(w->ring);
	*w = larger;
}

char *
window_room(struct window *w, size_t *n)
{
	if (w->filled - w->printed == w->size && w->size < w->most)
		grow(w);
	return piece(w, w->filled, w->printed + w->size, n);
}

const char *
window_unsent(const struct window *w, size_t *n)
{
	return piece(w, w->sent, w->filled, n);
}

const char *
window_outstanding(const struct window *w, size_t *n)
{
	return piece(w, w->verified, w->sent, n);
}

const char *
window_unprinted(const struct window *w, size_t *n)
{
	return piece(w, w->printed, w->verified, n);
}

void
window_fill(struct window *w, size_t n)
{
	w->filled += n;
}

void
window_send(struct window *w, size_t n)
{
	w->sent += n;
}

void
window_print(struct window *w, size_t n)
{
	w->printed += n;
}

static size_t
common_length(const char *a, const char *b, size_t n)
{
	size_t i = 0;

	if (memcmp(a, b, n) == 0)
		return n;
	while (a[i] == b[i])
		i++;
	return i;
}

size_t
window_verify(struct window *w, const char *bytes, size_t n)
{
	size_t done = 0, some, same;

	do {
		const char *sent = window_outstanding(w, &some);

		if (some > n - done)
			some = n - done;
		same = common_length(sent, bytes + done, some);
		w->verified += same;
		done += same;
	} while (same == some && same > 0);
	return done;
}

int
window_full(const struct window *w)
{
	return w->filled - w->printed >= w->most;
}
