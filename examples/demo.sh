#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the unpwrap authors
#
# The main job on real input, called by "make demo" in the build directory: a
# server on a free port of the loopback, a file and a dialogue through the client.

set -eu
file=./echo-server	# any file with all kinds of bytes would do
[ ! -e .libs/echo-server ] || file=.libs/echo-server
tmp=$(mktemp -d)
server= victim= client=
end() {
	for process in $server $victim $client; do
		kill "$process" 2>/dev/null || :
	done
	rm -rf "$tmp"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

say() {
	printf '\n== %s\n' "$*"
}

fail() {
	echo "demo: $*" >&2
	exit 1
}

say "A server with two workers, on a port that the kernel chooses"
mkfifo "$tmp/ready"
./echo-server --workers 2 --verbose --ready-fd 3 localhost:0 \
    3>"$tmp/ready" 2>"$tmp/log" &
server=$!
read -r port <"$tmp/ready" || { cat "$tmp/log" >&2; fail "no server"; }
echo "echo-server: process $server, port $port"

say "A file of $(wc -c <"$file" | tr -d ' ') bytes: sent, echoed, every byte compared"
./echo-client --verbose localhost "$port" <"$file" >"$tmp/echo" ||
    fail "echo-client ended with status $?"
cmp "$file" "$tmp/echo" || fail "the echo is not the file"
echo "the echo is the file"

say "A dialogue, as it would be typed"
{
	echo "hello, server"
	sleep 1
	echo "are you still there?"
	sleep 1
} | ./echo-client localhost "$port" >"$tmp/dialogue" ||
    fail "echo-client ended with status $?"
sed 's/^/echoed: /' "$tmp/dialogue"
[ "$(wc -l <"$tmp/dialogue" | tr -d ' ')" -eq 2 ] || fail "lines are missing"

say "The server's process is killed while its client waits for the user"
./echo-server --quiet --model iterative --one-off --ready-fd 3 localhost:0 \
    3>"$tmp/ready" &
victim=$!
read -r port <"$tmp/ready"
mkfifo "$tmp/user"
./echo-client localhost "$port" <"$tmp/user" 2>&1 &
client=$!
exec 4>"$tmp/user"
echo "anyone there?" >&4
sleep 1
{ kill -KILL "$victim" && wait "$victim"; } 2>/dev/null || :
status=0
wait "$client" || status=$?
victim= client=
exec 4>&-
echo "echo-client: exit status $status, while nobody had typed anything"
[ "$status" -eq 27 ] || fail "status 27 was expected"

say "SIGUSR1: statistics.  SIGTERM: a clean stop"
kill -USR1 "$server"
for _ in 1 2 3 4 5; do
	! grep -q ' statistics ' "$tmp/log" || break
	sleep 1
done
kill -TERM "$server"
status=0
wait "$server" || status=$?
server=
grep -E 'statistics|stopping' "$tmp/log" || :
[ "$status" -eq 0 ] || fail "the server ended with status $status"
echo "echo-server: exit status $status"

say "Every fault on purpose, and what the client says of it"
# fault_row FAULT STATUS CLIENT'S OPTION...
fault_row() {
	fault=$1 expected=$2
	shift 2
	./echo-server --quiet --fault "$fault" --ready-fd 3 localhost:0 \
	    3>"$tmp/ready" 2>"$tmp/why" &
	server=$!
	if ! read -r port <"$tmp/ready"; then
		wait "$server" || server=
		grep -q 'not on this host' "$tmp/why" ||
		    fail "$(cat "$tmp/why")"
		printf '  %-24s %s\n' "$fault" 'not on this host'
		return
	fi
	status=0
	verdict=$(./echo-client --pattern --verdict "$@" localhost "$port" \
	    2>/dev/null) || status=$?
	{ kill -QUIT "$server" && wait "$server"; } 2>/dev/null || :
	server=
	printf '  %-24s %-22s %s\n' "$fault" "${verdict%% *}" "$status"
	[ "$status" -eq "$expected" ] || fail "status $expected was expected"
}
printf '  %-24s %-22s %s\n' --fault verdict status
fault_row refuse 11
fault_row syn-blackhole 12 -w 1s
fault_row abort 22
fault_row fin,after=100 20 -l 1000
fault_row rst,after=100 21 -l 1000
fault_row die,after=100 20 -l 1000
fault_row shutdown,after=100 0 -l 1000
fault_row half-close,after=100 20 -l 1000
fault_row hang,after=100 24 -l 1000 -W 500ms
fault_row zero-window 25 -l 8M -W 1s
fault_row silence 23 -l 1000 -W 1s
fault_row reboot=500ms 26 -l 1000
fault_row truncate,after=100 33 -l 1000
fault_row surplus,after=1000 31 -l 1000
fault_row duplicate,after=100 32 -l 1000
fault_row corrupt,after=100 30 -l 1000
fault_row reorder,after=100 32 -l 1000
fault_row delay=50ms+-10ms 0 -l 1000
fault_row rate=20k 0 -l 1000
fault_row fragment=100 0 -l 1000
fault_row trickle=1ms,size=10 0 -l 1000
fault_row slow-accept,for=500ms 0 -l 1000
