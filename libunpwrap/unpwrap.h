/*
 * unpwrap.h - the wrapper functions of "UNIX Network Programming", vol. 1
 *
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 *
 * Two layers.  A function in lower case returns -1 (or NULL) and sets errno;
 * it never prints and never exits.  A Capitalised wrapper never returns a
 * failure: it reports through the error module (see unpwrap_error_policy)
 * and ends the process.
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
#include <stdio.h>

#ifndef __GNUC__
#error "unpwrap.h needs a compiler with GNU assembler labels (GCC, Clang)"
#endif

#ifndef UNPWRAP_ELF
#define UNPWRAP_STRING_(x)	#x
#define UNPWRAP_STRING(x)	UNPWRAP_STRING_(x)
#define UNPWRAP_ELF(name)						\
	__asm__(UNPWRAP_STRING(__USER_LABEL_PREFIX__) "unpwrap_" #name)
#endif
#define UNPWRAP_PRINTF(format, first)					\
	__attribute__((__format__(__printf__, format, first)))
#define UNPWRAP_NORETURN	__attribute__((__noreturn__))

#ifdef __cplusplus
extern "C" {
#endif

struct pollfd;
struct sockaddr;
struct timeval;

/*
 * Sockets: book sections 4.2 to 4.10, 6.3, 6.6, 6.10, 7.2, 11.
 */

/* accept(2).  Returns the connected socket.  EINTR, ECONNABORTED and EPROTO,
 * which concern a connection that is already gone, are retried; who wants to
 * be interrupted calls accept(2). */
int	 Accept(int fd, struct sockaddr *addr, socklen_t *len)
	    UNPWRAP_ELF(Accept);
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
/* select(2).  timeout NULL for ever; it is not changed.  Returns as Poll does.
 * EINTR: retried with the time that is left. */
int	 Select(int nfds, fd_set *readable, fd_set *writable, fd_set *except,
	    struct timeval *timeout)
	    UNPWRAP_ELF(Select);
/* send(2) until all n bytes are sent.  EINTR: retried.  A socket whose peer is
 * gone is an EPIPE error, never a SIGPIPE. */
void	 Send(int fd, const void *buf, size_t n, int flags)
	    UNPWRAP_ELF(Send);
void	 Setsockopt(int fd, int level, int name, const void *value,
	    socklen_t len)
	    UNPWRAP_ELF(Setsockopt);
void	 Shutdown(int fd, int how)
	    UNPWRAP_ELF(Shutdown);
/* socket(2).  The descriptor is inherited by exec, as the call's own is; add
 * SOCK_CLOEXEC to type where it should not be. */
int	 Socket(int family, int type, int protocol)
	    UNPWRAP_ELF(Socket);

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
/* fcntl(2) with an int argument.  Returns what fcntl does.  EINTR: retried. */
int	 Fcntl(int fd, int command, int arg)
	    UNPWRAP_ELF(Fcntl);
pid_t	 Fork(void)
	    UNPWRAP_ELF(Fork);
/* malloc(3).  Malloc(0) and Calloc(0, 0) may return NULL without an error. */
void	*Malloc(size_t size)
	    UNPWRAP_ELF(Malloc);
void	 Pipe(int fds[2])
	    UNPWRAP_ELF(Pipe);
/* read(2).  Returns the number of bytes, 0 at the end.  EINTR: retried. */
ssize_t	 Read(int fd, void *buf, size_t n)
	    UNPWRAP_ELF(Read);
char	*Strdup(const char *str)
	    UNPWRAP_ELF(Strdup);
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
 * one.  Interrupted calls are restarted, but for SIGALRM.  Signal_intr: they
 * are never restarted (EINTR).  Async-signal-safe unless they fail. */
void	(*Signal(int signo, void (*func)(int)))(int)
	    UNPWRAP_ELF(Signal);
void	(*Signal_intr(int signo, void (*func)(int)))(int)
	    UNPWRAP_ELF(Signal_intr);
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
#ifndef UNPWRAP_NO_READLINE	/* for who includes <readline/readline.h> */
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
 * and the brackets with it) or the path of a UNIX socket, in a buffer of this
 * thread that the next call overwrites; or NULL: EAFNOSUPPORT, or EINVAL where
 * len is too small for the family. */
char	*sock_ntop(const struct sockaddr *addr, socklen_t len)
	    UNPWRAP_ELF(sock_ntop);
char	*Sock_ntop(const struct sockaddr *addr, socklen_t len)
	    UNPWRAP_ELF(Sock_ntop);
/* The same without the port and the brackets. */
char	*sock_ntop_host(const struct sockaddr *addr, socklen_t len)
	    UNPWRAP_ELF(sock_ntop_host);
char	*Sock_ntop_host(const struct sockaddr *addr, socklen_t len)
	    UNPWRAP_ELF(Sock_ntop_host);

/*
 * TCP by name: book sections 11.12, 11.13.  A failure of getaddrinfo(3) becomes
 * an errno value (tcp_connect(3) has the table); the Capitalised wrapper says
 * what gai_strerror(3) does.
 */

/* Returns a socket connected to the first address of host and service that
 * accepts, or -1 with the last one's errno. */
int	 tcp_connect(const char *host, const char *service)
	    UNPWRAP_ELF(tcp_connect);
int	 Tcp_connect(const char *host, const char *service)
	    UNPWRAP_ELF(Tcp_connect);
/* Returns a listening socket (SO_REUSEADDR, backlog LISTENQ) on the first
 * address that can be bound; host NULL: any.  *addrlen, if addrlen is not NULL,
 * is set to the size of an address of its family. */
int	 tcp_listen(const char *host, const char *service, socklen_t *addrlen)
	    UNPWRAP_ELF(tcp_listen);
int	 Tcp_listen(const char *host, const char *service, socklen_t *addrlen)
	    UNPWRAP_ELF(Tcp_listen);

/*
 * Parts of programs: book sections 5.3, 5.5, 6.7.
 */

/* Echoes what arrives on the socket until its end.  An error of this connection
 * is reported (as err_ret) and ends the function, not the process. */
void	 str_echo(int fd)
	    UNPWRAP_ELF(str_echo);
/* Sends the lines of fp, prints what comes back on standard output.  Watches
 * both, so that it says at once when the server ends early, which is fatal as
 * in the book; at the end of fp it half-closes and waits for the rest.  It
 * reads the descriptor below fp: what the caller had fp buffer is not seen. */
void	 str_cli(FILE *fp, int fd)
	    UNPWRAP_ELF(str_cli);

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

/* Makes policy, which must stay as it is while it is in force (NULL: the
 * default), the one of all threads.  Returns the one before it. */
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
				   accepting, serve what it has, return */
	unsigned slot;		/* below 2 * workers, no other process's */
};

enum unpwrap_event_type {
	UNPWRAP_WORKER_STARTED,
	UNPWRAP_WORKER_ENDED,	/* by itself or by a signal: status */
	UNPWRAP_WORKER_KILLED,	/* about to be: its drain time is over */
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
				   failed, with no worker up; 0: never */
	int	 once;		/* not 0: a worker that returned 0 is not
				   replaced; the last one's end is the end */
	int	 reap_orphans;	/* not 0: reap children that are no workers,
				   too: for who may be process 1 */
	/* Runs in the worker, whose exit status is what it returns.  The worker
	 * leaves by _exit(2).  It leads a process group of its own, so that a
	 * terminal's signals reach the supervisor alone, and the processes it
	 * starts end with it.  It ignores HUP, INT, TTOU, USR1 and USR2; TERM
	 * has it replaced, and kills a process that the worker forked.  It
	 * ends when the supervisor does, however that ends. */
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
 * Returns 0 when every worker ended by itself, 1 when one had to be killed, or
 * -1: EINVAL (a member out of range), ECHILD (gave up on workers that die at
 * their start), or what pipe(2) or an allocation set.  Call it from one thread
 * of a process at a time, best before there are others.
 */
int	 unpwrap_prefork(const struct unpwrap_prefork *prefork);

/* For workers: "I have served": to die from now on is no death at the start.
 * Without it a second of life counts.  Async-signal-safe, keeps errno. */
void	 unpwrap_worker_ready(const struct unpwrap_worker *worker);
/* "Replace me": a replacement is started as soon as there is a slot for it, and
 * stopfd becomes readable once that is ready; until then the worker goes on.
 * Async-signal-safe, keeps errno. */
void	 unpwrap_worker_retire(const struct unpwrap_worker *worker);

/* For any child, just after fork(2): the kernel kills it (SIGKILL) when its
 * parent, whose pid it is given, ends; if that has happened, it does not
 * return.  On Linux the parent is the thread that forked, and a change of user
 * or group ID cancels it; FreeBSD has it too; nothing elsewhere.
 * Async-signal-safe. */
void	 unpwrap_end_with_parent(pid_t parent);

#ifdef __cplusplus
}
#endif

#endif
