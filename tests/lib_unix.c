/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <fcntl.h>

#define BIG	1000000
#define CHILDREN	50

/*
 * Two calls as the library sees them, which fail where a test has said so.
 */
static int close_error, strdup_error;

int
close(int fd)
{
	int result = (int)syscall(SYS_close, fd);

	if (close_error == 0)
		return result;
	errno = close_error;
	return -1;
}

#undef strdup
char *
strdup(const char *str)
{
	size_t size = strlen(str) + 1;
	char *copy = strdup_error == 0 ? malloc(size) : NULL;

	if (copy == NULL)
		errno = strdup_error;
	return copy != NULL ? memcpy(copy, str, size) : NULL;
}

/*
 * Descriptors.
 */

START_TEST(pipe_dup2_fcntl_close)
{
	int fds[2], other;
	char buf[10];

	Pipe(fds);
	other = Fcntl(fds[1], F_DUPFD, 100);
	ck_assert_int_ge(other, 100);
	Dup2(fds[0], 90);
	Fcntl(90, F_SETFD, FD_CLOEXEC);
	ck_assert_int_eq(Fcntl(90, F_GETFD, 0), FD_CLOEXEC);
	Close(fds[0]);
	Close(fds[1]);
	Write(other, "abc", 3);
	ck_assert_int_eq(Read(90, buf, sizeof(buf)), 3);
	ck_assert_mem_eq(buf, "abc", 3);
	Close(other);
	ck_assert_int_eq(Read(90, buf, sizeof(buf)), 0);
}
END_TEST

START_TEST(descriptors_fail_by_the_policy)
{
	char buf[10] = "";
	int fds[2];

	ck_assert_fatal(Close(-1), EBADF, "close error for descriptor -1");
	ck_assert_fatal(Dup2(-1, 7), EBADF,
	    "dup2 error for descriptors -1, 7");
	ck_assert_fatal(Fcntl(-1, F_GETFD, 0), EBADF,
	    "fcntl error for descriptor -1");
	ck_assert_fatal(Read(-1, buf, sizeof(buf)), EBADF, "read error");
	ck_assert_fatal(Write(-1, buf, sizeof(buf)), EBADF, "write error");
	limit(RLIMIT_NOFILE, 3);
	ck_assert_fatal(Pipe(fds), EMFILE, "pipe error");
	unlimit(RLIMIT_NOFILE);
}
END_TEST

START_TEST(interrupted_close_has_closed)
{
	int fds[2], before = open_descriptors();

	Pipe(fds);
	catch_errors();
	close_error = EINTR;
	Close(fds[0]);
	Close(fds[1]);
	ck_assert_int_eq(caught.reports, 0);
	ck_assert_int_eq(open_descriptors(), before);
	close_error = EIO;
	ck_assert_fatal(Close(0), EIO, "close error for descriptor 0");
	close_error = 0;
}
END_TEST

START_TEST(read_is_not_interrupted)
{
	struct feed later = { .total = 10, .piece = 10, .pause_ms = 100 };
	char buf[100];
	int fds[2];

	Pipe(fds);
	later.fds = fds;
	spawn(feed, &later);
	interrupt_every(5);
	ck_assert_int_eq(Read(fds[0], buf, sizeof(buf)), 10);
	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(write_writes_all)
{
	static char buf[BIG];
	struct feed slow = { .total = BIG, .piece = 5000, .pause_ms = 30 };
	pid_t reader;
	int fds[2];

	Pipe(fds);
	slow.fds = fds;
	reader = spawn(drain, &slow);
	pattern_fill(buf, BIG, 0);
	interrupt_every(5);
	Write(fds[1], buf, BIG);
	interrupt_every(0);
	Close(fds[1]);
	ck_assert_int_eq(join(reader), 0);
}
END_TEST

/*
 * Memory.
 */

START_TEST(memory_is_given)
{
	char *bytes = Malloc(100), *zeros = Calloc(10, 10), *copy;

	memset(bytes, 'x', 100);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(zeros[i], 0);
	copy = Strdup("text");
	ck_assert_str_eq(copy, "text");
	free(bytes);
	free(zeros);
	free(copy);
	catch_errors();
	free(Malloc(0));
	free(Calloc(0, 0));
	free(Calloc(0, 7));
	ck_assert_int_eq(caught.reports, 0);
}
END_TEST

START_TEST(memory_fails_by_the_policy)
{
	size_t too_much = TOO_MUCH_MEMORY, half = too_much / 2;

	ck_assert_fatal(Malloc(too_much), ENOMEM, "malloc error for %zu bytes",
	    too_much);
	ck_assert_fatal(Calloc(2, half), ENOMEM,
	    "calloc error for 2 times %zu bytes", half);
	ck_assert_fatal(Calloc(too_much, 3), ENOMEM,
	    "calloc error for %zu times 3 bytes", too_much);
	strdup_error = ENOMEM;
	ck_assert_fatal(Strdup("text"), ENOMEM, "strdup error");
}
END_TEST

/* The program's off_t may be narrower than the library's. */
START_TEST(file_is_mapped_from_an_offset)
{
	char path[] = "/tmp/unpwrap-test.XXXXXX", *mapped;
	int fd = Mkstemp(path), page = (int)Sysconf(_SC_PAGESIZE);
	off_t offset = page;

	Unlink(path);
	ck_assert_int_eq(lseek(fd, offset, SEEK_SET), offset);
	Write(fd, "abcdef", 6);
	mapped = Mmap(NULL, 6, PROT_READ, MAP_SHARED, fd, offset);
	ck_assert_mem_eq(mapped, "abcdef", 6);
	Munmap(mapped, 6);
	mapped = Mmap(NULL, (size_t)page, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_int_eq(mapped[0], 0);
	Munmap(mapped, (size_t)page);
}
END_TEST

/*
 * Standard I/O.
 */

START_TEST(file_line_by_line)
{
	char path[] = "/tmp/unpwrap-test.XXXXXX", buf[10];
	FILE *fp = Fdopen(mkstemp(path), "w");

	Fputs("first\n", fp);
	Fputs("", fp);
	Fputs("a longer line", fp);
	Fclose(fp);
	fp = Fopen(path, "r");
	unlink(path);
	ck_assert_ptr_eq(Fgets(buf, sizeof(buf), fp), buf);
	ck_assert_str_eq(buf, "first\n");
	ck_assert_ptr_eq(Fgets(buf, sizeof(buf), fp), buf);
	ck_assert_str_eq(buf, "a longer ");
	ck_assert_ptr_eq(Fgets(buf, sizeof(buf), fp), buf);
	ck_assert_str_eq(buf, "line");
	catch_errors();
	ck_assert(Fgets(buf, sizeof(buf), fp) == NULL);
	ck_assert_int_eq(caught.reports, 0);
	Fclose(fp);
}
END_TEST

START_TEST(stdio_fails_by_the_policy)
{
	static FILE *fp;	/* siglongjmp(3) may lose another */
	char buf[10];

	ck_assert_fatal(Fopen("/nowhere/file", "r"), ENOENT,
	    "fopen error for /nowhere/file");
	ck_assert_fatal(Fdopen(1, "?"), EINVAL,
	    "fdopen error for descriptor 1");
	ck_assert_fatal(Fgets(buf, sizeof(buf), Fopen("/", "r")), EISDIR,
	    "fgets error");
	fp = Fopen("/dev/null", "w");
	Fputs("x", fp);
	Close(fileno(fp));
	ck_assert_fatal(Fclose(fp), EBADF, "fclose error");
	fp = Fopen("/dev/null", "w");
	setvbuf(fp, NULL, _IONBF, 0);
	Close(fileno(fp));
	ck_assert_fatal(Fputs("x", fp), EBADF, "fputs error");
}
END_TEST

/*
 * Processes.
 */

START_TEST(fork_and_wait)
{
	pid_t pid = Fork();
	int status;

	if (pid == 0)
		_exit(7);
	ck_assert_int_eq(Wait(&status), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	pid = Fork();
	if (pid == 0)
		_exit(8);
	ck_assert_int_eq(Waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 8);
}
END_TEST

static void
end_with_the_pipe(void *arg)
{
	const int *fds = arg;
	char byte;

	close(fds[1]);
	if (read(fds[0], &byte, 1) != 0)
		exit(EXIT_FAILURE);
}

START_TEST(waitpid_without_waiting)
{
	int fds[2], status;
	pid_t pid, ended;

	Pipe(fds);
	pid = spawn(end_with_the_pipe, fds);
	catch_errors();
	ck_assert_int_eq(Waitpid(pid, &status, WNOHANG), 0);
	Close(fds[1]);
	ck_assert_soon((ended = Waitpid(pid, &status, WNOHANG)) != 0);
	ck_assert_int_eq(ended, pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(caught.reports, 0);
}
END_TEST

static void
end_later(void *arg)
{
	(void)arg;
	pause_ms(100);
}

START_TEST(waiting_is_not_interrupted)
{
	pid_t pid = spawn(end_later, NULL);

	interrupt_every(5);
	ck_assert_int_eq(_i == 0 ? Wait(NULL) : Waitpid(pid, NULL, 0), pid);
	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(processes_fail_by_the_policy)
{
	int status;

	ck_assert_fatal(Wait(&status), ECHILD, "waitpid error");
	ck_assert_fatal(Waitpid(1, &status, WNOHANG), ECHILD, "waitpid error");
	if (!become_anybody()) {
		not_tested("root has no limit of processes");
		return;
	}
	limit(RLIMIT_NPROC, 0);
	ck_assert_fatal(Fork(), EAGAIN, "fork error");
	unlimit(RLIMIT_NPROC);
}
END_TEST

/*
 * Signals.
 */

static void
handler(int signo)
{
	(void)signo;
}

static void
expect_action(int signo, void (*func)(int), int restarts)
{
	struct sigaction action;

	ck_assert_int_eq(sigaction(signo, NULL, &action), 0);
	ck_assert(action.sa_handler == func);
	ck_assert_int_eq((action.sa_flags & SA_RESTART) != 0, restarts);
	ck_assert_int_eq(action.sa_flags & (SA_NODEFER | SA_SIGINFO), 0);
	ck_assert_int_eq(sigismember(&action.sa_mask, SIGUSR2), 0);
}

START_TEST(signal_restarts_but_for_alarms)
{
	Signal(SIGUSR1, SIG_DFL);
	ck_assert(Signal(SIGUSR1, handler) == SIG_DFL);
	expect_action(SIGUSR1, handler, 1);
	ck_assert(Signal(SIGUSR1, SIG_IGN) == handler);
	ck_assert(Signal(SIGUSR1, SIG_DFL) == SIG_IGN);
	Signal(SIGALRM, handler);
	expect_action(SIGALRM, handler, 0);
	ck_assert(Signal_intr(SIGUSR1, handler) == SIG_DFL);
	expect_action(SIGUSR1, handler, 0);
	ck_assert(signal_intr(SIGUSR1, SIG_DFL) == handler);
	ck_assert(signal_intr(SIGUSR1, handler) == SIG_DFL);
	expect_action(SIGUSR1, handler, 0);
}
END_TEST

START_TEST(signal_fails_by_the_policy)
{
	ck_assert_fatal(Signal(SIGKILL, handler), EINVAL,
	    "signal error for signal %d", SIGKILL);
	ck_assert_fatal(Signal_intr(SIGSTOP, handler), EINVAL,
	    "signal error for signal %d", SIGSTOP);
	errno = 0;
	ck_assert(signal_intr(SIGSTOP, handler) == SIG_ERR);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

static void
nothing(void *arg)
{
	(void)arg;
}

/* The children's signals are merged while they are blocked. */
START_TEST(sig_chld_reaps_all_and_keeps_errno)
{
	pid_t pids[CHILDREN];
	siginfo_t info;
	sigset_t set;

	Signal(SIGCHLD, sig_chld);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < CHILDREN; i++)
		pids[i] = spawn(nothing, NULL);
	for (int i = 0; i < CHILDREN; i++)
		ck_assert_int_eq(waitid(P_PID, (id_t)pids[i], &info,
		    WEXITED | WNOWAIT), 0);
	errno = EDOM;
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	ck_assert_int_eq(errno, EDOM);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(sig_chld_waits_for_nobody)
{
	int fds[2];
	pid_t pid;

	Pipe(fds);
	pid = spawn(end_with_the_pipe, fds);
	errno = EDOM;
	sig_chld(SIGCHLD);
	ck_assert_int_eq(errno, EDOM);
	Close(fds[1]);
	ck_assert_int_eq(join(pid), 0);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "descriptors");

	tcase_add_test(tc, pipe_dup2_fcntl_close);
	tcase_add_test(tc, descriptors_fail_by_the_policy);
	tcase_add_test(tc, interrupted_close_has_closed);
	tcase_add_test(tc, read_is_not_interrupted);
	tcase_add_test(tc, write_writes_all);

	tc = add_case(suite, "memory");
	tcase_add_test(tc, memory_is_given);
	tcase_add_test(tc, memory_fails_by_the_policy);
	tcase_add_test(tc, file_is_mapped_from_an_offset);

	tc = add_case(suite, "stdio");
	tcase_add_test(tc, file_line_by_line);
	tcase_add_test(tc, stdio_fails_by_the_policy);

	tc = add_case(suite, "processes");
	tcase_add_test(tc, fork_and_wait);
	tcase_add_test(tc, waitpid_without_waiting);
	tcase_add_loop_test(tc, waiting_is_not_interrupted, 0, 2);
	tcase_add_test(tc, processes_fail_by_the_policy);

	tc = add_case(suite, "signals");
	tcase_add_test(tc, signal_restarts_but_for_alarms);
	tcase_add_test(tc, signal_fails_by_the_policy);
	tcase_add_test(tc, sig_chld_reaps_all_and_keeps_errno);
	tcase_add_test(tc, sig_chld_waits_for_nobody);
}

int
main(void)
{
	return run_suite("unix", fill);
}
