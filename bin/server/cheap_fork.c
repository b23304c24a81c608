/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "cheap_fork.h"

#include <unistd.h>

/* Linux, and a C library that does not remember its process id. */
#if HAVE_DECL_RSEQ_SIG && HAVE_DECL_SYS_CLONE3 && \
    defined(HAVE_THREAD_POINTER)

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/rseq.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/sched.h>

#include <errno.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>

#include "acceptor.h"
#include "blocking.h"

#ifndef MADV_POPULATE_READ	/* Linux 5.14 */
#define MADV_POPULATE_READ	22
#endif
#ifndef MADV_GUARD_INSTALL	/* Linux 6.13; of files: 6.15 */
#define MADV_GUARD_INSTALL	102
#define MADV_GUARD_REMOVE	103
#endif
#define RSEQ_SIZE	32	/* what the C library registers */
#define ALTSTACK	65536
#define FUNCTION_MAX	1024	/* bytes of code */
#define STUBS_MAX	8192

/*
 * Where the kernel is older, a call fails, and the child has more faults.
 */

/* fork(2) does not copy the page tables of file and shared mappings: the child
 * faults for each 64 KiB that it touches.  It does copy those of a mapping that
 * has had a guard page. */
static void
copy_at_fork(char *page, size_t size)
{
	if (madvise(page, size, MADV_GUARD_INSTALL) == 0)
		madvise(page, size, MADV_GUARD_REMOVE);
}

/* Whether a function may be on the page. */
static int
is_on(uintptr_t function, uintptr_t page, uintptr_t size)
{
	return function + FUNCTION_MAX > page && function < page + size;
}

/* Any page will do that is not needed between the two calls.  The first ones
 * are needed: they hold the stubs through which libraries are called. */
static void
copy_segment(uintptr_t start, uintptr_t end, uintptr_t size)
{
	uintptr_t page = (end - 1) & ~(size - 1);

	for (; page >= start + STUBS_MAX; page -= size) {
		if (is_on((uintptr_t)madvise, page, size) ||
		    is_on((uintptr_t)copy_at_fork, page, size))
			continue;
		copy_at_fork((char *)page, size);
		return;
	}
}

/* Its code is not what is in the file: no page of it may be read anew. */
static int
is_relocated(const struct dl_phdr_info *object)
{
	const ElfW(Dyn) *entry = NULL;

	for (int i = 0; i < object->dlpi_phnum; i++)
		if (object->dlpi_phdr[i].p_type == PT_DYNAMIC)
			entry = (const ElfW(Dyn) *)(object->dlpi_addr +
			    object->dlpi_phdr[i].p_vaddr);
	for (; entry != NULL && entry->d_tag != DT_NULL; entry++)
		if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS &&
		    (entry->d_un.d_val & DF_TEXTREL)))
			return 1;
	return 0;
}

static int
copy_object(struct dl_phdr_info *object, size_t unused, void *size)
{
	(void)unused;
	for (int i = 0; i < object->dlpi_phnum && !is_relocated(object); i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		uintptr_t start = object->dlpi_addr + segment->p_vaddr;

		if (segment->p_type == PT_LOAD && !(segment->p_flags & PF_W))
			copy_segment(start, start + segment->p_memsz,
			    *(uintptr_t *)size);
	}
	return 0;
}

/* What a child calls and its parent does not. */
static void
populate_code(uintptr_t size)
{
	void *const functions[] = {
		(void *)serve_blocking, (void *)recv, (void *)send,
		(void *)close, (void *)poll, (void *)setsockopt,
		(void *)prctl, (void *)getppid, (void *)_exit,
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		madvise((void *)((uintptr_t)functions[i] & ~(size - 1)), size,
		    MADV_POPULATE_READ);
}

/* The kernel writes to it at each return from a fork. */
static void
forget_rseq(void)
{
	char *area = (char *)__builtin_thread_pointer() + __rseq_offset;

	syscall(SYS_rseq, area, RSEQ_SIZE, RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
}

/* A signal frame does not fit into the rest of the stack's page.  A child gets
 * zeros in place of this stack, which it does not use, so the parent's is not
 * write-protected. */
static void
use_other_stack(void)
{
	stack_t stack = { .ss_size = ALTSTACK };

	stack.ss_sp = mmap(NULL, ALTSTACK, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack.ss_sp == MAP_FAILED)
		return;
	madvise(stack.ss_sp, ALTSTACK, MADV_WIPEONFORK);
	sigaltstack(&stack, NULL);
}

void
cheap_fork_prepare(const struct server *server)
{
	uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
	char *stats = (char *)server->stats;
	sigset_t all, old;

	use_other_stack();
	forget_rseq();
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	madvise(stats, 0, MADV_NORMAL);	/* binds the symbol of madvise(2) */
	dl_iterate_phdr(copy_object, &size);
	copy_at_fork(stats, size);
	if (server->sources != NULL)
		copy_at_fork((char *)server->sources, size);
	populate_code(size);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

/* The C library's function writes to pages of its own, in parent and child:
 * what several threads need. */
pid_t
cheap_fork(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == -1 && (errno == ENOSYS || errno == EPERM))
		return fork();		/* it is forbidden in some containers */
	return (pid_t)pid;
}

#else

void
cheap_fork_prepare(const struct server *server)
{
	(void)server;
}

pid_t
cheap_fork(void)
{
	return fork();
}

#endif
