/*
 * unpifi.h - the interfaces of this host: book section 17.6
 *
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#ifndef UNPWRAP_UNPIFI_H
#define UNPWRAP_UNPIFI_H

#include "unp.h"

#include <net/if.h>

#define IFI_NAME	16	/* as IFNAMSIZ */
#define IFI_HADDR	8	/* room for EUI-64 */
#define IFI_ALIAS	1	/* in ifi_myflags: not the interface's first
				   address of its family */

/* One address of an interface. */
struct ifi_info {
	char	 ifi_name[IFI_NAME];	/* null-terminated */
	int	 ifi_index;
	int	 ifi_mtu;		/* bytes; 0: not known */
	unsigned char ifi_haddr[IFI_HADDR];	/* hardware address */
	unsigned short ifi_hlen;	/* its bytes; 0: it has none */
	int	 ifi_flags;		/* IFF_xxx of <net/if.h> */
	int	 ifi_myflags;		/* IFI_xxx */
	struct sockaddr *ifi_addr;	/* primary address */
	struct sockaddr *ifi_brdaddr;	/* broadcast address, or NULL */
	struct sockaddr *ifi_dstaddr;	/* other end's address, or NULL */
	struct ifi_info *ifi_next;
};

#ifdef __cplusplus
extern "C" {
#endif

/* Returns the addresses of family (AF_INET, AF_INET6) of the interfaces that
 * are up, as a list that free_ifi_info frees; doaliases 0: only the first
 * address of each interface.  NULL: an error, or, with errno 0, none. */
struct ifi_info *get_ifi_info(int family, int doaliases)
	    UNPWRAP_ELF(get_ifi_info);
/* Also returns NULL if there are none: that is no error. */
struct ifi_info *Get_ifi_info(int family, int doaliases)
	    UNPWRAP_ELF(Get_ifi_info);
void	 free_ifi_info(struct ifi_info *list)
	    UNPWRAP_ELF(free_ifi_info);

#ifdef __cplusplus
}
#endif

#endif
