/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#ifndef MSG_CMSG_CLOEXEC	/* macOS */
#define MSG_CMSG_CLOEXEC	0
#endif

/* Aligned as control messages must be.  CMSG_SPACE is not a constant on all
 * systems; beside a descriptor, the sender's credentials or a time may come. */
union control {
	struct cmsghdr	 header;
	char		 room[256];
};

ssize_t
write_fd(int fd, void *data, size_t n, int sendfd)
{
	struct iovec iov = { .iov_base = data, .iov_len = n };
	union control control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = CMSG_SPACE(sizeof(int)),
	};
	struct cmsghdr *header;
	ssize_t sent;

	memset(&control, 0, sizeof(control));
	header = CMSG_FIRSTHDR(&msg);
	header->cmsg_len = CMSG_LEN(sizeof(int));
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(header), &sendfd, sizeof(int));
	do
		sent = sendmsg_quietly(fd, &msg, 0);
	while (sent == -1 && retry(fd, POLLOUT));
	return sent;
}
EXPORT(write_fd);

ssize_t
Write_fd(int fd, void *data, size_t n, int sendfd)
{
	ssize_t sent = write_fd(fd, data, n, sendfd);

	if (sent == -1)
		err_sys("write_fd error");
	return sent;
}
EXPORT(Write_fd);

/* If there was not room for all of them, macOS still gives the whole length. */
static size_t
number_passed(const struct msghdr *msg, const struct cmsghdr *header)
{
	const char *end = (const char *)msg->msg_control + msg->msg_controllen;
	size_t room = (size_t)(end - (const char *)CMSG_DATA(header));
	size_t n = header->cmsg_len - CMSG_LEN(0);

	if (header->cmsg_level != SOL_SOCKET ||
	    header->cmsg_type != SCM_RIGHTS)
		return 0;
	return (n < room ? n : room) / sizeof(int);
}

int
take_passed(struct msghdr *msg)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(msg);
	int first = -1, fd;

	for (; header != NULL; header = CMSG_NXTHDR(msg, header))
		for (size_t i = 0; i < number_passed(msg, header); i++) {
			memcpy(&fd, CMSG_DATA(header) + i * sizeof(fd),
			    sizeof(fd));
			if (first == -1)
				first = fd;
			else
				close_keep(fd);
		}
	return first;
}

ssize_t
read_fd(int fd, void *data, size_t n, int *recvfd)
{
	struct iovec iov = { .iov_base = data, .iov_len = n };
	union control control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room),
	};
	ssize_t got;

	*recvfd = -1;
	do
		got = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	while (got == -1 && retry(fd, POLLIN));
	if (got == -1)
		return -1;
	*recvfd = take_passed(&msg);
	if (MSG_CMSG_CLOEXEC == 0 && *recvfd != -1)
		fcntl(*recvfd, F_SETFD, FD_CLOEXEC);
	return got;
}
EXPORT(read_fd);

ssize_t
Read_fd(int fd, void *data, size_t n, int *recvfd)
{
	ssize_t got = read_fd(fd, data, n, recvfd);

	if (got == -1)
		err_sys("read_fd error");
	return got;
}
EXPORT(Read_fd);
