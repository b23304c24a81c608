/*
 * unpwrap.h - the wrapper functions of "UNIX Network Programming", vol. 1
 *
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 *
 * Two layers.  A function in lower case returns -1 (or NULL) and sets errno;
 * but for the parts of programs and err_*, it never prints and never exits.
 * A Capitalised wrapper never returns a failure: it reports through the error
 * module (see unpwrap_error_policy) and ends the process.
 *
 * Where a comment says nothing else, a function is thread-safe, not
 * async-signal-safe, and a cancellation point where the call it wraps is one.
 * "EINTR: retried" means that a caught signal is not seen by the caller.
 * Each function has a manual page: man 3 Accept.
 *
 * In C the names are the book's.  In the object file each has the prefix
 * unpwrap_, so that a program may define a function of the same name, or load
 * a library that does (GNU readline), and nobody gets the wrong one.
 */
#ifndef UNPWRAP_H
#define UNPWRAP_H

#include <sys/types.h>
#include <sys/select.h>
#include <sys/socket.h>

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifndef __GNUC__
#error "unpwrap.h needs a compiler with GNU assembler labels (GCC, Clang)"
#endif

#ifndef UNPWRAP_ELF
#define UNPWRAP_STRING_(x)	#x
#define UNPWRAP_STRING(x)	UNPWRAP_STRING_(x)
#define UNPWRAP_ELF(name)						\
	__asm__(UNPWRAP_STRING(__USER_LABEL_PREFIX__) "unpwrap_" #name)
#define UNPWRAP_VARIABLE(name)	UNPWRAP_ELF(name)
#endif
#define UNPWRAP_PRINTF(format, first)					\
	__attribute__((__format__(__printf__, format, first)))
#define UNPWRAP_NORETURN	__attribute__((__noreturn__))

#ifdef __cplusplus
extern "C" {
#endif

struct addrinfo;
struct epoll_event;
struct if_nameindex;
struct in6_addr;
struct pollfd;
struct sigaction;
struct sockaddr;
struct timespec;
struct timeval;
struct unp_in_pktinfo;

/*
 * Sockets: book sections 4.2 to 4.10, 6.3, 6.6, 6.10, 7.2, 11.
 */

/* accept(2).  Returns the connected socket.  Retries on EINTR, and on
 * ECONNABORTED and EPROTO, which concern a connection that is already gone.  To
 * be interrupted, call accept(2). */
int	 Accept(int fd, struct sockaddr *addr, socklen_t *len)
	    UNPWRAP_ELF(Accept);
/* accept4(2), as Accept; flags SOCK_CLOEXEC, SOCK_NONBLOCK.  Not on macOS. */
int	 Accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
	    UNPWRAP_ELF(Accept4);
void	 Bind(int fd, const struct sockaddr *addr, socklen_t len)
	    UNPWRAP_ELF(Bind);
/* connect(2).  EINTR: the attempt goes on in the kernel, and is waited for. */
void	 Connect(int fd, const struct sockaddr *addr, socklen_t len)
	    UNPWRAP_ELF(Connect);
void	 Getpeername(int fd, struct sockaddr *addr, socklen_t *len)
	    UNPWRAP_ELF(Getpeername);
void	 Getsockname(int fd, struct sockaddr *addr, socklen_t *len)
	    UNPWRAP_ELF(Getsockname);
void	 Getsockopt(int fd, int level, int name, void *value, socklen_t *len)
	    UNPWRAP_ELF(Getsockopt);
/* if_nametoindex(3), if_indextoname(3) (name has room for IF_NAMESIZE bytes)
 * and if_nameindex(3), whose result if_freenameindex(3) frees. */
unsigned If_nametoindex(const char *name)
	    UNPWRAP_ELF(If_nametoindex);
char	*If_indextoname(unsigned index, char *name)
	    UNPWRAP_ELF(If_indextoname);
struct if_nameindex *If_nameindex(void)
	    UNPWRAP_ELF(If_nameindex);
/* inet_ntop(3).  Returns str, which is the caller's and size bytes long. */
const char *Inet_ntop(int family, const void *addr, char *str, size_t size)
	    UNPWRAP_ELF(Inet_ntop);
/* inet_pton(3).  A string that is no address of that family is an error too. */
void	 Inet_pton(int family, const char *str, void *addr)
	    UNPWRAP_ELF(Inet_pton);
/* listen(2).  A number in the environment variable LISTENQ replaces backlog
 * (book section 4.5). */
void	 Listen(int fd, int backlog)
	    UNPWRAP_ELF(Listen);
/* poll(2).  timeout in milliseconds, -1 for ever.  Returns the number of ready
 * descriptors, 0 at the timeout.  EINTR: retried with the time that is left. */
int	 Poll(struct pollfd *fds, unsigned long n, int timeout)
	    UNPWRAP_ELF(Poll);
/* recv(2).  Returns the number of bytes, 0 at the end.  EINTR: retried. */
ssize_t	 Recv(int fd, void *buf, size_t n, int flags)
	    UNPWRAP_ELF(Recv);
ssize_t	 Recvfrom(int fd, void *buf, size_t n, int flags,
	    struct sockaddr *from, socklen_t *fromlen)
	    UNPWRAP_ELF(Recvfrom);
ssize_t	 Recvmsg(int fd, struct msghdr *msg, int flags)
	    UNPWRAP_ELF(Recvmsg);
/* select(2).  timeout NULL for ever; it is not changed.  Returns as Poll does.
 * EINTR: retried with the time that is left. */
int	 Select(int nfds, fd_set *readable, fd_set *writable, fd_set *except,
	    struct timeval *timeout)
	    UNPWRAP_ELF(Select);
/* send(2) until all n bytes are sent.  EINTR: retried.  A socket whose peer is
 * gone is an EPIPE error, never a SIGPIPE. */
void	 Send(int fd, const void *buf, size_t n, int flags)
	    UNPWRAP_ELF(Send);
/* sendto(2), as Send; to NULL: the peer. */
void	 Sendto(int fd, const void *buf, size_t n, int flags,
	    const struct sockaddr *to, socklen_t len)
	    UNPWRAP_ELF(Sendto);
/* sendmsg(2).  To send only a part is an error.  EINTR: retried. */
void	 Sendmsg(int fd, const struct msghdr *msg, int flags)
	    UNPWRAP_ELF(Sendmsg);
void	 Setsockopt(int fd, int level, int name, const void *value,
	    socklen_t len)
	    UNPWRAP_ELF(Setsockopt);
void	 Shutdown(int fd, int how)
	    UNPWRAP_ELF(Shutdown);
/* socket(2).  The descriptor is inherited by exec, as the call's own is; add
 * SOCK_CLOEXEC to type where it should not be. */
int	 Socket(int family, int type, int protocol)
	    UNPWRAP_ELF(Socket);
/* sockatmark(3).  Returns 1 at the out-of-band mark, otherwise 0. */
int	 Sockatmark(int fd)
	    UNPWRAP_ELF(Sockatmark);
void	 Socketpair(int family, int type, int protocol, int fds[2])
	    UNPWRAP_ELF(Socketpair);

/*
 * Waiting under a signal mask, and for many descriptors.
 */

/* pselect(2), ppoll(2).  Return as Select and Poll do, or -1 with EINTR:
 * letting signals interrupt is what a mask is for.  timeout NULL: for ever.
 * Ppoll: not on macOS. */
int	 Pselect(int nfds, fd_set *readable, fd_set *writable, fd_set *except,
	    const struct timespec *timeout, const sigset_t *mask)
	    UNPWRAP_ELF(Pselect);
int	 Ppoll(struct pollfd *fds, unsigned long n,
	    const struct timespec *timeout, const sigset_t *mask)
	    UNPWRAP_ELF(Ppoll);
/* epoll(7), on Linux.  Epoll_wait returns as Poll does. */
int	 Epoll_create1(int flags)
	    UNPWRAP_ELF(Epoll_create1);
void	 Epoll_ctl(int epfd, int operation, int fd, struct epoll_event *event)
	    UNPWRAP_ELF(Epoll_ctl);
int	 Epoll_wait(int epfd, struct epoll_event *events, int n, int timeout)
	    UNPWRAP_ELF(Epoll_wait);

#if defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__) || \
    defined(__DragonFly__) || defined(__APPLE__)
#define UNPWRAP_BSD	1
struct kevent;
/* kqueue(2).  Kevent returns the number of events, 0 at the timeout.  EINTR:
 * the wait is begun again. */
int	 Kqueue(void)
	    UNPWRAP_ELF(Kqueue);
int	 Kevent(int fd, const struct kevent *changes, int nchanges,
	    struct kevent *events, int nevents, const struct timespec *timeout)
	    UNPWRAP_ELF(Kevent);
void	 Sysctl(int *name, unsigned n, void *old, size_t *oldlen, void *new_,
	    size_t newlen)
	    UNPWRAP_ELF(Sysctl);
#endif

/*
 * IPv6 routing headers of type 0 (RFC 3542, section 7): book section 27.6.  A
 * header that does not fit what is asked of it is an error.
 */
socklen_t Inet6_rth_space(int type, int segments)
	    UNPWRAP_ELF(Inet6_rth_space);
/* Returns buf. */
void	*Inet6_rth_init(void *buf, socklen_t len, int type, int segments)
	    UNPWRAP_ELF(Inet6_rth_init);
void	 Inet6_rth_add(void *buf, const struct in6_addr *addr)
	    UNPWRAP_ELF(Inet6_rth_add);
/* in and out may be the same buffer. */
void	 Inet6_rth_reverse(const void *in, void *out)
	    UNPWRAP_ELF(Inet6_rth_reverse);
int	 Inet6_rth_segments(const void *buf)
	    UNPWRAP_ELF(Inet6_rth_segments);
/* Returns a pointer into buf. */
struct in6_addr *Inet6_rth_getaddr(const void *buf, int index)
	    UNPWRAP_ELF(Inet6_rth_getaddr);

/*
 * Processes, descriptors, memory: book sections 4.7, 5.9, 5.10.
 */
void	*Calloc(size_t n, size_t size)
	    UNPWRAP_ELF(Calloc);
/* close(2).  EINTR is no error: the descriptor is closed then. */
void	 Close(int fd)
	    UNPWRAP_ELF(Close);
/* dup2(2).  EINTR: retried. */
void	 Dup2(int from, int to)
	    UNPWRAP_ELF(Dup2);
/* dup3(2), pipe2(2): not on macOS. */
void	 Dup3(int from, int to, int flags)
	    UNPWRAP_ELF(Dup3);
/* fcntl(2) with an int argument.  Returns what fcntl does.  EINTR: retried. */
int	 Fcntl(int fd, int command, int arg)
	    UNPWRAP_ELF(Fcntl);
pid_t	 Fork(void)
	    UNPWRAP_ELF(Fork);
void	 Gettimeofday(struct timeval *now, void *zone)
	    UNPWRAP_ELF(Gettimeofday);
/* ioctl(2).  Returns what ioctl does.  EINTR: retried. */
int	 Ioctl(int fd, int request, void *arg)
	    UNPWRAP_ELF(Ioctl);
/* malloc(3).  Malloc(0) and Calloc(0, 0) may return NULL without an error. */
void	*Malloc(size_t size)
	    UNPWRAP_ELF(Malloc);
/* mkstemp(3).  Completes name in place; returns a descriptor. */
int	 Mkstemp(char *name)
	    UNPWRAP_ELF(Mkstemp);
/* mmap(2).  offset is an off_t, whatever the width of that in the program. */
void	*Mmap(void *addr, size_t len, int protection, int flags, int fd,
	    int64_t offset)
	    UNPWRAP_ELF(Mmap);
void	 Munmap(void *addr, size_t len)
	    UNPWRAP_ELF(Munmap);
/* open(2); a mode_t follows where flags has O_CREAT.  EINTR: retried. */
int	 Open(const char *path, int flags, ...)
	    UNPWRAP_ELF(Open);
void	 Pipe(int fds[2])
	    UNPWRAP_ELF(Pipe);
void	 Pipe2(int fds[2], int flags)
	    UNPWRAP_ELF(Pipe2);
/* read(2).  Returns the number of bytes, 0 at the end.  EINTR: retried. */
ssize_t	 Read(int fd, void *buf, size_t n)
	    UNPWRAP_ELF(Read);
/* realloc(3).  Realloc(memory, 0) may return NULL without an error. */
void	*Realloc(void *memory, size_t size)
	    UNPWRAP_ELF(Realloc);
char	*Strdup(const char *str)
	    UNPWRAP_ELF(Strdup);
/* sysconf(3).  Returns the value, or -1: there is no limit. */
long	 Sysconf(int name)
	    UNPWRAP_ELF(Sysconf);
void	 Unlink(const char *path)
	    UNPWRAP_ELF(Unlink);
/* wait(2), waitpid(2).  EINTR: retried.  Waitpid returns 0 where WNOHANG was
 * given and no child has ended; to have no child is an error. */
pid_t	 Wait(int *status)
	    UNPWRAP_ELF(Wait);
pid_t	 Waitpid(pid_t pid, int *status, int options)
	    UNPWRAP_ELF(Waitpid);
/* All n bytes, as writen. */
void	 Write(int fd, const void *buf, size_t n)
	    UNPWRAP_ELF(Write);

/*
 * Standard I/O.
 */
void	 Fclose(FILE *fp)
	    UNPWRAP_ELF(Fclose);
FILE	*Fdopen(int fd, const char *mode)
	    UNPWRAP_ELF(Fdopen);
/* fgets(3).  Returns buf, or NULL at the end of the file; a read error does not
 * return.  size as fgets has it: room for size - 1 bytes and a null byte. */
char	*Fgets(char *buf, int size, FILE *fp)
	    UNPWRAP_ELF(Fgets);
FILE	*Fopen(const char *path, const char *mode)
	    UNPWRAP_ELF(Fopen);
void	 Fputs(const char *str, FILE *fp)
	    UNPWRAP_ELF(Fputs);

/*
 * Signals: book section 5.8.
 */

/* Sets the disposition of signo to func by sigaction(2) and returns the old
 * one.  Interrupted calls are restarted, but for SIGALRM.  signal_intr and
 * Signal_intr: they are never restarted (EINTR); signal_intr returns SIG_ERR
 * on failure.  Async-signal-safe unless they fail. */
void	(*Signal(int signo, void (*func)(int)))(int)
	    UNPWRAP_ELF(Signal);
void	(*signal_intr(int signo, void (*func)(int)))(int)
	    UNPWRAP_ELF(signal_intr);
void	(*Signal_intr(int signo, void (*func)(int)))(int)
	    UNPWRAP_ELF(Signal_intr);
/* sigaction(2), sigpending(2), sigaddset(3) and so on.  Sigismember returns 1
 * or 0.  Sigprocmask is pthread_sigmask(3): the mask of the calling thread. */
void	 Sigaction(int signo, const struct sigaction *action,
	    struct sigaction *old)
	    UNPWRAP_ELF(Sigaction);
void	 Sigaddset(sigset_t *set, int signo)
	    UNPWRAP_ELF(Sigaddset);
void	 Sigdelset(sigset_t *set, int signo)
	    UNPWRAP_ELF(Sigdelset);
void	 Sigemptyset(sigset_t *set)
	    UNPWRAP_ELF(Sigemptyset);
void	 Sigfillset(sigset_t *set)
	    UNPWRAP_ELF(Sigfillset);
int	 Sigismember(const sigset_t *set, int signo)
	    UNPWRAP_ELF(Sigismember);
void	 Sigpending(sigset_t *set)
	    UNPWRAP_ELF(Sigpending);
void	 Sigprocmask(int how, const sigset_t *set, sigset_t *old)
	    UNPWRAP_ELF(Sigprocmask);
/* A handler for SIGCHLD that reaps every child that has ended, however many
 * signals were merged into one, and keeps errno.  Async-signal-safe. */
void	 sig_chld(int signo)
	    UNPWRAP_ELF(sig_chld);

/*
 * Robust I/O: book section 3.9.  On a non-blocking descriptor these wait by
 * poll(2); a blocking socket's SO_RCVTIMEO or SO_SNDTIMEO ends them with
 * EAGAIN.  EINTR: retried.
 */

/* Reads n bytes, fewer only at the end of the file.  Returns their number, or
 * -1; what was read before an error is in buf, its number is not known. */
ssize_t	 readn(int fd, void *buf, size_t n)
	    UNPWRAP_ELF(readn);
ssize_t	 Readn(int fd, void *buf, size_t n)
	    UNPWRAP_ELF(Readn);
/* Writes all n bytes.  Returns n, or -1.  A peer or a pipe's reader that is
 * gone is EPIPE: no SIGPIPE is ever raised. */
ssize_t	 writen(int fd, const void *buf, size_t n)
	    UNPWRAP_ELF(writen);
void	 Writen(int fd, const void *buf, size_t n)
	    UNPWRAP_ELF(Writen);
#ifndef UNPWRAP_NO_READLINE	/* for programs with <readline/readline.h> */
/* Reads a line with its newline into buf, which has room for size - 1 bytes
 * and a null byte.  Returns its length, 0 at the end of the file, or -1.  A
 * longer line comes in pieces; only the last one ends in a newline.  Nothing
 * is read beyond the newline: poll(2), readn and other readers find the rest
 * in the kernel.  That costs two system calls a line on a socket, and one a
 * byte on a pipe or terminal: for speed use the reader below.  EINVAL: size is
 * below 2. */
ssize_t	 readline(int fd, void *buf, size_t size)
	    UNPWRAP_ELF(readline);
#endif
ssize_t	 Readline(int fd, void *buf, size_t size)
	    UNPWRAP_ELF(Readline);

/* readline holds no bytes back: sets *bytes to NULL and returns 0, their
 * number. */
ssize_t	 readlinebuf(void **bytes)
	    UNPWRAP_ELF(readlinebuf);

/*
 * The same with a deadline, a time of CLOCK_MONOTONIC.  Once it has come, a
 * call that would have to wait returns -1 with ETIMEDOUT.  If done is not NULL,
 * *done is set to the number of bytes transferred, also on an error: nothing is
 * lost, and the call can be continued.  The mode of fd does not matter and is
 * kept; but during the call unpwrap_connect_until makes fd non-blocking, as
 * does unpwrap_writen_until if fd is neither a socket nor a pipe.  A socket
 * that ETIMEDOUT left unconnected can only be closed.  EINTR: retried.
 */

/* Sets *deadline to so many milliseconds from now, or to the last time that
 * there is. */
void	 unpwrap_deadline(struct timespec *deadline, int64_t ms);
ssize_t	 unpwrap_readn_until(int fd, void *buf, size_t n,
	    const struct timespec *deadline, size_t *done);
ssize_t	 unpwrap_writen_until(int fd, const void *buf, size_t n,
	    const struct timespec *deadline, size_t *done);
ssize_t	 unpwrap_readline_until(int fd, void *buf, size_t size,
	    const struct timespec *deadline, size_t *done);
/* As connect(2). */
int	 unpwrap_connect_until(int fd, const struct sockaddr *addr,
	    socklen_t len, const struct timespec *deadline);
/* As accept(2), with what Accept retries retried.  A listener that others
 * accept from, too, must be non-blocking. */
int	 unpwrap_accept_until(int fd, struct sockaddr *addr, socklen_t *len,
	    const struct timespec *deadline);

/*
 * Time limits in seconds: book sections 14.2, 16.4.
 */

/* Return 1 once fd is ready, 0 when the time is over, or -1.  EINTR: retried
 * with the time that is left. */
int	 readable_timeo(int fd, int seconds)
	    UNPWRAP_ELF(readable_timeo);
int	 Readable_timeo(int fd, int seconds)
	    UNPWRAP_ELF(Readable_timeo);
int	 writable_timeo(int fd, int seconds)
	    UNPWRAP_ELF(writable_timeo);
int	 Writable_timeo(int fd, int seconds)
	    UNPWRAP_ELF(Writable_timeo);
/* As connect(2), with ETIMEDOUT after so many seconds (0: the system's limit).
 * No signal is used.  connect_nonb is the same under the book's other name. */
int	 connect_timeo(int fd, const struct sockaddr *addr, socklen_t len,
	    int seconds)
	    UNPWRAP_ELF(connect_timeo);
void	 Connect_timeo(int fd, const struct sockaddr *addr, socklen_t len,
	    int seconds)
	    UNPWRAP_ELF(Connect_timeo);
int	 connect_nonb(int fd, const struct sockaddr *addr, socklen_t len,
	    int seconds)
	    UNPWRAP_ELF(connect_nonb);
void	 Connect_nonb(int fd, const struct sockaddr *addr, socklen_t len,
	    int seconds)
	    UNPWRAP_ELF(Connect_nonb);

/*
 * Messages with more than bytes: book sections 15.7, 22.2.
 */

/* Sends n bytes, at least 1, and the descriptor sendfd over a UNIX socket.
 * Returns the number of bytes sent, or -1. */
ssize_t	 write_fd(int fd, void *data, size_t n, int sendfd)
	    UNPWRAP_ELF(write_fd);
ssize_t	 Write_fd(int fd, void *data, size_t n, int sendfd)
	    UNPWRAP_ELF(Write_fd);
/* Reads up to n bytes and sets *recvfd to the descriptor that came with them,
 * the caller's now, or -1.  Returns the number of bytes, 0 at the end, or
 * -1. */
ssize_t	 read_fd(int fd, void *data, size_t n, int *recvfd)
	    UNPWRAP_ELF(read_fd);
ssize_t	 Read_fd(int fd, void *data, size_t n, int *recvfd)
	    UNPWRAP_ELF(Read_fd);
/* recvfrom(2) that also returns the flags (MSG_TRUNC ...) in *flags and, in
 * *info if info is not NULL, the address that the datagram was sent to and the
 * interface that it came by, as far as the socket was told to receive them
 * (IP_PKTINFO, IP_RECVDSTADDR, IP_RECVIF, IPV6_RECVPKTINFO); otherwise 0.
 * struct unp_in_pktinfo is in "unp.h".  EINTR: retried. */
ssize_t	 recvfrom_flags(int fd, void *buf, size_t n, int *flags,
	    struct sockaddr *from, socklen_t *fromlen,
	    struct unp_in_pktinfo *info)
	    UNPWRAP_ELF(recvfrom_flags);
ssize_t	 Recvfrom_flags(int fd, void *buf, size_t n, int *flags,
	    struct sockaddr *from, socklen_t *fromlen,
	    struct unp_in_pktinfo *info)
	    UNPWRAP_ELF(Recvfrom_flags);

/*
 * A buffered reader: one read(2) for each buffer, no copy for each line.
 * A reader belongs to one thread at a time; it never closes its descriptor.
 */
struct unpwrap_reader;

/* Returns a reader of fd with a buffer of size bytes (0: 64 KiB), which is the
 * caller's to free, or NULL: ENOMEM. */
struct unpwrap_reader *
	 unpwrap_reader_new(int fd, size_t size);
/* Frees the reader and what it holds; NULL is allowed.  errno is kept. */
void	 unpwrap_reader_free(struct unpwrap_reader *reader);
/* Sets *line to the next line, newline included, not null-terminated, and
 * returns its length, 0 at the end of the file, or -1; *line is valid until the
 * next call with this reader.  A line longer than the buffer comes in pieces of
 * the buffer's size; the last line of a file may lack its newline.  After an
 * error (EAGAIN, say) the call can be repeated: nothing was lost. */
ssize_t	 unpwrap_reader_line(struct unpwrap_reader *reader, const char **line);
/* Reads up to n bytes, those in the buffer first, and returns their number, 0
 * at the end of the file, or -1. */
ssize_t	 unpwrap_reader_read(struct unpwrap_reader *reader, void *buf,
	    size_t n);
/* Sets *bytes to what the reader holds, returns how many they are: what poll(2)
 * does not know of. */
size_t	 unpwrap_reader_buffered(const struct unpwrap_reader *reader,
	    const char **bytes);

/*
 * Addresses as text: book section 3.8.
 */

/* Returns "192.0.2.1:80", "[2001:db8::1%eth0]:80" (a port of 0 is left out,
 * and the brackets with it), the path of a UNIX socket, or "sock_ntop: unknown
 * AF_xxx: FAMILY, len LEN", in a buffer of this thread that the next call
 * overwrites; or NULL: EINVAL, where len is too small.  Here and below, for an
 * IPv4 or IPv6 address that is whole, sizeof(struct sockaddr) will do. */
char	*sock_ntop(const struct sockaddr *addr, socklen_t len)
	    UNPWRAP_ELF(sock_ntop);
char	*Sock_ntop(const struct sockaddr *addr, socklen_t len)
	    UNPWRAP_ELF(Sock_ntop);
/* The same in the caller's buffer, text, which it returns; ENOSPC: its size
 * is too small. */
char	*sock_ntop_r(const struct sockaddr *addr, socklen_t len, char *text,
	    size_t size)
	    UNPWRAP_ELF(sock_ntop_r);
/* The same without the port and the brackets. */
char	*sock_ntop_host(const struct sockaddr *addr, socklen_t len)
	    UNPWRAP_ELF(sock_ntop_host);
char	*Sock_ntop_host(const struct sockaddr *addr, socklen_t len)
	    UNPWRAP_ELF(Sock_ntop_host);

/*
 * Parts of addresses of any family: book section 3.8.  Where nothing else is
 * said they return -1 with EAFNOSUPPORT, or EINVAL where len is too small for
 * the family.
 */

/* Binds fd to the wildcard address and any port.  Returns the port, in network
 * byte order. */
int	 sock_bind_wild(int fd, int family)
	    UNPWRAP_ELF(sock_bind_wild);
int	 Sock_bind_wild(int fd, int family)
	    UNPWRAP_ELF(Sock_bind_wild);
/* Return 0 if a and b, both len bytes long, have the same family and the same
 * address, or the same port; otherwise not 0. */
int	 sock_cmp_addr(const struct sockaddr *a, const struct sockaddr *b,
	    socklen_t len)
	    UNPWRAP_ELF(sock_cmp_addr);
int	 sock_cmp_port(const struct sockaddr *a, const struct sockaddr *b,
	    socklen_t len)
	    UNPWRAP_ELF(sock_cmp_port);
/* The port is in network byte order, here and in sock_set_port. */
int	 sock_get_port(const struct sockaddr *addr, socklen_t len)
	    UNPWRAP_ELF(sock_get_port);
/* Set a part of *addr, whose family must be set.  They do nothing if that
 * family has no such part or len is too small.  value: a struct in_addr or
 * in6_addr. */
void	 sock_set_addr(struct sockaddr *addr, socklen_t len, const void *value)
	    UNPWRAP_ELF(sock_set_addr);
void	 sock_set_port(struct sockaddr *addr, socklen_t len, int port)
	    UNPWRAP_ELF(sock_set_port);
void	 sock_set_wild(struct sockaddr *addr, socklen_t len)
	    UNPWRAP_ELF(sock_set_wild);
/* Returns the family of the socket's address. */
int	 sockfd_to_family(int fd)
	    UNPWRAP_ELF(sockfd_to_family);
int	 Sockfd_to_family(int fd)
	    UNPWRAP_ELF(Sockfd_to_family);
/* Returns IPPROTO_IP or IPPROTO_IPV6. */
int	 family_to_level(int family)
	    UNPWRAP_ELF(family_to_level);
int	 Family_to_level(int family)
	    UNPWRAP_ELF(Family_to_level);

/*
 * By name: book sections 11.8, 11.12 to 11.16.  A failure of getaddrinfo(3)
 * becomes an errno value (tcp_connect(3) has the table); the Capitalised
 * wrapper prints the text of gai_strerror(3).  A service that is empty, or a
 * number outside 0 to 65535, is unknown on every system: EAI_SERVICE.
 */

/* getaddrinfo(3) with AI_CANONNAME.  Returns a list that freeaddrinfo(3)
 * frees, or NULL. */
struct addrinfo *host_serv(const char *host, const char *service, int family,
	    int type)
	    UNPWRAP_ELF(host_serv);
struct addrinfo *Host_serv(const char *host, const char *service, int family,
	    int type)
	    UNPWRAP_ELF(Host_serv);
/* Return a socket connected to the first address of host and service that
 * accepts, or -1 with the last one's errno. */
int	 tcp_connect(const char *host, const char *service)
	    UNPWRAP_ELF(tcp_connect);
int	 Tcp_connect(const char *host, const char *service)
	    UNPWRAP_ELF(Tcp_connect);
int	 udp_connect(const char *host, const char *service)
	    UNPWRAP_ELF(udp_connect);
int	 Udp_connect(const char *host, const char *service)
	    UNPWRAP_ELF(Udp_connect);
/* The book declares it with SA ** and calls it with (void **): C takes both. */
#ifdef __cplusplus
typedef struct sockaddr **unpwrap_address_pointer;
#else
typedef union {
	struct sockaddr	**sa;
	void		**any;
} unpwrap_address_pointer __attribute__((__transparent_union__));
#endif
/* Returns an unconnected UDP socket for host and service, and in *addr and
 * *addrlen the address to send to, which free(3) frees; or -1. */
int	 udp_client(const char *host, const char *service,
	    unpwrap_address_pointer addr, socklen_t *addrlen)
	    UNPWRAP_ELF(udp_client);
int	 Udp_client(const char *host, const char *service,
	    unpwrap_address_pointer addr, socklen_t *addrlen)
	    UNPWRAP_ELF(Udp_client);
/* Return a socket bound to the first address that can be bound (host NULL: any
 * address), or -1.  tcp_listen sets SO_REUSEADDR and listens with backlog
 * LISTENQ.  If addrlen is not NULL, *addrlen is set to the size of an address
 * of the socket's family. */
int	 tcp_listen(const char *host, const char *service, socklen_t *addrlen)
	    UNPWRAP_ELF(tcp_listen);
int	 Tcp_listen(const char *host, const char *service, socklen_t *addrlen)
	    UNPWRAP_ELF(Tcp_listen);
int	 udp_server(const char *host, const char *service, socklen_t *addrlen)
	    UNPWRAP_ELF(udp_server);
int	 Udp_server(const char *host, const char *service, socklen_t *addrlen)
	    UNPWRAP_ELF(Udp_server);
/* Returns the IPv4 addresses that this host's name has, as a list of pointers
 * to struct in_addr that NULL ends, one block that free(3) frees; *family is
 * AF_INET.  Or NULL. */
char   **my_addrs(int *family)
	    UNPWRAP_ELF(my_addrs);
char   **My_addrs(int *family)
	    UNPWRAP_ELF(My_addrs);

/*
 * Multicast: book section 21.7.  index, if it is not 0, or else name gives the
 * interface; with neither, the system chooses on which one a group is joined.
 * Return 0, or -1: EAFNOSUPPORT (neither IPv4 nor IPv6), EINVAL (an argument
 * out of range, or mcast_set_if without an interface), ENXIO (there is no such
 * interface), EOPNOTSUPP (this system cannot), or an error of setsockopt(2),
 * if_nametoindex(3) or if_nameindex(3).
 */
int	 mcast_join(int fd, const struct sockaddr *group, socklen_t len,
	    const char *name, unsigned index)
	    UNPWRAP_ELF(mcast_join);
void	 Mcast_join(int fd, const struct sockaddr *group, socklen_t len,
	    const char *name, unsigned index)
	    UNPWRAP_ELF(Mcast_join);
int	 mcast_leave(int fd, const struct sockaddr *group, socklen_t len)
	    UNPWRAP_ELF(mcast_leave);
void	 Mcast_leave(int fd, const struct sockaddr *group, socklen_t len)
	    UNPWRAP_ELF(Mcast_leave);
int	 mcast_join_source_group(int fd, const struct sockaddr *source,
	    socklen_t source_len, const struct sockaddr *group,
	    socklen_t group_len, const char *name, unsigned index)
	    UNPWRAP_ELF(mcast_join_source_group);
void	 Mcast_join_source_group(int fd, const struct sockaddr *source,
	    socklen_t source_len, const struct sockaddr *group,
	    socklen_t group_len, const char *name, unsigned index)
	    UNPWRAP_ELF(Mcast_join_source_group);
int	 mcast_leave_source_group(int fd, const struct sockaddr *source,
	    socklen_t source_len, const struct sockaddr *group,
	    socklen_t group_len)
	    UNPWRAP_ELF(mcast_leave_source_group);
void	 Mcast_leave_source_group(int fd, const struct sockaddr *source,
	    socklen_t source_len, const struct sockaddr *group,
	    socklen_t group_len)
	    UNPWRAP_ELF(Mcast_leave_source_group);
int	 mcast_block_source(int fd, const struct sockaddr *source,
	    socklen_t source_len, const struct sockaddr *group,
	    socklen_t group_len)
	    UNPWRAP_ELF(mcast_block_source);
void	 Mcast_block_source(int fd, const struct sockaddr *source,
	    socklen_t source_len, const struct sockaddr *group,
	    socklen_t group_len)
	    UNPWRAP_ELF(Mcast_block_source);
int	 mcast_unblock_source(int fd, const struct sockaddr *source,
	    socklen_t source_len, const struct sockaddr *group,
	    socklen_t group_len)
	    UNPWRAP_ELF(mcast_unblock_source);
void	 Mcast_unblock_source(int fd, const struct sockaddr *source,
	    socklen_t source_len, const struct sockaddr *group,
	    socklen_t group_len)
	    UNPWRAP_ELF(Mcast_unblock_source);
/* The index of the interface used for sending; only IPv6 can tell. */
int	 mcast_get_if(int fd)
	    UNPWRAP_ELF(mcast_get_if);
int	 Mcast_get_if(int fd)
	    UNPWRAP_ELF(Mcast_get_if);
int	 mcast_set_if(int fd, const char *name, unsigned index)
	    UNPWRAP_ELF(mcast_set_if);
void	 Mcast_set_if(int fd, const char *name, unsigned index)
	    UNPWRAP_ELF(Mcast_set_if);
/* 1 or 0: does this host hear what it sends itself? */
int	 mcast_get_loop(int fd)
	    UNPWRAP_ELF(mcast_get_loop);
int	 Mcast_get_loop(int fd)
	    UNPWRAP_ELF(Mcast_get_loop);
int	 mcast_set_loop(int fd, int on)
	    UNPWRAP_ELF(mcast_set_loop);
void	 Mcast_set_loop(int fd, int on)
	    UNPWRAP_ELF(Mcast_set_loop);
/* 0 to 255: TTL, or hop limit. */
int	 mcast_get_ttl(int fd)
	    UNPWRAP_ELF(mcast_get_ttl);
int	 Mcast_get_ttl(int fd)
	    UNPWRAP_ELF(Mcast_get_ttl);
int	 mcast_set_ttl(int fd, int ttl)
	    UNPWRAP_ELF(mcast_set_ttl);
void	 Mcast_set_ttl(int fd, int ttl)
	    UNPWRAP_ELF(Mcast_set_ttl);

/*
 * Parts of programs: book sections 5.3, 5.5, 6.7.
 */

/* Echoes what arrives on the socket until its end.  An error of this connection
 * is reported (as err_ret) and ends the function, not the process. */
void	 str_echo(int fd)
	    UNPWRAP_ELF(str_echo);
/* Sends the lines of fp and prints on standard output what comes back.  Watches
 * both, so it says at once when the server ends early, which is fatal, as in
 * the book.  At the end of fp it half-closes and waits for the rest.  It reads
 * the descriptor of fp, and does not see what fp has already buffered. */
void	 str_cli(FILE *fp, int fd)
	    UNPWRAP_ELF(str_cli);

/* Echoes datagrams for ever.  Ignores an error that concerns one client; any
 * other is fatal.  A reply that cannot be sent at once is lost.  So is what a
 * datagram has beyond 65536 bytes, as one on a UNIX socket may.  from has size
 * bytes of room, for any address of the socket's family. */
void	 dg_echo(int fd, struct sockaddr *from, socklen_t size)
	    UNPWRAP_ELF(dg_echo);
/* Sends each line of fp to server as a datagram and prints the reply.  A
 * datagram from elsewhere is reported and ignored.  If a reply is lost, it
 * still waits for it, as the book's dg_cli does.  An error is fatal. */
void	 dg_cli(FILE *fp, int fd, const struct sockaddr *server, socklen_t len)
	    UNPWRAP_ELF(dg_cli);

/* Makes the process a daemon: in the background, in a session of its own
 * without a terminal, in the root directory, with /dev/null on descriptors 0
 * to 2, SIGHUP ignored, and error messages going to syslog(3) under name, which
 * is not copied and must stay.  Other descriptors stay open.  Returns 0 in the
 * daemon, or -1, perhaps in a child when the first process has already exited
 * with 0.  Call it before there are threads. */
int	 daemon_init(const char *name, int facility)
	    UNPWRAP_ELF(daemon_init);
/* The part of it that a program started by inetd needs. */
void	 daemon_inetd(const char *name, int facility)
	    UNPWRAP_ELF(daemon_inetd);
/* Not 0: error messages go to syslog(3) where no policy says otherwise. */
extern int daemon_proc UNPWRAP_VARIABLE(daemon_proc);

/* Watch a TCP connection by out-of-band bytes, one every so many seconds.  The
 * process exits with 0 when so many probes had no answer (client), or when one
 * more than that did not come (server).  From the call on, SIGURG, SIGALRM and
 * alarm(2) of the process are theirs. */
void	 heartbeat_cli(int fd, int seconds, int probes)
	    UNPWRAP_ELF(heartbeat_cli);
void	 heartbeat_serv(int fd, int seconds, int probes)
	    UNPWRAP_ELF(heartbeat_serv);

/* The local time as "13:45:07.123456", in a buffer of this thread; or NULL. */
char	*gf_time(void)
	    UNPWRAP_ELF(gf_time);
char	*Gf_time(void)
	    UNPWRAP_ELF(Gf_time);
/* *out -= *in. */
void	 tv_sub(struct timeval *out, struct timeval *in)
	    UNPWRAP_ELF(tv_sub);
/* The Internet checksum (RFC 1071) of len bytes, as it goes into the packet. */
uint16_t in_cksum(uint16_t *addr, int len)
	    UNPWRAP_ELF(in_cksum);

/*
 * Errors: book section D.3.  Each prints "program: message"; err_ret, err_sys
 * and err_dump add ": " and the text of errno.  err_sys and err_quit exit with
 * status 1, err_dump calls abort(3).  The others keep errno.
 */
void	 err_msg(const char *format, ...)
	    UNPWRAP_ELF(err_msg) UNPWRAP_PRINTF(1, 2);
void	 err_ret(const char *format, ...)
	    UNPWRAP_ELF(err_ret) UNPWRAP_PRINTF(1, 2);
void	 err_quit(const char *format, ...)
	    UNPWRAP_ELF(err_quit) UNPWRAP_PRINTF(1, 2) UNPWRAP_NORETURN;
void	 err_sys(const char *format, ...)
	    UNPWRAP_ELF(err_sys) UNPWRAP_PRINTF(1, 2) UNPWRAP_NORETURN;
void	 err_dump(const char *format, ...)
	    UNPWRAP_ELF(err_dump) UNPWRAP_PRINTF(1, 2) UNPWRAP_NORETURN;

/* Where error messages go and how a process ends of one. */
struct unpwrap_error_policy {
	/* Name before each message; NULL: the program's own, "": none. */
	const char *program;
	/* Takes a message, one line without its newline; NULL: standard error.
	 * priority is LOG_INFO (err_msg, err_ret) or LOG_ERR, of <syslog.h>. */
	void	(*report)(int priority, const char *message, void *arg);
	/* Ends the process or leaves by longjmp(3), pthread_exit(3); if it
	 * returns, the process exits.  NULL: exit(3).  Not asked by
	 * err_dump. */
	void	(*fatal)(int status, void *arg);
	void	*arg;		/* handed to both */
};

/* Puts policy (NULL: the default) in force for all threads; it must not change
 * while in force.  Returns the previous policy. */
const struct unpwrap_error_policy *
	 unpwrap_error_policy(const struct unpwrap_error_policy *policy);
/* For use as report: syslog(3), with the caller's openlog(3); arg is
 * ignored. */
void	 unpwrap_report_syslog(int priority, const char *message, void *arg);

/*
 * A prefork supervisor: book sections 30.6 to 30.9.  It keeps a number of
 * worker processes running, replaces those that end, waits longer and longer
 * before it replaces one that died at its start, and ends them on a signal.
 */
#define UNPWRAP_WORKERS_MAX	1024

/* What a worker is told. */
struct unpwrap_worker {
	int	 stopfd;	/* readable once the worker is to finish: stop
				   accepting, serve what it has, return.  The
				   library's: never to be closed */
	unsigned slot;		/* below 2 * workers, no other process's */
	unsigned number;	/* below workers; its replacement has the same,
				   or with once that of one that finished */
};

enum unpwrap_event_type {
	UNPWRAP_WORKER_STARTED,
	UNPWRAP_WORKER_ENDED,	/* by itself or by a signal: status */
	UNPWRAP_WORKER_KILLED,	/* about to be: its drain time is over, or all
				   end at once */
	UNPWRAP_WORKER_DELAYED,	/* workers die at their start: delay_ms */
	UNPWRAP_FORK_FAILED,	/* error; tried again after delay_ms */
	UNPWRAP_SIGNAL		/* HUP, INT, QUIT, TERM, USR1, USR2: signo */
};

/* What the supervisor tells; a member without meaning for its type is 0. */
struct unpwrap_event {
	enum unpwrap_event_type type;
	unsigned slot;
	pid_t	 pid;
	int	 status;	/* as waitpid(2) has it */
	int	 error;		/* an errno value */
	int	 signo;		/* with ENDED: SIGKILL where we killed it */
	unsigned delay_ms;
};

struct unpwrap_prefork {
	unsigned workers;	/* 1 to UNPWRAP_WORKERS_MAX */
	unsigned drain_ms;	/* a worker that is to finish has so long */
	unsigned failures_max;	/* give up after so many starts in a row that
				   failed, with no worker ready; 0: never */
	int	 once;		/* not 0: a worker that returned 0 is not
				   replaced; the last one's end is the end */
	int	 reap_orphans;	/* not 0: reap children that are no workers,
				   too: for who may be process 1 */
	/* Runs in the worker, whose exit status is what it returns, by way of
	 * _exit(2).  The worker leads a process group of its own, so that a
	 * terminal's signals reach the supervisor alone, and the processes it
	 * starts end with it.  It ignores HUP, INT, TTOU, USR1 and USR2; TERM
	 * has it replaced, and kills a process that the worker forked.  When
	 * the supervisor ends, however that ends, stopfd becomes readable; on
	 * Linux and FreeBSD the worker is killed. */
	int	(*serve)(const struct unpwrap_worker *worker, void *arg);
	/* Runs in the supervisor; may be NULL. */
	void	(*event)(const struct unpwrap_event *event, void *arg);
	void	*arg;		/* handed to both */
};

/*
 * Supervises until SIGTERM or SIGINT (the workers drain; a second one: at
 * once), or SIGQUIT (at once).  SIGHUP replaces every worker: a new one
 * starts, the old one drains.  Dispositions and signal mask are the caller's
 * again on return.
 *
 * Returns 0 when every worker ended by itself, 1 when one had to be killed
 * after the stop, or -1: EINVAL (a member out of range), ECHILD (gave up on
 * workers that die at their start), or what pipe(2) or an allocation set.  Call
 * it from one thread of a process at a time, best before there are others.
 */
int	 unpwrap_prefork(const struct unpwrap_prefork *prefork);

/* For workers: "I have survived my start": to die after this call is not to die
 * at the start.  Without it, one second of life does the same.
 * Async-signal-safe, keeps errno. */
void	 unpwrap_worker_ready(const struct unpwrap_worker *worker);
/* "Replace me": a replacement is started as soon as there is a slot for it, and
 * stopfd becomes readable once that is ready; until then the worker goes on.
 * Async-signal-safe, keeps errno. */
void	 unpwrap_worker_retire(const struct unpwrap_worker *worker);

/* For any child, just after fork(2): the kernel kills the child (SIGKILL) when
 * its parent, whose pid is passed, ends.  If the parent has already ended, the
 * call does not return.  On Linux the parent is the thread that forked, and a
 * change of user or group ID cancels this.  FreeBSD kills the child too; other
 * systems do not.  Async-signal-safe. */
void	 unpwrap_end_with_parent(pid_t parent);

#ifdef __cplusplus
}
#endif

#endif
