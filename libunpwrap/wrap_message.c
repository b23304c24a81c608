/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <sys/uio.h>

#include <errno.h>
#include <string.h>

ssize_t
Recvfrom(int fd, void *buf, size_t n, int flags, struct sockaddr *from,
    socklen_t *fromlen)
{
	socklen_t room = fromlen != NULL ? *fromlen : 0;
	ssize_t got;

	do {
		if (fromlen != NULL)
			*fromlen = room;
		got = recvfrom(fd, buf, one_call(n), flags, from, fromlen);
	} while (got == -1 && errno == EINTR);
	if (got == -1)
		err_sys("recvfrom error");
	return got;
}
EXPORT(Recvfrom);

ssize_t
Recvmsg(int fd, struct msghdr *msg, int flags)
{
	ssize_t got;

	do
		got = recvmsg(fd, msg, flags);
	while (got == -1 && errno == EINTR);
	if (got == -1)
		err_sys("recvmsg error");
	return got;
}
EXPORT(Recvmsg);

static ssize_t
send_whole(int fd, const struct msghdr *msg, int flags)
{
	ssize_t sent;

	do
		sent = sendmsg_quietly(fd, msg, flags);
	while (sent == -1 && errno == EINTR);
	return sent;
}

void
Sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *to,
    socklen_t len)
{
	char text[ADDRESS_TEXT_MAX];
	struct iovec iov;
	struct msghdr msg;
	size_t done = 0;
	ssize_t sent;

	memset(&msg, 0, sizeof(msg));
	msg.msg_name = (void *)(uintptr_t)to;
	msg.msg_namelen = to != NULL ? len : 0;
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	/* A stream socket may take a part. */
	do {
		iov.iov_base = (void *)((uintptr_t)buf + done);
		iov.iov_len = one_call(n - done);
		sent = send_whole(fd, &msg, flags);
		if (sent > 0)
			done += (size_t)sent;
	} while (sent > 0 && done < n);
	if (sent != -1)
		return;
	if (to == NULL)
		err_sys("sendto error");
	err_sys("sendto error to %s", message_address(to, len, text));
}
EXPORT(Sendto);

void
Sendmsg(int fd, const struct msghdr *msg, int flags)
{
	size_t n = 0;
	ssize_t sent;

	for (size_t i = 0; i < (size_t)msg->msg_iovlen; i++)
		n += msg->msg_iov[i].iov_len;
	sent = send_whole(fd, msg, flags);
	if (sent == -1)
		err_sys("sendmsg error");
	if ((size_t)sent != n)
		err_quit("sendmsg error: %zd of %zu bytes sent", sent, n);
}
EXPORT(Sendmsg);
