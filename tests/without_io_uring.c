/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * For test scripts: executes a command that the kernel refuses io_uring, as
 * containers do.
 */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_LINUX_SECCOMP_H
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <stddef.h>
#endif

#ifdef SYS_io_uring_setup
/* The command is of the same architecture: the number alone tells the call. */
static int
forbid_io_uring(void)
{
	static struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {
		.len = sizeof(rules) / sizeof(rules[0]), .filter = rules,
	};

	/* Without it a filter is for root alone. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}
#else
static int
forbid_io_uring(void)
{
	errno = ENOSYS;
	return -1;
}
#endif

int
main(int argc, char *argv[])
{
	if (argc < 2) {
		fprintf(stderr, "usage: without_io_uring COMMAND...\n");
		return 2;
	}
	if (forbid_io_uring() == -1) {
		fprintf(stderr, "no filter of system calls: %s\n",
		    strerror(errno));
		return 1;
	}
	execvp(argv[1], argv + 1);
	fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
	return 1;
}
