# SPDX-License-Identifier: MIT
# Copyright (c) the unpwrap authors
#
# For test scripts, after tap.sh and server.sh: hosts that can crash.
#
#	c --- 10.77.1.0/24 --- r --- 10.77.2.0/24 --- s
#
# The client host c, the router r and the server host s are network namespaces.
# bed_up runs the script again in namespaces of its own (user, mount, process,
# network), where it needs no root, touches nothing of this machine, and leaves
# nothing behind.

PATH=$PATH:/usr/sbin:/sbin

bed_spaces='--mount --net --pid --fork --kill-child --mount-proc'

# bed_enter PROGRAM...: returns inside, where these programs are needed.
bed_enter() {
	# The first process of its process namespace, and no other, is inside:
	# what comes next would else change the machine's own mounts.
	[ "${bed_inside:-} $$" != 'yes 1' ] || return 0
	for bed_program in unshare "$@"; do
		have "$bed_program" || skip_all "no $bed_program"
	done
	bed_inside=yes
	TMPDIR=$tmp
	export bed_inside TMPDIR
	for bed_user in --map-root-user ''; do
		bed_why=$(unshare $bed_user $bed_spaces true 2>&1) || continue
		# Not exec: this shell is to remove $tmp.
		unshare $bed_user $bed_spaces sh "$0"
		exit $?
	done
	skip_all "no namespaces: $bed_why"
}

# The hosts, without a server.
bed_up() {
	bed_enter ip nft nsenter
	bed_why=$(bed_probe 2>&1) || skip_all "no test bed: $bed_why"
	ip netns add c
	ip netns add r
	ip -n r link add rc address 02:00:0a:4d:01:fe type veth \
	    peer name c0 address 02:00:0a:4d:01:01 netns c
	bed_address r rc 10.77.1.254/24 2001:db8:1::fe/64
	bed_address c c0 10.77.1.1/24 2001:db8:1::1/64
	bed_gateway c 10.77.1.254 2001:db8:1::fe
	set_kernel r ipv4/ip_forward 1
	set_kernel r ipv4/icmp_ratelimit 0
	! has_ipv6 || set_kernel r ipv6/conf/all/forwarding 1
	boot_server_host
	wait_for is_up c c0
	server_prefix='nsenter --net=/run/netns/s'
	endpoints=:7000
}

# Whatever this kernel may lack.
bed_probe() {
	mount -t tmpfs none /run &&
	mkdir /run/netns &&
	ip netns add probe &&
	ip -n probe link add type veth &&
	forbid probe forward 'counter reject with icmp type net-unreachable' &&
	forbid probe forward 'meta l4proto tcp reject with tcp reset' &&
	ip netns del probe
}

#
# Hosts.
#

# at HOST COMMAND...
at() {
	bed_host=$1
	shift
	nsenter --net="/run/netns/$bed_host" "$@"
}

# set_kernel HOST NAME VALUE
set_kernel() {
	echo "$3" | at "$1" tee "/proc/sys/net/$2" >/dev/null
}

has_ipv6() {
	[ -d /proc/sys/net/ipv6 ]
}

# The kernel takes packets for an IPv6 address a moment after it was added.
has_address() {	# IPV6 [IP OPTION]...
	address=$1
	shift
	ip "$@" -6 route show table local | grep -q "^local $address "
}

bed_address() {	# HOST DEVICE IPV4 IPV6
	ip -n "$1" address add "$3" dev "$2"
	! has_ipv6 || ip -n "$1" address add "$4" dev "$2" nodad
	ip -n "$1" link set "$2" up
	! has_ipv6 || wait_for has_address "${4%/*}" -n "$1"
}

bed_gateway() {	# HOST IPV4 IPV6
	ip -n "$1" route add default via "$2"
	! has_ipv6 || ip -n "$1" route add default via "$3"
}

is_up() {	# HOST DEVICE
	ip -n "$1" -o link show "$2" | grep -q ' state UP '
}

# With the same addresses each time: its neighbour notices nothing.
boot_server_host() {
	ip netns add s
	ip -n r link add rs address 02:00:0a:4d:02:fe type veth \
	    peer name s0 address 02:00:0a:4d:02:02 netns s
	bed_address r rs 10.77.2.254/24 2001:db8:2::fe/64
	bed_address s s0 10.77.2.2/24 2001:db8:2::2/64
	bed_gateway s 10.77.2.254 2001:db8:2::fe
	wait_for is_up r rs && wait_for is_up s s0
}

# Everything on it ends without a word: the cable goes first.
crash_server_host() {
	ip -n s link set s0 down
	kill_quietly KILL $(ip netns pids s)
	wait_server 2>/dev/null	# the shell would tell that it was killed
	wait_for is_deserted s
	ip netns del s
	ip -n r link del rs
}

is_deserted() {
	[ -z "$(ip netns pids "$1")" ]
}

# forbid HOST input|forward|output RULE: of nftables.
forbid() {
	bed_table="inet bed_$2"
	at "$1" nft "add table $bed_table;
	    add chain $bed_table c { type filter hook $2 priority 0; };
	    add rule $bed_table c $3"
}

# Everything is allowed again.
allow() {	# HOST
	at "$1" nft flush ruleset
}

#
# Clients in host c.
#

# start_client NAME [OPTION]... ENDPOINT: its user is the script.
start_client() {
	client=$1
	shift
	mkfifo "$tmp/$client.in"
	exec 9<>"$tmp/$client.in"	# from now on it is held open
	sleep 1000 <&9 &
	eval "user_$client=$!"
	exec 9>&-
	since "$client"
	{
		at c "$echo_client" -v "$@" <"$tmp/$client.in" \
		    >"$tmp/$client.out" 2>"$tmp/$client.err"
		echo "$? $(now)" >"$tmp/$client.end"
	} &
}

is_connected() {	# NAME...
	for one do
		has_line "$tmp/$one.err" 'connected from' || return 1
	done
}

# type_line NAME TEXT
type_line() {
	since "$1"
	echo "$2" 1<>"$tmp/$1.in"
}

is_echoed() {	# NAME TEXT
	has_line "$tmp/$1.out" "^$2\$"
}

# The user has no more to say.
end_input() {	# NAME
	eval "kill_quietly KILL \$user_$1"
}

# client_ends WHAT NAME STATUS EVIDENCE LEAST MOST: it ends so many seconds after
# the last line was typed, or after its start.
client_ends() {
	wait_for [ -s "$tmp/$2.end" ]
	client_status='it runs on'
	client_end=$(now)
	[ ! -s "$tmp/$2.end" ] ||
	    read -r client_status client_end <"$tmp/$2.end"
	is "$1: the status" "$client_status" "$3"
	ok "$1: says $4" has_line "$tmp/$2.err" "$4" ||
	    sed 's/^/# /' "$tmp/$2.err"
	eval "client_took=\$(seconds \$since_$2 $client_end)"
	ok "$1: $5 to $6 seconds" is_between "$client_took" "$5" "$6"
	diag "after $client_took seconds"
}

# A clock in hundredths of a second.
now() {
	read -r now rest </proc/uptime
	echo "${now%.*}${now#*.}"
}

since() {	# NAME
	eval "since_$1=$(now)"
}

seconds() {	# FROM TO
	awk "BEGIN { print ($2 - $1) / 100 }"
}

is_between() {	# NUMBER LEAST MOST
	awk "BEGIN { exit !($1 >= $2 && $1 <= $3) }"
}
