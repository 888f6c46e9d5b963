#!/bin/bash
# garitad and the other processes of its home: what they write it knows without being told.
. "$(dirname "$0")/lib.sh"
make_roots
make_home a
launch a
await_node a
logged a uncertified "reason=uncertified" || fail "it does not say that nobody certified it"
ask a '!o.is_certified && o.name === null' || fail "it takes itself for certified"

# --- a certificate ---
certify a usa
wait_for "it is certified" ask a 'o.is_certified && o.name === "Node a"'
wait_for "the log says so" logged a certified 'name="Node a"'

# --- and its end: by the certifier's log ---
as usa revoke --as usa "$serial"
carry_to a usa
wait_for "it is not certified" ask a '!o.is_certified'
[ "$(grep -c ' uncertified ' a.log)" = 2 ] || fail "the log does not say so"
end_node a TERM

# --- batches that nobody needs any more are kept by an archive: the home knows, and forgets ---
launch a --archive
await_node a
ask a 'o.is_archive' || fail "it does not say that it is an archive"
end_node a TERM
launch a
await_node a
ask a '!o.is_archive' || fail "it says that it is an archive"
end_node a TERM
sound a
