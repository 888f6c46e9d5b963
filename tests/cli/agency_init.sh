#!/bin/sh
# init: a home is made once, closed to others, and keeps its country.
. "$(dirname "$0")/lib.sh"

run key list
expect_status 66
expect_err_has "garita init"
expect_out_empty

run init --country MXE
expect_status 64
expect_err_has 'error: --country: "MXE" is no country code'
[ ! -e "$GARITA_HOME" ] || fail "a home was made"
run init --country DEU
expect_err_has "write Germany as D"
run init --country mex
expect_err_has "in capital letters"
run init extra
expect_status 64

GARITA_HOME=$work/home/of/ana
umask 022
run init --country USA
expect_status 0
expect_out_empty
expect_err_has "made the home"
[ "$(stat -c %a "$work/home")" = 700 ] || fail "a parent is open to others"
[ "$(stat -c %a "$GARITA_HOME")" = 700 ] || fail "the home is open to others"
[ "$(stat -c %a "$GARITA_HOME/garita.db")" = 600 ] || fail "the store is open to others"

# Again: nothing changes, and that is fine; unless another country is asked for.
before=$(cksum <"$GARITA_HOME/garita.db")
run init
expect_status 0
expect_err_has "there is a home already"
run init --country USA --json
expect_status 0
expect_json 'o.created === false && o.country === "USA" && /^[0-9a-f]{32}$/.test(o.home_id)'
id=$(out)
run init --country MEX
expect_status 73
expect_err_has "its country is USA"
run init --country MEX --json
expect_status 73
expect_json 'o.error === "exists" && o.source === process.env.GARITA_HOME'
[ "$(cksum <"$GARITA_HOME/garita.db")" = "$before" ] || fail "the store has changed"

fresh_home
run init --json
expect_status 0
expect_json 'o.created === true && o.country === null'
[ "$id" != "$(out)" ] || fail "two homes have one id"

# Something else is in the way.
fresh_home
mkdir "$GARITA_HOME"
echo "the diary of somebody, in a file that is called as our store is" >"$GARITA_HOME/garita.db"
run init
expect_status 65
expect_err_has "is not the store of a Garita home"
grep -q diary "$GARITA_HOME/garita.db" || fail "the diary is gone"
GARITA_HOME=$work/file
echo >"$GARITA_HOME"
run init
[ "$status" -ne 0 ] || fail "a file became a home"
