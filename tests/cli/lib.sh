# lib.sh: what the scripts here share. Each begins with
#   . "$(dirname "$0")/lib.sh"
# and runs in a folder of its own, empty at first. GARITA is the program, GARITA_SOURCE the source
# tree; FIXTURES is the folder of fixtures. A check that fails says what it saw, and ends the script.
set -u

: "${GARITA:?names the program}"
: "${GARITA_SOURCE:=$(cd "$(dirname "$0")/../.." && pwd)}"
FIXTURES=$GARITA_SOURCE/fixtures

# Whoever runs this has a home and a language of their own.
work=$PWD
export HOME="$work/user" GARITA_HOME="$work/home" LC_ALL=C.UTF-8
unset LANGUAGE NO_COLOR XDG_DATA_HOME XDG_STATE_HOME
seen=$work/.seen # what run records; everything else in the folder a program under test wrote
mkdir -p "$seen"
: >"$seen/out" >"$seen/err"

# Another home, new and empty, for what follows.
fresh_home() {
    GARITA_HOME=$(mktemp -d "$work/home.XXXXXX")
    rmdir "$GARITA_HOME"
}

files() {
    (cd "$work" && find . -type f ! -path './home*' ! -path './.seen/*' | LC_ALL=C sort)
}

# run ARGUMENT...: runs garita, with this standard input; keeps output, messages and status.
run() {
    ran="garita $*"
    files >"$seen/before"
    "$GARITA" "$@" >"$seen/out" 2>"$seen/err"
    status=$?
}

# Ends the script, with what was seen.
fail() {
    {
        echo "FAILED: $*"
        echo "after: ${ran:-nothing} (status ${status:-none})"
        echo "--- standard output"
        head -c 4000 "$seen/out"
        echo "--- standard error"
        head -c 4000 "$seen/err"
    } >&2
    exit 1
}

expect_status() {
    [ "$status" = "$1" ] || fail "status is $status, not $1"
}

# The whole of it, a last line feed aside.
expect_out() {
    [ "$(cat "$seen/out")" = "$1" ] || fail "standard output is not: $1"
}

expect_out_has() {
    grep -qF -- "$1" "$seen/out" || fail "not on standard output: $1"
}

expect_out_lacks() {
    ! grep -qF -- "$1" "$seen/out" || fail "on standard output: $1"
}

expect_out_empty() {
    [ ! -s "$seen/out" ] || fail "standard output is not empty"
}

expect_out_lines() {
    [ "$(wc -l <"$seen/out")" -eq "$1" ] || fail "standard output has not $1 lines"
}

expect_err_has() {
    grep -qF -- "$1" "$seen/err" || fail "not on standard error: $1"
}

expect_err_lacks() {
    ! grep -qF -- "$1" "$seen/err" || fail "on standard error: $1"
}

expect_err_empty() {
    [ ! -s "$seen/err" ] || fail "standard error is not empty"
}

# Nothing appeared or went away since before the run, homes aside.
expect_no_new_files() {
    files | cmp -s - "$seen/before" ||
        fail "files changed: $(files | LC_ALL=C comm -3 "$seen/before" -)"
}

# expect_json EXPRESSION: every line of standard output is a JSON object, and the expression is true,
# where o is the last of them and all is the list.
expect_json() {
    node -e '
        const lines = require("fs").readFileSync(0, "utf8").split("\n");
        if (lines.pop() !== "" || lines.length === 0) process.exit(2);
        const all = lines.map((line) => JSON.parse(line)), o = all[all.length - 1];
        process.exit(new Function("o", "all", "return (" + process.argv[1] + ")")(o, all) ? 0 : 1);
    ' "$1" <"$seen/out" 2>"$seen/node" || fail "not so: $1 $(tail -n 3 "$seen/node")"
}

# Text that a program said, on standard output of the script.
out() {
    cat "$seen/out"
}

# must COMMAND...: preparation that has to succeed.
must() {
    "$@" >"$seen/out" 2>"$seen/err" || {
        ran=$*
        fail "preparation failed"
    }
}

# make_world: in GARITA_HOME a home that pins the anchors of USA and MEX and knows the agencies cbp
# and inm, whose keys it holds; beside it claims.json, the contract's example.
make_world() {
    must "$GARITA" init --country USA
    for name in usa mex cbp inm; do
        must "$GARITA" key new "$name" --no-passphrase
        must "$GARITA" key export "$name" -o "$name.pub"
    done
    must "$GARITA" authority anchor usa --name "USA anchor" --country USA -o usa.auth
    must "$GARITA" authority anchor mex --name "Ancla de México" --country MEX -o mex.auth
    must "$GARITA" trust add usa.auth --anchor
    must "$GARITA" trust add mex.auth --anchor
    must "$GARITA" authority certify --as usa --subject cbp.pub --name CBP --country USA \
        --programmes sentri,fast -o cbp.auth
    must "$GARITA" authority certify --as mex --subject inm.pub --name INM --country MEX \
        --programmes viajero-confiable -o inm.auth
    must "$GARITA" trust add cbp.auth
    must "$GARITA" trust add inm.auth
    cat >claims.json <<'END'
{"programme":"sentri","holder":{"name":"MARÍA FERNANDA GARCÍA LÓPEZ","birth_date":"1988-04-02",
"nationality":"MEX","document":{"type":"passport","country":"MEX","number":"G12345678"}},
"not_before":"2026-01-01","expires":"2031-01-01","employer":{"id":"IMMEX-1234-2006"}}
END
}

# A moment when the example is in force.
NOW=2027-06-01T12:00:00Z
