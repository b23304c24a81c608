/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The module that tests/sweep preloads: calls of the C library fail as its
 * control block says.  What the C library calls itself is its own affair: only
 * the outermost call counts.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* RTLD_NEXT */
#endif
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <net/if.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sweep.h"

/* The build hides what is not marked. */
#define INSTEAD	__attribute__((__visibility__("default")))
#define NONSENSE	ENOTNAM	/* what a successful call leaves in errno */

static _Thread_local __attribute__((__tls_model__("initial-exec")))
    int armed, depth;

static void
arm(void)
{
	armed = 1;
}

static void
disarm(void)
{
	armed = 0;
}

extern struct sweep sweep_control;
INSTEAD struct sweep sweep_control = { .arm = arm, .disarm = disarm };
#define control	sweep_control

/* Those whose EINTR libunpwrap hides. */
static const char interruptible[FUNCTIONS] = {
	[F_accept] = 1, [F_accept4] = 1, [F_close] = 1, [F_connect] = 1,
	[F_dup2] = 1, [F_dup3] = 1, [F_epoll_wait] = 1, [F_open] = 1,
	[F_poll] = 1, [F_pread] = 1, [F_read] = 1, [F_recv] = 1,
	[F_recvfrom] = 1, [F_recvmsg] = 1, [F_select] = 1,
	[F_send] = 1, [F_sendmsg] = 1, [F_sendto] = 1, [F_waitpid] = 1,
	[F_write] = 1,
};

static int
counts(void)
{
	return armed && depth == 0;
}

/* Whether this call is to fail: errno is set then.  The modes fail two of seven
 * calls: with every other one, what peeks and then takes would never end. */
static int
fails(enum function function)
{
	unsigned k;

	if (!counts())
		return 0;
	k = ++control.calls[function];
	if (control.k == k && control.function == (int)function) {
		control.fired = 1;
		errno = control.error;
		return 1;
	}
	if ((control.modes & MODE_EINTR) && interruptible[function] &&
	    (k % 7 == 1 || k % 7 == 4)) {
		control.applied |= MODE_EINTR;
		errno = EINTR;
		return 1;
	}
	return 0;
}

static void
spoil(int failed)
{
	if (counts() && !failed)
		errno = NONSENSE;
}

static void
find(void *real, const char *name)
{
	int error = errno;
	void *symbol;

	memcpy(&symbol, real, sizeof(symbol));
	if (symbol != NULL)
		return;
	symbol = dlsym(RTLD_NEXT, name);
	if (symbol == NULL)
		abort();
	memcpy(real, &symbol, sizeof(symbol));
	errno = error;
}

#define CALL(result, name, args)	do {				\
	find(&real, #name);						\
	depth++;							\
	(result) = real args;						\
	depth--;							\
} while (0)

#define FAILING(type, name, params, args, failure)			\
INSTEAD type name params						\
{									\
	static type (*real) params;					\
	type result;							\
									\
	if (fails(F_##name))						\
		return failure;						\
	CALL(result, name, args);					\
	spoil(result == (failure));					\
	return result;							\
}

/* Those that return the error and leave errno alone. */
#define RETURNING(name, params, args)					\
INSTEAD int name params							\
{									\
	static int (*real) params;					\
	int result, error = errno;					\
									\
	if (fails(F_##name)) {						\
		result = errno;						\
		errno = error;						\
		return result;						\
	}								\
	CALL(result, name, args);					\
	return result;							\
}

/* Those that do their work even where they fail. */
#define DONE_ANYWAY(type, name, params, args)				\
INSTEAD type name params						\
{									\
	static type (*real) params;					\
	type result;							\
	int failed = fails(F_##name), error = errno;			\
									\
	CALL(result, name, args);					\
	if (failed) {							\
		errno = error;						\
		return -1;						\
	}								\
	spoil(result == -1);						\
	return result;							\
}

/*
 * Transfers.
 */

static int
never_waits(int fd, int flags)
{
	static int (*real)(int, int, ...);
	int error = errno, mode;

	if (flags & MSG_DONTWAIT)
		return 1;
	CALL(mode, fcntl, (fd, F_GETFL));
	errno = error;
	return mode != -1 && (mode & O_NONBLOCK) != 0;
}

static int
is_datagram(int fd)
{
	static int (*real)(int, int, int, void *, socklen_t *);
	int error = errno, type = 0, result;
	socklen_t len = sizeof(type);

	CALL(result, getsockopt, (fd, SOL_SOCKET, SO_TYPE, &type, &len));
	errno = error;
	return result == 0 && type == SOCK_DGRAM;
}

static int
transfer_fails(enum function function, int fd, int flags)
{
	unsigned k;

	if (fails(function))
		return 1;
	k = control.calls[function];
	if (!counts() || !(control.modes & MODE_EAGAIN) ||
	    (k % 7 != 2 && k % 7 != 5) || !never_waits(fd, flags))
		return 0;
	control.applied |= MODE_EAGAIN;
	errno = EAGAIN;
	return 1;
}

/* A byte; every third call three of them, so that what was read at a time does
 * not all fit into what is written at a time. */
static size_t
shortened(enum function function, int fd, size_t n)
{
	size_t most = control.calls[function] % 3 == 0 ? 3 : 1;

	if (!counts() || !(control.modes & MODE_SHORT) || n <= most ||
	    is_datagram(fd))
		return n;
	control.applied |= MODE_SHORT;
	return most;
}

#define TRANSFER(name, params, args, fd, flags)				\
INSTEAD ssize_t name params						\
{									\
	static ssize_t (*real) params;					\
	ssize_t result;							\
									\
	if (transfer_fails(F_##name, fd, flags))			\
		return -1;						\
	n = shortened(F_##name, fd, n);					\
	CALL(result, name, args);					\
	spoil(result == -1);						\
	return result;							\
}

TRANSFER(read, (int fd, void *buf, size_t n), (fd, buf, n), fd, 0)
TRANSFER(pread, (int fd, void *buf, size_t n, off_t offset),
    (fd, buf, n, offset), fd, 0)
TRANSFER(recv, (int fd, void *buf, size_t n, int flags), (fd, buf, n, flags),
    fd, flags)
TRANSFER(send, (int fd, const void *buf, size_t n, int flags),
    (fd, buf, n, flags), fd, flags)
TRANSFER(sendto, (int fd, const void *buf, size_t n, int flags,
    const struct sockaddr *addr, socklen_t len),
    (fd, buf, n, flags, addr, len), fd, flags)

INSTEAD ssize_t
recvfrom(int fd, void *buf, size_t n, int flags, struct sockaddr *addr,
    socklen_t *len)
{
	static ssize_t (*real)(int, void *, size_t, int, struct sockaddr *,
	    socklen_t *);
	ssize_t result;

	if (transfer_fails(F_recvfrom, fd, flags))
		return -1;
	if (counts() && control.datagrams > 0 && --control.datagrams == 0) {
		errno = LAST_DATAGRAM_ERROR;
		return -1;
	}
	n = shortened(F_recvfrom, fd, n);
	CALL(result, recvfrom, (fd, buf, n, flags, addr, len));
	spoil(result == -1);
	return result;
}

/* EPIPE comes with SIGPIPE. */
INSTEAD ssize_t
write(int fd, const void *buf, size_t n)
{
	static ssize_t (*real)(int, const void *, size_t);
	ssize_t result;

	if (transfer_fails(F_write, fd, 0)) {
		if (errno == EPIPE) {
			raise(SIGPIPE);
			errno = EPIPE;
		}
		return -1;
	}
	n = shortened(F_write, fd, n);
	CALL(result, write, (fd, buf, n));
	spoil(result == -1);
	return result;
}

static struct msghdr
shortened_message(enum function function, int fd, const struct msghdr *msg,
    struct iovec *iov)
{
	struct msghdr copy = *msg;

	if (msg->msg_iovlen == 0)
		return copy;
	*iov = msg->msg_iov[0];
	iov->iov_len = shortened(function, fd, iov->iov_len);
	if (iov->iov_len == msg->msg_iov[0].iov_len)
		return copy;
	copy.msg_iov = iov;
	copy.msg_iovlen = 1;
	return copy;
}

INSTEAD ssize_t
sendmsg(int fd, const struct msghdr *msg, int flags)
{
	static ssize_t (*real)(int, const struct msghdr *, int);
	struct msghdr copy;
	struct iovec iov;
	ssize_t result;

	if (transfer_fails(F_sendmsg, fd, flags))
		return -1;
	copy = shortened_message(F_sendmsg, fd, msg, &iov);
	CALL(result, sendmsg, (fd, &copy, flags));
	spoil(result == -1);
	return result;
}

INSTEAD ssize_t
recvmsg(int fd, struct msghdr *msg, int flags)
{
	static ssize_t (*real)(int, struct msghdr *, int);
	struct msghdr copy;
	struct iovec iov;
	ssize_t result;

	if (transfer_fails(F_recvmsg, fd, flags))
		return -1;
	copy = shortened_message(F_recvmsg, fd, msg, &iov);
	CALL(result, recvmsg, (fd, &copy, flags));
	msg->msg_namelen = copy.msg_namelen;
	msg->msg_controllen = copy.msg_controllen;
	msg->msg_flags = copy.msg_flags;
	spoil(result == -1);
	return result;
}

/*
 * Sockets.
 */

INSTEAD int
accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	static int (*real)(int, struct sockaddr *, socklen_t *);
	int result;

	if (transfer_fails(F_accept, fd, 0))
		return -1;
	CALL(result, accept, (fd, addr, len));
	spoil(result == -1);
	return result;
}

FAILING(int, accept4, (int fd, struct sockaddr *addr, socklen_t *len,
    int flags), (fd, addr, len, flags), -1)
FAILING(int, bind, (int fd, const struct sockaddr *addr, socklen_t len),
    (fd, addr, len), -1)

/* A TCP attempt goes on after EINTR and EINPROGRESS; a UNIX socket's, which has
 * been given up, does not. */
INSTEAD int
connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	static int (*real)(int, const struct sockaddr *, socklen_t);
	int result, error;

	if (!fails(F_connect)) {
		CALL(result, connect, (fd, addr, len));
		spoil(result == -1);
		return result;
	}
	error = errno;
	if (addr->sa_family != AF_UNIX && (error == EINTR ||
	    error == EINPROGRESS))
		CALL(result, connect, (fd, addr, len));
	errno = error;
	return -1;
}

FAILING(int, getpeername, (int fd, struct sockaddr *addr, socklen_t *len),
    (fd, addr, len), -1)
FAILING(int, getsockname, (int fd, struct sockaddr *addr, socklen_t *len),
    (fd, addr, len), -1)
FAILING(int, getsockopt, (int fd, int level, int name, void *value,
    socklen_t *len), (fd, level, name, value, len), -1)
FAILING(int, setsockopt, (int fd, int level, int name, const void *value,
    socklen_t len), (fd, level, name, value, len), -1)
FAILING(int, listen, (int fd, int backlog), (fd, backlog), -1)
FAILING(int, shutdown, (int fd, int how), (fd, how), -1)
FAILING(int, sockatmark, (int fd), (fd), -1)
FAILING(int, socket, (int family, int type, int protocol),
    (family, type, protocol), -1)
FAILING(int, socketpair, (int family, int type, int protocol, int fds[2]),
    (family, type, protocol, fds), -1)

FAILING(const char *, inet_ntop, (int family, const void *addr, char *text,
    socklen_t size), (family, addr, text, size), NULL)
FAILING(int, inet_pton, (int family, const char *text, void *addr),
    (family, text, addr), -1)
FAILING(char *, if_indextoname, (unsigned index, char name[IF_NAMESIZE]),
    (index, name), NULL)
FAILING(unsigned, if_nametoindex, (const char *name), (name), 0)
FAILING(struct if_nameindex *, if_nameindex, (void), (), NULL)
FAILING(int, getifaddrs, (struct ifaddrs **all), (all), -1)

INSTEAD void
freeifaddrs(struct ifaddrs *all)
{
	static void (*real)(struct ifaddrs *);

	find(&real, "freeifaddrs");
	depth++;
	real(all);
	depth--;
	spoil(0);
}

INSTEAD void
if_freenameindex(struct if_nameindex *all)
{
	static void (*real)(struct if_nameindex *);

	find(&real, "if_freenameindex");
	depth++;
	real(all);
	depth--;
	spoil(0);
}

INSTEAD int
getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **all)
{
	static int (*real)(const char *, const char *,
	    const struct addrinfo *, struct addrinfo **);
	int result;

	if (fails(F_getaddrinfo)) {
		errno = control.error == EAI_SYSTEM ? SYSTEM_ERROR : NONSENSE;
		return control.error;
	}
	CALL(result, getaddrinfo, (host, service, hints, all));
	spoil(result == EAI_SYSTEM);
	return result;
}

INSTEAD void
freeaddrinfo(struct addrinfo *all)
{
	static void (*real)(struct addrinfo *);

	find(&real, "freeaddrinfo");
	depth++;
	real(all);
	depth--;
	spoil(0);
}

/* The name that every host can resolve, at once. */
INSTEAD int
uname(struct utsname *host)
{
	static int (*real)(struct utsname *);
	int result;

	if (fails(F_uname))
		return -1;
	CALL(result, uname, (host));
	if (counts())
		strcpy(host->nodename, "127.0.0.1");
	spoil(result == -1);
	return result;
}

/*
 * Waiting.
 */

FAILING(int, poll, (struct pollfd *fds, nfds_t n, int timeout),
    (fds, n, timeout), -1)
FAILING(int, ppoll, (struct pollfd *fds, nfds_t n,
    const struct timespec *timeout, const sigset_t *mask),
    (fds, n, timeout, mask), -1)
FAILING(int, select, (int n, fd_set *r, fd_set *w, fd_set *e,
    struct timeval *timeout), (n, r, w, e, timeout), -1)
FAILING(int, pselect, (int n, fd_set *r, fd_set *w, fd_set *e,
    const struct timespec *timeout, const sigset_t *mask),
    (n, r, w, e, timeout, mask), -1)
FAILING(int, epoll_create1, (int flags), (flags), -1)
FAILING(int, epoll_ctl, (int epfd, int op, int fd, struct epoll_event *event),
    (epfd, op, fd, event), -1)
FAILING(int, epoll_wait, (int epfd, struct epoll_event *events, int n,
    int timeout), (epfd, events, n, timeout), -1)

/*
 * Descriptors and files.
 */

DONE_ANYWAY(int, close, (int fd), (fd))
FAILING(int, chdir, (const char *path), (path), -1)
FAILING(int, dup2, (int from, int to), (from, to), -1)
FAILING(int, dup3, (int from, int to, int flags), (from, to, flags), -1)
FAILING(int, fstat, (int fd, struct stat *st), (fd, st), -1)
FAILING(off_t, lseek, (int fd, off_t offset, int whence),
    (fd, offset, whence), -1)
FAILING(int, mkstemp, (char *name), (name), -1)
FAILING(void *, mmap, (void *addr, size_t n, int protection, int flags, int fd,
    off_t offset), (addr, n, protection, flags, fd, offset), MAP_FAILED)
FAILING(int, munmap, (void *addr, size_t n), (addr, n), -1)
FAILING(int, pipe, (int fds[2]), (fds), -1)
FAILING(int, pipe2, (int fds[2], int flags), (fds, flags), -1)
FAILING(int, unlink, (const char *path), (path), -1)

INSTEAD int
fcntl(int fd, int command, ...)
{
	static int (*real)(int, int, ...);
	va_list args;
	int result;
	void *arg;

	va_start(args, command);
	arg = va_arg(args, void *);
	va_end(args);
	if (fails(F_fcntl))
		return -1;
	CALL(result, fcntl, (fd, command, arg));
	spoil(result == -1);
	return result;
}

#ifdef __GLIBC__
typedef unsigned long request;
#else				/* as POSIX has it: musl */
typedef int request;
#endif

INSTEAD int
ioctl(int fd, request what, ...)
{
	static int (*real)(int, request, ...);
	va_list args;
	int result;
	void *arg;

	va_start(args, what);
	arg = va_arg(args, void *);
	va_end(args);
	if (fails(F_ioctl))
		return -1;
	CALL(result, ioctl, (fd, what, arg));
	spoil(result == -1);
	return result;
}

INSTEAD int
open(const char *path, int flags, ...)
{
	static int (*real)(const char *, int, ...);
	int result, mode = 0;
	va_list args;

	va_start(args, flags);
	if (flags & O_CREAT)
		mode = va_arg(args, int);
	va_end(args);
	if (fails(F_open))
		return -1;
	CALL(result, open, (path, flags, mode));
	spoil(result == -1);
	return result;
}

/*
 * Standard I/O.
 */

static FILE *broken;		/* the file whose fgets failed */

DONE_ANYWAY(int, fclose, (FILE *fp), (fp))
FAILING(FILE *, fdopen, (int fd, const char *mode), (fd, mode), NULL)
FAILING(FILE *, fopen, (const char *path, const char *mode), (path, mode),
    NULL)
FAILING(int, fputs, (const char *text, FILE *fp), (text, fp), EOF)
FAILING(int, fflush, (FILE *fp), (fp), EOF)
FAILING(size_t, fwrite, (const void *buf, size_t size, size_t n, FILE *fp),
    (buf, size, n, fp), 0)

INSTEAD char *
fgets(char *buf, int size, FILE *fp)
{
	static char *(*real)(char *, int, FILE *);
	char *result;

	if (fails(F_fgets)) {
		broken = fp;
		return NULL;
	}
	CALL(result, fgets, (buf, size, fp));
	spoil(result == NULL);
	return result;
}

INSTEAD int
ferror(FILE *fp)
{
	static int (*real)(FILE *);
	int result;

	if (counts() && fp == broken)
		return 1;
	CALL(result, ferror, (fp));
	return result;
}

/*
 * Memory.
 */

static void *
took(void *block)
{
	if (block != NULL && control.track)
		control.blocks++;
	spoil(block == NULL);
	return block;
}

INSTEAD void *
malloc(size_t n)
{
	static void *(*real)(size_t);
	void *block;

	if (fails(F_malloc))
		return NULL;
	CALL(block, malloc, (n));
	return took(block);
}

INSTEAD void *
calloc(size_t n, size_t size)
{
	static void *(*real)(size_t, size_t);
	void *block;

	if (fails(F_calloc))
		return NULL;
	CALL(block, calloc, (n, size));
	return took(block);
}

INSTEAD void *
realloc(void *old, size_t n)
{
	static void *(*real)(void *, size_t);
	void *block;

	if (fails(F_realloc))
		return NULL;
	CALL(block, realloc, (old, n));
	if (old == NULL)
		return took(block);
	spoil(block == NULL);
	return block;
}

FAILING(char *, strdup, (const char *text), (text), NULL)

/* It keeps errno (POSIX.1-2024), and GCC takes it for granted that it does. */
INSTEAD void
free(void *block)
{
	static void (*real)(void *);

	if (block != NULL && control.track)
		control.blocks--;
	find(&real, "free");
	real(block);
}

/*
 * Processes, signals, time.
 */

INSTEAD pid_t
fork(void)
{
	static pid_t (*real)(void);
	pid_t result;

	if (fails(F_fork))
		return -1;
	CALL(result, fork, ());
	if (result == 0 && !control.follow)
		armed = 0;
	spoil(result == -1);
	return result;
}

FAILING(int, kill, (pid_t pid, int signo), (pid, signo), -1)
FAILING(int, setpgid, (pid_t pid, pid_t group), (pid, group), -1)
FAILING(pid_t, setsid, (void), (), -1)
FAILING(int, waitid, (idtype_t type, id_t id, siginfo_t *info, int options),
    (type, id, info, options), -1)
FAILING(pid_t, waitpid, (pid_t pid, int *status, int options),
    (pid, status, options), -1)
FAILING(int, sigaction, (int signo, const struct sigaction *action,
    struct sigaction *old), (signo, action, old), -1)
FAILING(int, sigaddset, (sigset_t *set, int signo), (set, signo), -1)
FAILING(int, sigdelset, (sigset_t *set, int signo), (set, signo), -1)
FAILING(int, sigemptyset, (sigset_t *set), (set), -1)
FAILING(int, sigfillset, (sigset_t *set), (set), -1)
FAILING(int, sigismember, (const sigset_t *set, int signo), (set, signo), -1)
FAILING(int, sigpending, (sigset_t *set), (set), -1)
FAILING(int, gettimeofday, (struct timeval *now, void *zone), (now, zone), -1)
FAILING(struct tm *, localtime_r, (const time_t *now, struct tm *tm),
    (now, tm), NULL)
RETURNING(sigwait, (const sigset_t *set, int *signo), (set, signo))
RETURNING(pthread_sigmask, (int how, const sigset_t *set, sigset_t *old),
    (how, set, old))

INSTEAD int
clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	int result;

	if (clock == CLOCK_REALTIME && fails(F_clock_gettime))
		return -1;
	CALL(result, clock_gettime, (clock, now));
	spoil(result == -1);
	return result;
}

INSTEAD int
prctl(int option, ...)
{
	static int (*real)(int, ...);
	unsigned long arg;
	va_list args;
	int result;

	va_start(args, option);
	arg = va_arg(args, unsigned long);
	va_end(args);
	if (fails(F_prctl))
		return -1;
	CALL(result, prctl, (option, arg));
	spoil(result == -1);
	return result;
}

/* -1 with errno as it was is an answer. */
INSTEAD long
sysconf(int name)
{
	static long (*real)(int);
	long result;

	if (fails(F_sysconf))
		return -1;
	CALL(result, sysconf, (name));
	spoil(result == -1);
	return result;
}

/*
 * Threads.
 */

RETURNING(pthread_create, (pthread_t *thread, const pthread_attr_t *attr,
    void *(*start)(void *), void *arg), (thread, attr, start, arg))
RETURNING(pthread_detach, (pthread_t thread), (thread))
RETURNING(pthread_join, (pthread_t thread, void **value), (thread, value))
RETURNING(pthread_kill, (pthread_t thread, int signo), (thread, signo))
RETURNING(pthread_key_create, (pthread_key_t *key, void (*end)(void *)),
    (key, end))
RETURNING(pthread_setspecific, (pthread_key_t key, const void *value),
    (key, value))
RETURNING(pthread_once, (pthread_once_t *once, void (*init)(void)),
    (once, init))
RETURNING(pthread_mutexattr_init, (pthread_mutexattr_t *attr), (attr))
RETURNING(pthread_mutexattr_setpshared, (pthread_mutexattr_t *attr, int flag),
    (attr, flag))
RETURNING(pthread_mutex_init, (pthread_mutex_t *mutex,
    const pthread_mutexattr_t *attr), (mutex, attr))
RETURNING(pthread_mutex_lock, (pthread_mutex_t *mutex), (mutex))
RETURNING(pthread_mutex_unlock, (pthread_mutex_t *mutex), (mutex))
RETURNING(pthread_cond_broadcast, (pthread_cond_t *cond), (cond))
RETURNING(pthread_cond_signal, (pthread_cond_t *cond), (cond))
RETURNING(pthread_cond_wait, (pthread_cond_t *cond, pthread_mutex_t *mutex),
    (cond, mutex))
RETURNING(pthread_cond_timedwait, (pthread_cond_t *cond,
    pthread_mutex_t *mutex, const struct timespec *until),
    (cond, mutex, until))
