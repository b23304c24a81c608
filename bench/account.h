/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What a server uses: all its processes and threads together, those that are
 * gone as well.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <sys/types.h>

#include <stdint.h>

struct account {
	pid_t	 root;		/* the server's first process */
	char	 group[512];	/* its control group; "": none could be made */
	int	 statfd;	/* of the group's cpu.stat; -1: none */
};

/* Before the server is started: makes a control group, if that is allowed. */
void	 account_make(struct account *);
/* In the server's first process, before exec. */
void	 account_join(const struct account *);
/* Once all its processes are gone. */
void	 account_end(struct account *);

/* Processor time in ns: exact to a microsecond in a group; else exact for
 * living processes, and in clock ticks for children that were waited for. */
int64_t	 account_cpu(const struct account *);
/* Page faults that needed no disk. */
uint64_t account_faults(const struct account *);
/* Proportional set size, in bytes. */
uint64_t account_pss(const struct account *);
/* How many processes there are. */
size_t	 account_processes(const struct account *);
/* Its process numbers, in an array that the caller frees. */
pid_t	*account_pids(const struct account *, size_t *n);

#endif
