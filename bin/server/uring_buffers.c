/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "uring_buffers.h"

#include <sys/mman.h>

#include <errno.h>

/* The kernel wants the ring at the start of a page; pages of buffers that are
 * never used are never there. */
#define RING_SIZE	65536
#define SIZE		(RING_SIZE + (size_t)BUFFERS * BUFFER_SIZE)

static void
put(struct uring_buffers *b, uint16_t id)
{
	io_uring_buf_ring_add(b->ring, uring_buffer(b, id), BUFFER_SIZE, id,
	    BUFFERS - 1, (int)b->returned++);
}

int
uring_buffers_open(struct uring_buffers *b, struct io_uring *ring)
{
	struct io_uring_buf_reg reg = {
		.ring_entries = BUFFERS, .bgid = BUFFER_GROUP
	};
	void *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int error;

	if (memory == MAP_FAILED)
		return -1;
	*b = (struct uring_buffers){
		.ring = memory, .memory = (char *)memory + RING_SIZE,
		.rest = BUFFERS_AWAY
	};
	reg.ring_addr = (uintptr_t)b->ring;
	error = io_uring_register_buf_ring(ring, &reg, 0);
	if (error < 0) {
		munmap(memory, SIZE);
		errno = -error;
		return -1;
	}
	io_uring_buf_ring_init(b->ring);
	for (int i = 0; i < BUFFERS_FIRST; i++)
		uring_buffers_lacked(b);
	uring_buffers_tell(b);
	return 0;
}

void
uring_buffers_close(struct uring_buffers *b)
{
	munmap(b->ring, SIZE);
}

char *
uring_buffer(const struct uring_buffers *b, uint16_t id)
{
	return b->memory + (size_t)id * BUFFER_SIZE;
}

void
uring_buffers_lacked(struct uring_buffers *b)
{
	if (b->offered < BUFFERS)
		put(b, (uint16_t)b->offered++);
}

void
uring_buffer_take(struct uring_buffers *b, uint16_t id, uint32_t length)
{
	b->taken++;
	b->rest = BUFFERS_USED;
	b->length[id] = length;
	b->next[id] = NO_BUFFER;
}

void
uring_buffer_return(struct uring_buffers *b, uint16_t id)
{
	b->taken--;
	put(b, id);
}

void
uring_buffers_tell(struct uring_buffers *b)
{
	io_uring_buf_ring_advance(b->ring, (int)b->returned);
	b->returned = 0;
}

int
uring_buffers_rest(struct uring_buffers *b)
{
	if (b->taken > 0 || b->rest == BUFFERS_AWAY)
		return 0;
	b->rest++;
	return b->rest == BUFFERS_AWAY && madvise(b->memory,
	    (size_t)BUFFERS * BUFFER_SIZE, MADV_DONTNEED) == 0;
}
