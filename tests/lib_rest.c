/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>	/* stand-ins have the width of the library's calls */

#include "support.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <stdarg.h>
#include <time.h>

#include <unprtt.h>

/*
 * Calls as the library sees them, which fail where a test has said so.
 */
static int interruptions;	/* of the calls that are retried */
static int failure;		/* of the calls that never fail */
static int accept_failures, accept_error;

static int
interrupted(void)
{
	if (interruptions == 0)
		return 0;
	interruptions--;
	errno = EINTR;
	return 1;
}

int
dup2(int from, int to)
{
	return interrupted() ? -1 : (int)syscall(SYS_dup3, from, to, 0);
}

int
dup3(int from, int to, int flags)
{
	return interrupted() ? -1 : (int)syscall(SYS_dup3, from, to, flags);
}

int
fcntl(int fd, int command, ...)
{
	va_list args;
	long arg;

	va_start(args, command);
	arg = va_arg(args, long);
	va_end(args);
	return interrupted() ? -1 : (int)syscall(SYS_fcntl, fd, command, arg);
}

int
#ifdef __GLIBC__
ioctl(int fd, unsigned long request, ...)
#else
ioctl(int fd, int request, ...)
#endif
{
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	return interrupted() ? -1 : (int)syscall(SYS_ioctl, fd, request, arg);
}

int
accept4(int fd, struct sockaddr *restrict addr, socklen_t *restrict len,
    int flags)
{
	if (accept_failures > 0) {
		accept_failures--;
		if (len != NULL)
			*len = 0;
		errno = accept_error;
		return -1;
	}
	return (int)syscall(SYS_accept4, fd, addr, len, flags);
}

/* -1, or what the kernel says. */
static int
unless_failure(long result)
{
	if (failure == 0)
		return (int)result;
	errno = failure;
	return -1;
}

int
gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	return unless_failure(syscall(SYS_gettimeofday, now, zone));
}

/* A time that no calendar has, in the place of a failure. */
static int strange_time;

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	int result = (int)syscall(SYS_clock_gettime, clock, now);

	if (strange_time && clock == CLOCK_REALTIME)
		now->tv_sec = (time_t)INT64_MAX;
	return clock == CLOCK_REALTIME ? unless_failure(result) : result;
}

int
sigpending(sigset_t *set)
{
	return unless_failure(syscall(SYS_rt_sigpending, set, 8));
}

int
sigemptyset(sigset_t *set)
{
	memset(set, 0, sizeof(*set));
	return unless_failure(0);
}

int
sigfillset(sigset_t *set)
{
	memset(set, 0xff, sizeof(*set));
	return unless_failure(0);
}

struct if_nameindex *
if_nameindex(void)
{
	static struct if_nameindex none[1];

	return unless_failure(0) == 0 ? none : NULL;
}

/*
 * Descriptors.
 */

START_TEST(dup3_pipe2)
{
	int fds[2];
	char buf[10];

	Pipe2(fds, O_CLOEXEC | O_NONBLOCK);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(Fcntl(fds[i], F_GETFD, 0), FD_CLOEXEC);
		ck_assert(Fcntl(fds[i], F_GETFL, 0) & O_NONBLOCK);
	}
	interruptions = 3;
	Dup3(fds[1], 90, O_CLOEXEC);
	ck_assert_int_eq(interruptions, 0);
	ck_assert_int_eq(Fcntl(90, F_GETFD, 0), FD_CLOEXEC);
	Dup3(fds[1], 91, 0);
	ck_assert_int_eq(Fcntl(91, F_GETFD, 0), 0);
	Write(91, "abc", 3);
	ck_assert_int_eq(Read(fds[0], buf, sizeof(buf)), 3);
	Pipe2(fds, 0);
	ck_assert_int_eq(Fcntl(fds[0], F_GETFD, 0), 0);
}
END_TEST

START_TEST(dup2_fcntl_ioctl_are_not_interrupted)
{
	int fds[2], n = 0;

	Pipe(fds);
	interruptions = 3;
	Dup2(fds[1], 90);
	ck_assert_int_eq(interruptions, 0);
	interruptions = 3;
	ck_assert_int_eq(Fcntl(90, F_SETFD, FD_CLOEXEC), 0);
	ck_assert_int_eq(interruptions, 0);
	Write(90, "abc", 3);
	interruptions = 3;
	ck_assert_int_eq(Ioctl(fds[0], FIONREAD, &n), 0);
	ck_assert_int_eq(interruptions, 0);
	ck_assert_int_eq(n, 3);
}
END_TEST

START_TEST(descriptors_fail_by_the_policy)
{
	int fds[2], n;

	ck_assert_fatal(Dup3(-1, 7, 0), EBADF,
	    "dup3 error for descriptors -1, 7");
	ck_assert_fatal(Dup3(1, 1, 0), EINVAL,
	    "dup3 error for descriptors 1, 1");
	ck_assert_fatal(Pipe2(fds, -1), EINVAL, "pipe2 error");
	ck_assert_fatal(Ioctl(-1, FIONREAD, &n), EBADF,
	    "ioctl error for descriptor -1");
	Dup2(Open("/dev/null", O_RDONLY), 90);
	ck_assert_fatal(Ioctl(90, FIONREAD, &n), ENOTTY,
	    "ioctl error for descriptor 90");
	limit(RLIMIT_NOFILE, 3);
	ck_assert_fatal(Pipe2(fds, 0), EMFILE, "pipe2 error");
	unlimit(RLIMIT_NOFILE);
}
END_TEST

/*
 * Files.
 */

START_TEST(file_from_its_making_to_its_end)
{
	char path[] = "/tmp/unpwrap-test.XXXXXX", buf[10], *mapped;
	struct stat st;
	int fd = Mkstemp(path), other;

	ck_assert_int_ne(strcmp(path, "/tmp/unpwrap-test.XXXXXX"), 0);
	Write(fd, "abcdef", 6);
	other = Open(path, O_RDONLY);
	ck_assert_int_eq(Read(other, buf, sizeof(buf)), 6);
	mapped = Mmap(NULL, 6, PROT_READ, MAP_SHARED, other, 0);
	ck_assert_mem_eq(mapped, "abcdef", 6);
	Munmap(mapped, 6);
	Unlink(path);
	ck_assert_int_eq(stat(path, &st), -1);
	ck_assert_int_eq(errno, ENOENT);

	/* The mode is obeyed where a file is made. */
	umask(0);
	fd = Open(path, O_RDWR | O_CREAT | O_EXCL, 0640);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0640);
	Unlink(path);
	ck_assert_fatal(Unlink(path), ENOENT, "unlink error for %s", path);
}
END_TEST

#ifdef O_TMPFILE
START_TEST(file_without_a_name_has_a_mode)
{
	struct stat st;
	int fd;

	umask(0);
	fd = open("/tmp", O_RDWR | O_TMPFILE, 0600);
	if (fd == -1) {
		not_tested("no O_TMPFILE");
		return;
	}
	fd = Open("/tmp", O_RDWR | O_TMPFILE, 0640);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0640);
}
END_TEST
#endif

static void
write_later(void *arg)
{
	int fd;

	pause_ms(100);
	fd = open(arg, O_WRONLY);
	if (fd == -1 || write(fd, "x", 1) != 1)
		exit(EXIT_FAILURE);
}

/* Of a FIFO: it waits for who writes. */
START_TEST(open_is_not_interrupted)
{
	char path[] = "/tmp/unpwrap-test.XXXXXX", byte;
	pid_t writer;
	int fd;

	close(Mkstemp(path));
	Unlink(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	writer = spawn(write_later, path);
	interrupt_every(5);
	fd = Open(path, O_RDONLY);
	interrupt_every(0);
	Unlink(path);
	ck_assert_int_eq(Read(fd, &byte, 1), 1);
	ck_assert_int_eq(join(writer), 0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(files_fail_by_the_policy)
{
	char no_template[] = "/tmp/unpwrap", nowhere[] = "/nowhere/x.XXXXXX";
	size_t len = 4096;

	ck_assert_fatal(Open("/nowhere/file", O_RDONLY), ENOENT,
	    "open error for /nowhere/file");
	ck_assert_fatal(Open("/tmp", O_WRONLY), EISDIR, "open error for /tmp");
	ck_assert_fatal(Mkstemp(no_template), EINVAL,
	    "mkstemp error for /tmp/unpwrap");
	ck_assert_fatal(Mkstemp(nowhere), ENOENT, "mkstemp error for %s",
	    nowhere);
	ck_assert_fatal(Mmap(NULL, len, PROT_READ, MAP_SHARED, -1, 0), EBADF,
	    "mmap error for 4096 bytes");
	ck_assert_fatal(Mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0), EINVAL, "mmap error for 0 bytes");
	ck_assert_fatal(Munmap((void *)1, 1), EINVAL,
	    "munmap error for 1 bytes");
}
END_TEST

/*
 * Memory, limits, time.
 */

START_TEST(memory_grows)
{
	char *bytes = Realloc(NULL, 10);

	memset(bytes, 'x', 10);
	bytes = Realloc(bytes, 100000);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(bytes[i], 'x');
	bytes = Realloc(bytes, 5);
	ck_assert_mem_eq(bytes, "xxxxx", 5);
	catch_errors();
	free(Realloc(bytes, 0));
	ck_assert_int_eq(caught.reports, 0);
}
END_TEST

START_TEST(memory_fails_by_the_policy)
{
	static char *bytes;
	size_t too_much = TOO_MUCH_MEMORY;

	bytes = Strdup("kept");
	ck_assert_fatal(Realloc(bytes, too_much), ENOMEM,
	    "realloc error for %zu bytes", too_much);
	ck_assert_str_eq(bytes, "kept");
	free(bytes);
}
END_TEST

START_TEST(sysconf_has_a_value_or_none)
{
	catch_errors();
	ck_assert_int_eq(Sysconf(_SC_PAGESIZE), sysconf(_SC_PAGESIZE));
	errno = EDOM;
	ck_assert_int_eq(Sysconf(_SC_AIO_MAX), sysconf(_SC_AIO_MAX));
	ck_assert_int_eq(caught.reports, 0);
	ck_assert_fatal(Sysconf(-1), EINVAL, "sysconf error for name -1");
}
END_TEST

START_TEST(time_of_day)
{
	struct timeval now;
	time_t before = time(NULL);

	Gettimeofday(&now, NULL);
	ck_assert_int_ge(now.tv_sec, before - 1);
	ck_assert_int_le(now.tv_sec, time(NULL) + 1);
	ck_assert_int_lt(now.tv_usec, 1000000);
	failure = EFAULT;
	ck_assert_fatal(Gettimeofday(&now, NULL), EFAULT,
	    "gettimeofday error");
	failure = 0;
}
END_TEST

static int
looks_like_a_time(const char *text)
{
	static const char want[] = "dd:dd:dd.dddddd";

	if (strlen(text) != sizeof(want) - 1)
		return 0;
	for (size_t i = 0; want[i] != '\0'; i++)
		if (want[i] == 'd' ? text[i] < '0' || text[i] > '9' :
		    text[i] != want[i])
			return 0;
	return 1;
}

static void
local_time(char text[9])
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);	/* time(2) is behind it */
	localtime_r(&now.tv_sec, &tm);
	strftime(text, 9, "%H:%M:%S", &tm);
}

START_TEST(local_time_as_text)
{
	char before[9], after[9];
	const char *text;

	setenv("TZ", "XXX-5:30", 1);
	tzset();
	do {
		local_time(before);
		text = _i == 0 ? gf_time() : Gf_time();
		local_time(after);
	} while (strcmp(before, after) != 0);
	ck_assert_msg(looks_like_a_time(text), "%s", text);
	ck_assert_mem_eq(text, before, 8);
}
END_TEST

START_TEST(local_time_fails)
{
	static const int errors[] = { EINVAL, EOVERFLOW };

	if (_i == 1 && sizeof(time_t) < sizeof(int64_t)) {
		not_tested("the calendar has each time of 32 bits");
		return;
	}
	if (_i == 0)
		failure = EINVAL;
	strange_time = _i == 1;
	errno = 0;
	ck_assert(gf_time() == NULL);
	ck_assert_int_eq(errno, errors[_i]);
	ck_assert_fatal(Gf_time(), errors[_i], "gf_time error");
	failure = strange_time = 0;
}
END_TEST

static void *
another_time(void *arg)
{
	(void)arg;
	return gf_time();
}

START_TEST(local_time_has_a_buffer_for_each_thread)
{
	const char *text = gf_time();
	char kept[32];
	pthread_t thread;
	void *other;

	snprintf(kept, sizeof(kept), "%s", text);
	pause_ms(1);
	ck_assert_int_eq(pthread_create(&thread, NULL, another_time, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, &other), 0);
	ck_assert(other != text);
	ck_assert_str_eq(text, kept);
	ck_assert_ptr_eq(gf_time(), text);
}
END_TEST

START_TEST(times_are_subtracted)
{
	static const struct {
		struct timeval out, in, want;
	} cases[] = {
		{ { 5, 300000 }, { 2, 100000 }, { 3, 200000 } },
		{ { 5, 100000 }, { 2, 300000 }, { 2, 800000 } },
		{ { 5, 0 }, { 4, 999999 }, { 0, 1 } },
		{ { 5, 7 }, { 5, 7 }, { 0, 0 } },
		{ { 2, 100000 }, { 2, 300000 }, { -1, 800000 } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct timeval out = cases[i].out, in = cases[i].in;

		tv_sub(&out, &in);
		ck_assert_int_eq(out.tv_sec, cases[i].want.tv_sec);
		ck_assert_int_eq(out.tv_usec, cases[i].want.tv_usec);
		ck_assert_int_eq(in.tv_sec, cases[i].in.tv_sec);
		ck_assert_int_eq(in.tv_usec, cases[i].in.tv_usec);
	}
}
END_TEST

/*
 * Signal sets.
 */

static volatile sig_atomic_t handled;

static void
handle(int signo)
{
	handled = signo;
}

START_TEST(signal_sets)
{
	struct sigaction action = { .sa_handler = handle }, old;
	sigset_t set, before;

	Sigfillset(&set);
	ck_assert_int_eq(Sigismember(&set, SIGUSR1), 1);
	Sigdelset(&set, SIGUSR1);
	ck_assert_int_eq(Sigismember(&set, SIGUSR1), 0);
	ck_assert_int_eq(Sigismember(&set, SIGUSR2), 1);
	Sigemptyset(&set);
	ck_assert_int_eq(Sigismember(&set, SIGUSR2), 0);
	Sigaddset(&set, SIGUSR1);
	ck_assert_int_eq(Sigismember(&set, SIGUSR1), 1);

	Sigemptyset(&action.sa_mask);
	Sigaction(SIGUSR1, &action, NULL);
	Sigaction(SIGUSR1, NULL, &old);
	ck_assert(old.sa_handler == handle);
	Sigprocmask(SIG_BLOCK, &set, &before);
	ck_assert_int_eq(Sigismember(&before, SIGUSR1), 0);
	raise(SIGUSR1);
	ck_assert_int_eq(handled, 0);
	Sigpending(&set);
	ck_assert_int_eq(Sigismember(&set, SIGUSR1), 1);
	ck_assert_int_eq(Sigismember(&set, SIGUSR2), 0);
	Sigprocmask(SIG_SETMASK, &before, NULL);
	ck_assert_int_eq(handled, SIGUSR1);
}
END_TEST

static void *
block_own(void *arg)
{
	sigset_t set;

	Sigemptyset(&set);
	Sigaddset(&set, SIGUSR1);
	Sigprocmask(SIG_BLOCK, &set, NULL);
	return arg;
}

START_TEST(sigprocmask_is_of_the_thread)
{
	pthread_t thread;
	sigset_t set;

	ck_assert_int_eq(pthread_create(&thread, NULL, block_own, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	Sigprocmask(SIG_BLOCK, NULL, &set);
	ck_assert_int_eq(Sigismember(&set, SIGUSR1), 0);
}
END_TEST

START_TEST(signal_sets_fail_by_the_policy)
{
	struct sigaction action = { .sa_handler = handle };
	sigset_t set;

	Sigemptyset(&set);
	Sigemptyset(&action.sa_mask);
	ck_assert_fatal(Sigaddset(&set, 0), EINVAL,
	    "sigaddset error for signal 0");
	ck_assert_fatal(Sigdelset(&set, 12345), EINVAL,
	    "sigdelset error for signal 12345");
#ifdef __GLIBC__	/* to musl it is no member */
	ck_assert_fatal(Sigismember(&set, -1), EINVAL,
	    "sigismember error for signal -1");
#endif
	errno = EDOM;
	ck_assert_fatal(Sigprocmask(12345, &set, NULL), EINVAL,
	    "sigprocmask error");
	ck_assert_fatal(Sigaction(SIGKILL, &action, NULL), EINVAL,
	    "sigaction error for signal %d", SIGKILL);
	failure = EFAULT;
	ck_assert_fatal(Sigemptyset(&set), EFAULT, "sigemptyset error");
	ck_assert_fatal(Sigfillset(&set), EFAULT, "sigfillset error");
	ck_assert_fatal(Sigpending(&set), EFAULT, "sigpending error");
	failure = 0;
}
END_TEST

/*
 * Sockets.
 */

START_TEST(accept4_has_flags)
{
	int listenfd, fd;
	struct sockaddr_in addr, peer;
	socklen_t len = sizeof(peer);

	listenfd = bound_socket(&addr);
	Listen(listenfd, 2);
	Connect(Socket(AF_INET, SOCK_STREAM, 0), generic(&addr), sizeof(addr));
	Connect(Socket(AF_INET, SOCK_STREAM, 0), generic(&addr), sizeof(addr));
	fd = Accept4(listenfd, generic(&peer), &len,
	    SOCK_CLOEXEC | SOCK_NONBLOCK);
	ck_assert_int_eq(len, sizeof(peer));
	ck_assert_int_eq(ntohl(peer.sin_addr.s_addr), INADDR_LOOPBACK);
	ck_assert_int_eq(Fcntl(fd, F_GETFD, 0), FD_CLOEXEC);
	ck_assert(Fcntl(fd, F_GETFL, 0) & O_NONBLOCK);
	fd = Accept4(listenfd, NULL, NULL, 0);
	ck_assert_int_eq(Fcntl(fd, F_GETFD, 0), 0);
	ck_assert_int_eq(Fcntl(fd, F_GETFL, 0) & O_NONBLOCK, 0);
}
END_TEST

START_TEST(accept4_goes_on_without_a_lost_connection)
{
	static const int errors[] = { EINTR, ECONNABORTED, EPROTO };
	struct sockaddr_in addr, peer;
	socklen_t len = sizeof(peer);
	int listenfd = bound_socket(&addr);

	Listen(listenfd, 2);
	Connect(Socket(AF_INET, SOCK_STREAM, 0), generic(&addr), sizeof(addr));
	Connect(Socket(AF_INET, SOCK_STREAM, 0), generic(&addr), sizeof(addr));
	accept_failures = 3;
	accept_error = errors[_i];
	Accept4(listenfd, generic(&peer), &len, 0);
	ck_assert_int_eq(accept_failures, 0);
	ck_assert_int_eq(len, sizeof(peer));
	ck_assert_int_eq(peer.sin_family, AF_INET);
	accept_failures = 3;
	Accept4(listenfd, NULL, NULL, 0);
}
END_TEST

START_TEST(socketpair_sockatmark)
{
	int fds[2];
	char buf[10];

	Socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
	ck_assert_int_eq(Fcntl(fds[0], F_GETFD, 0), FD_CLOEXEC);
	Send(fds[0], "abc", 3, 0);
	ck_assert_int_eq(Recv(fds[1], buf, sizeof(buf), 0), 3);

	tcp_pair(fds);
	Send(fds[0], "ab", 2, 0);
	ck_assert_int_eq(Recv(fds[1], buf, 1, 0), 1);
	ck_assert_int_eq(Sockatmark(fds[1]), 0);
	Send(fds[0], "!", 1, MSG_OOB);
	ck_assert_soon(recv(fds[1], buf, 1, MSG_OOB | MSG_PEEK) == 1);
	ck_assert_int_eq(Sockatmark(fds[1]), 0);
	ck_assert_int_eq(Recv(fds[1], buf, sizeof(buf), 0), 1);
	ck_assert_int_eq(Sockatmark(fds[1]), 1);
}
END_TEST

START_TEST(interfaces_by_name_and_index)
{
	char name[IF_NAMESIZE];
	unsigned lo = If_nametoindex("lo");

	ck_assert_uint_eq(lo, if_nametoindex("lo"));
	ck_assert_ptr_eq(If_indextoname(lo, name), name);
	ck_assert_str_eq(name, "lo");
	ck_assert(If_nameindex() != NULL);
}
END_TEST

START_TEST(sockets_fail_by_the_policy)
{
	char name[IF_NAMESIZE];
	int fds[2];

	ck_assert_fatal(Accept4(-1, NULL, NULL, 0), EBADF, "accept4 error");
	ck_assert_fatal(Socketpair(AF_INET, SOCK_STREAM, 0, fds), EOPNOTSUPP,
	    "socketpair error");
	ck_assert_fatal(Sockatmark(-1), EBADF, "sockatmark error");
	ck_assert_fatal(If_nametoindex("no-such-if"), ENODEV,
	    "if_nametoindex error for no-such-if");
	ck_assert_fatal(If_indextoname(0x7fffffff, name), ENXIO,
	    "if_indextoname error for %d", 0x7fffffff);
	failure = ENOBUFS;
	ck_assert_fatal(If_nameindex(), ENOBUFS, "if_nameindex error");
	failure = 0;
}
END_TEST

/*
 * readlinebuf.
 */

START_TEST(readline_holds_nothing_back)
{
	void *bytes = &bytes;
	char buf[10];
	int fds[2];

	Pipe(fds);
	Write(fds[1], "one\ntwo\n", 8);
	ck_assert_int_eq(Readline(fds[0], buf, sizeof(buf)), 4);
	ck_assert_int_eq(readlinebuf(&bytes), 0);
	ck_assert(bytes == NULL);
}
END_TEST

/*
 * Round-trip times.
 */

static int
is_near(float a, double b)
{
	return (double)a > b - 0.0005 && (double)a < b + 0.0005;
}

START_TEST(rtt_begins_with_three_seconds)
{
	struct rtt_info rtt;
	uint32_t before, after;

	memset(&rtt, 0xff, sizeof(rtt));
	rtt_init(&rtt);
	ck_assert_int_eq(rtt_start(&rtt), 3);
	ck_assert_int_eq(rtt.rtt_nrexmt, 0);
	ck_assert(is_near(rtt.rtt_rtt, 0));
	before = rtt_ts(&rtt);
	ck_assert_int_lt(before, SOON_MS);
	pause_ms(30);
	after = rtt_ts(&rtt);
	ck_assert_int_ge(after - before, 29);
	ck_assert_int_lt(after - before, SOON_MS);
}
END_TEST

/* srtt += (m - srtt) / 8, rttvar += (|m - srtt| - rttvar) / 4. */
START_TEST(rtt_is_smoothed)
{
	struct rtt_info rtt;

	rtt_init(&rtt);
	rtt_stop(&rtt, 1000);
	ck_assert(is_near(rtt.rtt_rtt, 1));
	ck_assert(is_near(rtt.rtt_srtt, 0.125));
	ck_assert(is_near(rtt.rtt_rttvar, 0.8125));
	ck_assert(is_near(rtt.rtt_rto, 3.375));
	ck_assert_int_eq(rtt_start(&rtt), 3);
	rtt_stop(&rtt, 5000);
	ck_assert(is_near(rtt.rtt_srtt, 0.734375));
	ck_assert(is_near(rtt.rtt_rttvar, 1.828125));
	ck_assert_int_eq(rtt_start(&rtt), 8);
	rtt_stop(&rtt, 0);	/* sooner than expected */
	ck_assert(is_near(rtt.rtt_srtt, 0.642578));
	ck_assert(is_near(rtt.rtt_rttvar, 1.554688));
}
END_TEST

START_TEST(rtt_has_bounds)
{
	struct rtt_info rtt;

	rtt_init(&rtt);
	for (int i = 0; i < 100; i++)
		rtt_stop(&rtt, 1);
	ck_assert_int_eq(rtt_start(&rtt), RTT_RXTMIN);
	for (int i = 0; i < 100; i++)
		rtt_stop(&rtt, 100000);
	ck_assert_int_eq(rtt_start(&rtt), RTT_RXTMAX);
}
END_TEST

START_TEST(rtt_backs_off_and_gives_up)
{
	struct rtt_info rtt;

	rtt_init(&rtt);
	for (int round = 0; round < 2; round++) {
		rtt_newpack(&rtt);
		for (int i = 0; i < RTT_MAXNREXMT; i++)
			ck_assert_int_eq(rtt_timeout(&rtt), 0);
		ck_assert_int_eq(rtt_timeout(&rtt), -1);
		ck_assert_int_eq(rtt_start(&rtt), round == 0 ? 48 :
		    RTT_RXTMAX);
	}
	rtt_init(&rtt);
	ck_assert_int_eq(rtt_timeout(&rtt), 0);
	ck_assert_int_eq(rtt_start(&rtt), 6);
}
END_TEST

static void
debug(void *arg)
{
	struct rtt_info rtt;

	rtt_d_flag = *(const int *)arg;
	rtt_init(&rtt);
	rtt_stop(&rtt, 2750);
	rtt_debug(&rtt);
}

START_TEST(rtt_debug_prints_where_it_is_wanted)
{
	struct captured outcome;
	int flag = 0;

	ck_assert_int_eq(rtt_d_flag, 0);
	capture(&outcome, debug, &flag);
	ck_assert_int_eq(outcome.status, 0);
	ck_assert_str_eq(outcome.err, "");
	flag = 1;
	capture(&outcome, debug, &flag);
	ck_assert_str_eq(outcome.err, "rtt = 2.750, srtt = 0.344, "
	    "rttvar = 1.250, rto = 5.344\n");
	ck_assert_str_eq(outcome.out, "");
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "descriptors");

	tcase_add_test(tc, dup3_pipe2);
	tcase_add_test(tc, dup2_fcntl_ioctl_are_not_interrupted);
	tcase_add_test(tc, descriptors_fail_by_the_policy);

	tc = add_case(suite, "files");
	tcase_add_test(tc, file_from_its_making_to_its_end);
#ifdef O_TMPFILE
	tcase_add_test(tc, file_without_a_name_has_a_mode);
#endif
	tcase_add_test(tc, open_is_not_interrupted);
	tcase_add_test(tc, files_fail_by_the_policy);

	tc = add_case(suite, "time");
	tcase_add_test(tc, memory_grows);
	tcase_add_test(tc, memory_fails_by_the_policy);
	tcase_add_test(tc, sysconf_has_a_value_or_none);
	tcase_add_test(tc, time_of_day);
	tcase_add_loop_test(tc, local_time_as_text, 0, 2);
	tcase_add_loop_test(tc, local_time_fails, 0, 2);
	tcase_add_test(tc, local_time_has_a_buffer_for_each_thread);
	tcase_add_test(tc, times_are_subtracted);

	tc = add_case(suite, "signals");
	tcase_add_test(tc, signal_sets);
	tcase_add_test(tc, sigprocmask_is_of_the_thread);
	tcase_add_test(tc, signal_sets_fail_by_the_policy);

	tc = add_case(suite, "sockets");
	tcase_add_test(tc, accept4_has_flags);
	tcase_add_loop_test(tc, accept4_goes_on_without_a_lost_connection, 0,
	    3);
	tcase_add_test(tc, socketpair_sockatmark);
	tcase_add_test(tc, interfaces_by_name_and_index);
	tcase_add_test(tc, sockets_fail_by_the_policy);
	tcase_add_test(tc, readline_holds_nothing_back);

	tc = add_case(suite, "rtt");
	tcase_add_test(tc, rtt_begins_with_three_seconds);
	tcase_add_test(tc, rtt_is_smoothed);
	tcase_add_test(tc, rtt_has_bounds);
	tcase_add_test(tc, rtt_backs_off_and_gives_up);
	tcase_add_test(tc, rtt_debug_prints_where_it_is_wanted);
}

int
main(void)
{
	return run_suite("rest", fill);
}
