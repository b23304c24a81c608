# SPDX-License-Identifier: MIT
# Copyright (c) the unpwrap authors
#
# For test scripts, after tap.sh and server.sh: echo-client, and servers that
# are not ours.

misbehave=$top_builddir/tests/misbehave
other=			# the server, while there is one

has_port() {
	port=$(sed -n 1p "$tmp/other")
	[ -n "$port" ] || ! is_alive "$other"
}

# start_other KIND [BYTES]: tells whether it is there; what is typed into
# descriptor 9 it may read.
start_other() {
	: >"$tmp/other"
	"$misbehave" "$1" "${2:-0}" <"$tmp/in9" >"$tmp/other" \
	    2>"$tmp/other.err" &
	other=$!
	exec 9>"$tmp/in9"
	wait_for has_port
	[ -n "$port" ]
}

stop_other() {
	exec 9>&-
	kill_quietly KILL "$other"
	wait "$other" 2>/dev/null
}

# client INPUT OPTION...: its status, output and messages are in $got, $tmp/out
# and $tmp/err.
client() {
	client_input=$1
	shift
	printf "$client_input" | "$echo_client" "$@" 127.0.0.1 "$port" \
	    >"$tmp/out" 2>"$tmp/err"
	got=$?
}

# is_verdict STATUS: of a connection that failed, and no crash.
is_verdict() {
	[ "$1" -ge 10 ] && [ "$1" -lt 40 ]
}

# says NAME STATUS PATTERN: of the last client.
says() {
	is "$1: status $2" "$got" "$2"
	ok "$1: says $3" has_line "$tmp/err" "$3" || diag "$(cat "$tmp/err")"
	is "$1: one line" "$(wc -l <"$tmp/err" | tr -d ' ')" 1 ||
	    diag "$(cat "$tmp/err")"
}

# figure NAME: of what --csv of a load has printed.  No text of it has a comma.
figure() {
	awk -F, -v name="$1" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i }
		NR == 2 { print $at }' "$tmp/out"
}

# What a load was to send has come back, or not, or was not sent.
is_accounted() {
	[ "$(figure offered)" -eq $(($(figure echoes) + $(figure lost) +
	    $(figure unsent) + $(figure outstanding))) ]
}

# has_printed FILE TEXT
has_printed() {
	[ "$(cat "$1")" = "$2" ]
}

# start_dialogue OPTION...: a client whose user types into descriptor 8.
start_dialogue() {
	: >"$tmp/out"
	"$echo_client" "$@" 127.0.0.1 "$port" <"$tmp/in8" >"$tmp/out" \
	    2>"$tmp/err" 8>&- 9>&- &
	client=$!
	exec 8>"$tmp/in8"
}

wait_client() {
	wait "$client"
	got=$?
	exec 8>&-
}
