/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "quantity.h"
#include "uring.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define SUBMISSIONS	128
#define WAIT_MS		10	/* for memory to come free */
#define COMPLETIONS	512	/* one look's; the kernel keeps what is more */

int
uring_open(struct io_uring *ring)
{
	struct io_uring_params params = {
		.flags = IORING_SETUP_SINGLE_ISSUER |
		    IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL |
		    IORING_SETUP_CQSIZE,
		.cq_entries = COMPLETIONS,
	};
	int error = io_uring_queue_init_params(SUBMISSIONS, ring, &params);

	if (error < 0) {
		errno = -error;
		return -1;
	}
	io_uring_register_ring_fd(ring);	/* the faster way, if any */
	return 0;
}

void
uring_close(struct io_uring *ring)
{
	io_uring_queue_exit(ring);
}

/* Linux 6.1 is the first that has DEFER_TASKRUN, and with it all else that is
 * needed. */
int
uring_probe(char why[WHY_MAX])
{
	static const struct {
		int		 error;
		const char	*meaning;
	} reasons[] = {
		{ ENOSYS, "the kernel has no io_uring, or a filter of system "
		    "calls hides it" },
		{ EPERM, "io_uring is forbidden, by kernel.io_uring_disabled "
		    "or a filter of system calls" },
		{ EINVAL, "io_uring of Linux 6.1 or later is needed" },
	};
	struct io_uring ring;

	if (uring_open(&ring) == 0) {
		uring_close(&ring);
		return 0;
	}
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].error == errno)
			return refuse(why, "%s", reasons[i].meaning);
	return refuse(why, "io_uring: %s", strerror(errno));
}

struct io_uring_sqe *
uring_sqe(struct io_uring *ring, unsigned n)
{
	while (io_uring_sq_space_left(ring) < n)
		if (io_uring_submit(ring) <= 0)
			poll(NULL, 0, WAIT_MS);
	return io_uring_get_sqe(ring);
}

/* A kernel short of memory may take only a part of what is submitted. */
int
uring_enter(struct io_uring *ring, int is_waiting)
{
	int result;

	for (;;) {
		result = is_waiting ? io_uring_submit_and_wait(ring, 1) :
		    io_uring_submit_and_get_events(ring);
		if (result < 0 && result != -EINTR && result != -EAGAIN &&
		    result != -EBUSY)
			break;
		if (io_uring_sq_ready(ring) == 0)
			return 0;
		poll(NULL, 0, WAIT_MS);
	}
	errno = -result;
	return -1;
}

void
uring_cancel(struct io_uring *ring, uint64_t user_data)
{
	struct io_uring_sqe *sqe = uring_sqe(ring, 1);

	io_uring_prep_cancel64(sqe, user_data, 0);
	sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
	io_uring_sqe_set_data64(sqe, URING_IGNORED);
}

void
uring_timeout(struct io_uring *ring, uint64_t user_data,
    struct __kernel_timespec *ts, int64_t ns)
{
	struct io_uring_sqe *sqe = uring_sqe(ring, 1);

	ts->tv_sec = ns / NSEC_PER_SEC;
	ts->tv_nsec = ns % NSEC_PER_SEC;
	io_uring_prep_timeout(sqe, ts, 0, 0);
	io_uring_sqe_set_data64(sqe, user_data);
}
