/*
 * internal.h - what the files of libunpwrap share and nobody else sees
 *
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 *
 * A book function is compiled under the hidden name unpwrap__NAME, so that a
 * call from inside the library reaches the library's own function whatever the
 * program defines.  EXPORT adds the public name unpwrap_NAME, weak, so that a
 * program's own definition replaces it in a static link too.
 */
#ifndef UNPWRAP_INTERNAL_H
#define UNPWRAP_INTERNAL_H

#include <config.h>

/* What the files share has a hidden name alone, for the same reason. */
#define INTERNAL(name)							\
	__asm__(UNPWRAP_STRING(__USER_LABEL_PREFIX__) "unpwrap__" #name) \
	__attribute__((__visibility__("hidden")))

#ifdef __ELF__
#define UNPWRAP_ELF	INTERNAL
#if __has_attribute(__copy__)
#define COPY(name)	__copy__(name),
#else
#define COPY(name)
#endif
#define EXPORT(name)							\
	extern __typeof__(name) public_##name				\
	    __asm__("unpwrap_" #name)					\
	    __attribute__((COPY(name) __weak__,				\
	    __alias__("unpwrap__" #name), __visibility__("default")))
#else	/* Mach-O's two-level names keep the library's calls its own. */
#define UNPWRAP_ELF(name)	UNPWRAP_VARIABLE(name)
#define EXPORT(name)	struct unpwrap
#endif

/* A variable has one name: a program may hold the only copy (copy
 * relocation). */
#define UNPWRAP_VARIABLE(name)						\
	__asm__(UNPWRAP_STRING(__USER_LABEL_PREFIX__) "unpwrap_" #name)	\
	__attribute__((__visibility__("default")))
#define UNPWRAP_STRING_(x)	#x
#define UNPWRAP_STRING(x)	UNPWRAP_STRING_(x)

/* What has a name of our own needs no second one. */
#pragma GCC visibility push(default)
#include "unpwrap.h"
#pragma GCC visibility pop

#include <limits.h>
#include <stdint.h>

/* How much of n to ask one system call for: macOS refuses more. */
static inline size_t
one_call(size_t n)
{
	return n < INT_MAX ? n : INT_MAX;
}

/* retry.c: after a call on fd failed, should it be made again?  If fd is
 * non-blocking and was not ready, waits for events (POLLIN, POLLOUT) first.  If
 * the answer is 0, errno is that of the failed call or of poll(2). */
int	 retry(int fd, short events) INTERNAL(retry);
/* After accept failed: is the next connection to be taken instead? */
int	 accept_again(void) INTERNAL(accept_again);

/* until.c: waits for events on fd; returns -1 with ETIMEDOUT at the deadline, a
 * time of the monotonic clock.  retry_until is retry with a deadline, whatever
 * the mode of fd. */
int	 wait_until(int fd, short events, const struct timespec *deadline)
	    INTERNAL(wait_until);
int	 retry_until(int fd, short events, const struct timespec *deadline)
	    INTERNAL(retry_until);

/* clock.c: the monotonic clock in milliseconds; the milliseconds until a time
 * of it, rounded up, so that 0 means that it has come; and the same for
 * poll(2), at most INT_MAX. */
int64_t	 monotonic_ms(void) INTERNAL(monotonic_ms);
int64_t	 ms_until(const struct timespec *deadline) INTERNAL(ms_until);
int	 poll_ms_until(const struct timespec *deadline) INTERNAL(poll_ms_until);

/* fd_passing.c: the first descriptor that came with a message, or -1; closes
 * the others. */
int	 take_passed(struct msghdr *msg) INTERNAL(take_passed);

/* cloexec.c: socket(2), socketpair(2) and pipe(2), closed on exec. */
int	 socket_cloexec(int family, int type, int protocol)
	    INTERNAL(socket_cloexec);
int	 socketpair_cloexec(int fds[2]) INTERNAL(socketpair_cloexec);
int	 pipe_cloexec_nonblock(int fds[2]) INTERNAL(pipe_cloexec_nonblock);

/* close_keep.c: close(2) that keeps errno, for clean-up. */
void	 close_keep(int fd) INTERNAL(close_keep);

/* connect_robust.c: connect(2), with EINTR retried.  connect_outcome: the
 * result of an attempt that went on in the kernel, once fd is writable: 0, or
 * -1, with EINTR if connect(2) must be called again. */
int	 connect_robust(int fd, const struct sockaddr *addr, socklen_t len)
	    INTERNAL(connect_robust);
int	 connect_outcome(int fd) INTERNAL(connect_outcome);

/* sigpipe.c: hold blocks SIGPIPE in the calling thread; release discards one
 * raised since (by a call that failed with EPIPE), restores the mask and keeps
 * errno. */
struct sigpipe {
	int	 was_pending;
	int	 was_blocked;
};
void	 sigpipe_hold(struct sigpipe *) INTERNAL(sigpipe_hold);
void	 sigpipe_release(const struct sigpipe *, int raised)
	    INTERNAL(sigpipe_release);

/* The same file: send(2), sendto(2) and sendmsg(2) that raise no SIGPIPE. */
ssize_t	 send_quietly(int fd, const void *buf, size_t n, int flags)
	    INTERNAL(send_quietly);
ssize_t	 sendto_quietly(int fd, const void *buf, size_t n, int flags,
	    const struct sockaddr *to, socklen_t len) INTERNAL(sendto_quietly);
ssize_t	 sendmsg_quietly(int fd, const struct msghdr *msg, int flags)
	    INTERNAL(sendmsg_quietly);

/* sock_addr.c: parts of an address at any alignment.  family_of needs an
 * address that HAS_FAMILY.  unix_path sets *n to the length of a UNIX socket's
 * path.  If the path fills its room, Linux reports a null byte behind it, which
 * is not counted. */
#define HAS_FAMILY(len)		((len) >= offsetof(struct sockaddr, sa_data))
int	 family_of(const struct sockaddr *addr) INTERNAL(family_of);
/* Is an address of that length one of a family whose addresses have size bytes,
 * at the least? */
int	 is_whole(socklen_t len, size_t size) INTERNAL(is_whole);
const char *unix_path(const struct sockaddr *addr, socklen_t len, size_t *n)
	    INTERNAL(unix_path);

/* sock_ntop.c: the text of an address for a message, "?" where it has none;
 * keeps errno. */
#define ADDRESS_TEXT_MAX	128
const char *message_address(const struct sockaddr *addr, socklen_t len,
	    char text[ADDRESS_TEXT_MAX]) INTERNAL(message_address);

/* mcast.c: sets *index to number if that is not 0, or to the index of the
 * interface called name, or, without a name, to 0: the system's choice.
 * Returns 0, or -1: ENXIO, or what if_nametoindex(3) set. */
int	 interface_index(const char *name, unsigned number, unsigned *index)
	    INTERNAL(interface_index);

/* mcast_group.c, or mcast_group_old.c where a system lacks struct group_req:
 * one change of what a socket receives, on the interface of that index, 0: the
 * system's choice.  The addresses are whole.  Returns 0, or -1: EAFNOSUPPORT,
 * EOPNOTSUPP (no sources here), or what setsockopt(2) or getifaddrs(3) set. */
struct group_change {
	enum {
		GROUP_JOIN, GROUP_LEAVE, SOURCE_JOIN, SOURCE_LEAVE,
		SOURCE_BLOCK, SOURCE_UNBLOCK
	} what;
	const struct sockaddr *group;
	socklen_t group_len;
	const struct sockaddr *source;		/* NULL: none */
	socklen_t source_len;
};
int	 group_change(int fd, const struct group_change *change,
	    unsigned index) INTERNAL(group_change);
/* mcast_family.c: the size of an IPv6 address, or else of an IPv4 one. */
size_t	 group_address_size(const struct sockaddr *addr)
	    INTERNAL(group_address_size);
/* A group_change of a group alone, by its family's own options. */
struct in_addr;
int	 inet_membership(int fd, const struct group_change *change,
	    struct in_addr interface) INTERNAL(inet_membership);
int	 inet6_membership(int fd, const struct group_change *change,
	    unsigned index) INTERNAL(inet6_membership);

/* by_name.c: what tcp_connect, udp_server and the like share.  If
 * getaddrinfo(3) fails, *gai is its return value and errno is set; if another
 * call fails, *gai is 0.  A service that is a number but no port is
 * EAI_SERVICE. */
struct addrinfo;
int	 resolve_name(const char *host, const char *service, int flags,
	    int family, int type, struct addrinfo **all) INTERNAL(resolve_name);
struct by_name {
	const char *host, *service;
	int	 type;		/* SOCK_STREAM, SOCK_DGRAM */
	int	 family;
	int	 flags;		/* AI_PASSIVE */
	int	(*open)(const struct addrinfo *);	/* a socket, or -1 */
};
struct opened {			/* the address that it was opened for */
	struct sockaddr_storage addr;
	socklen_t len;
};
int	 open_by_name(const struct by_name *, struct opened *, int *gai)
	    INTERNAL(open_by_name);
void	 by_name_failed(const char *function, const char *host,
	    const char *no_host, const char *service, int gai)
	    INTERNAL(by_name_failed) UNPWRAP_NORETURN;

#endif
