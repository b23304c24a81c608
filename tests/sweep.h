/*
 * sweep.h - what the fault sweep and its preloaded module share
 *
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#ifndef UNPWRAP_TESTS_SWEEP_H
#define UNPWRAP_TESTS_SWEEP_H

/*
 * The functions of the C library that libunpwrap calls and that can fail.  Of
 * its imports (nm -D --undefined-only) these are left out:
 *
 *	abort, alarm, exit, _exit, ferror, getenv, getpid, getppid, the mem and
 *	str functions: they do not fail as they are called;
 *	free, freeaddrinfo, freeifaddrs, if_freenameindex: they return nothing;
 *	fileno, signal: with a stream of the caller's, and signals that
 *	there are;
 *	fprintf: of a message to standard error, which nobody could be told of
 *	(fflush, which follows it, is there);
 *	openlog, syslog: they return nothing;
 *	snprintf, vsnprintf, strftime, strerror_r, gai_strerror: into a buffer.
 *
 * clock_gettime is that of the real-time clock: the monotonic one, where there
 * is one, cannot fail.  Functions of the library that call none of these, such
 * as sock_cmp_addr or Inet6_rth_add, have no scenario; nor have daemon_inetd
 * (openlog alone), err_sys and err_quit (each Capitalised wrapper calls them),
 * and err_dump, which ends in abort(3).
 */
#define SWEEP_FUNCTIONS(X)						\
	X(accept) X(accept4) X(bind) X(calloc) X(chdir)			\
	X(clock_gettime) X(close) X(connect) X(dup2) X(dup3)		\
	X(epoll_create1) X(epoll_ctl) X(epoll_wait) X(fclose)		\
	X(fcntl) X(fdopen) X(fflush) X(fgets) X(fopen) X(fork)		\
	X(fputs) X(fstat) X(fwrite) X(getaddrinfo)			\
	X(getifaddrs) X(getpeername) X(getsockname) X(getsockopt)	\
	X(gettimeofday) X(if_indextoname) X(if_nameindex)		\
	X(if_nametoindex) X(inet_ntop) X(inet_pton) X(ioctl) X(kill)	\
	X(listen) X(localtime_r) X(lseek) X(malloc) X(mkstemp)		\
	X(mmap) X(munmap) X(open) X(pipe) X(pipe2) X(poll) X(ppoll)	\
	X(prctl) X(pread) X(pselect) X(pthread_cond_broadcast)		\
	X(pthread_cond_signal) X(pthread_cond_timedwait)		\
	X(pthread_cond_wait) X(pthread_create) X(pthread_detach)	\
	X(pthread_join) X(pthread_key_create) X(pthread_kill)		\
	X(pthread_mutex_init) X(pthread_mutex_lock)			\
	X(pthread_mutex_unlock) X(pthread_mutexattr_init)		\
	X(pthread_mutexattr_setpshared) X(pthread_once)			\
	X(pthread_setspecific) X(pthread_sigmask) X(read) X(realloc)	\
	X(recv) X(recvfrom) X(recvmsg) X(select) X(send) X(sendmsg)	\
	X(sendto) X(setpgid) X(setsid) X(setsockopt) X(shutdown)	\
	X(sigaction) X(sigaddset) X(sigdelset) X(sigemptyset)		\
	X(sigfillset) X(sigismember) X(sigpending) X(sigwait)		\
	X(sockatmark) X(socket) X(socketpair) X(strdup) X(sysconf)	\
	X(uname) X(unlink) X(waitid) X(waitpid) X(write)

enum function {
#define X(name)	F_##name,
	SWEEP_FUNCTIONS(X)
#undef X
	FUNCTIONS
};

/* Modes, which may be combined with each other and with a fault. */
#define MODE_SHORT	1	/* streams take and give a byte or three */
#define MODE_EINTR	2	/* calls are interrupted, the first one too */
#define MODE_EAGAIN	4	/* calls that do not wait: not yet */
#define MODES		8

/* What getaddrinfo(3) leaves in errno with EAI_SYSTEM. */
#define SYSTEM_ERROR	EMFILE

/* The module's control block. */
struct sweep {
	/* Between the two, calls of this thread are counted and may fail; a
	 * call that succeeds spoils errno, as it may. */
	void	(*arm)(void);
	void	(*disarm)(void);
	unsigned modes;
	/* The k-th call, from 1, of function fails with error; k 0: none. */
	int	 function;
	unsigned k;
	int	 error;		/* errno, or what getaddrinfo returns */
	int	 follow;	/* a child of fork(2) goes on being armed */
	unsigned datagrams;	/* 0, or the recvfrom that ends dg_echo, among
				   those that do not fail */
#define LAST_DATAGRAM_ERROR	EBADF
	int	 track;		/* count memory: of all, armed or not */
	/* What came of it. */
	unsigned calls[FUNCTIONS];
	int	 fired;		/* the fault */
	int	 applied;	/* the modes that made a difference */
	long	 blocks;	/* of memory taken and not given back */
};

#endif
