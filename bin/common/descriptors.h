/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Descriptors that a program is started with.
 */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

/* Opens /dev/null on those of descriptors 0 to 2 that are closed: a socket that
 * became number 2 would be sent the error messages. */
void	 open_standard_descriptors(void);
/* As many descriptors as the process may have. */
void	 raise_descriptor_limit(void);

#endif
