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

#ifdef __ELF__
#define UNPWRAP_ELF(name)						\
	__asm__("unpwrap__" #name) __attribute__((__visibility__("hidden")))
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
#define EXPORT(name)	struct unpwrap
#endif

/* What has a name of our own needs no second one. */
#pragma GCC visibility push(default)
#include "unpwrap.h"
#pragma GCC visibility pop

#include <stdint.h>

/* retry.c: after a call on fd failed, is it to be made again?  Waits for events
 * (POLLIN, POLLOUT) where fd is non-blocking and was not ready.  errno is the
 * failed call's, or poll's, where the answer is 0. */
int	 retry(int fd, short events);

/* clock.c: milliseconds of the monotonic clock. */
int64_t	 monotonic_ms(void);

/* cloexec.c: socket(2) and socketpair(2), closed on exec. */
int	 socket_cloexec(int family, int type, int protocol);
int	 socketpair_cloexec(int fds[2]);
int	 pipe_cloexec_nonblock(int fds[2]);

/* close_keep.c: close(2) that keeps errno, for clean-up. */
void	 close_keep(int fd);

/* connect_robust.c: connect(2), with EINTR retried. */
int	 connect_robust(int fd, const struct sockaddr *addr, socklen_t len);

/* sigpipe.c: holds SIGPIPE off the calling thread, takes back the one that was
 * raised in between (by a call that failed with EPIPE), and keeps errno. */
struct sigpipe {
	int	 was_pending;
	int	 was_blocked;
};
void	 sigpipe_hold(struct sigpipe *);
void	 sigpipe_release(const struct sigpipe *, int raised);

/* sock_ntop.c: the text of an address in the caller's buffer. */
#define ADDRESS_TEXT_MAX	128
char	*address_text(const struct sockaddr *addr, socklen_t len, char *text,
	    size_t size);

/* tcp_name.c: what tcp_connect and tcp_listen share.  A getaddrinfo(3) failure
 * is left in *gai, which is 0 for any other. */
struct addrinfo;
int	 tcp_by_name(const char *host, const char *service, int family,
	    int flags, int (*open)(const struct addrinfo *), socklen_t *addrlen,
	    int *gai);
void	 tcp_by_name_failed(const char *function, const char *host,
	    const char *service, int gai) UNPWRAP_NORETURN;

/* prefork_signals.c: the supervisor's signals, counted and on a descriptor. */
int	 prefork_signals_open(void);
void	 prefork_signals_close(void);
void	 prefork_signals_forget(void);
int	 prefork_signals_fd(void);
void	 prefork_signals_take(unsigned came[]);
void	 prefork_signals_hold(void);
void	 prefork_signals_release(void);

/* prefork_worker.c: what a worker does, from its birth to its _exit. */
void	 prefork_worker_run(const struct unpwrap_prefork *prefork,
	    unsigned slot, int stopfd, pid_t supervisor) UNPWRAP_NORETURN;
#define WORKER_IS_READY		'+'	/* what it writes into its stopfd */
#define WORKER_RETIRES		'-'

#endif
