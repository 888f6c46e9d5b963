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
    (cd "$work" && find . -type f ! -path './home*' ! -path './user/*' ! -path './.seen/*' |
        LC_ALL=C sort)
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

# Nothing appeared or went away since before the run, homes and their counters aside.
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
    at $WORLD init --country USA
    for name in usa mex cbp inm; do
        at $WORLD key new "$name" --no-passphrase
        at $WORLD key export "$name" -o "$name.pub"
    done
    at $WORLD authority anchor usa --name "USA anchor" --country USA -o usa.auth
    at $WORLD authority anchor mex --name "Ancla de México" --country MEX -o mex.auth
    at $WORLD trust add usa.auth --anchor
    at $WORLD trust add mex.auth --anchor
    at $WORLD authority certify --as usa --subject cbp.pub --name CBP --country USA \
        --programmes sentri,fast -o cbp.auth
    at $WORLD authority certify --as mex --subject inm.pub --name INM --country MEX \
        --programmes viajero-confiable -o inm.auth
    at $WORLD trust add cbp.auth
    at $WORLD trust add inm.auth
    cat >claims.json <<'END'
{"programme":"sentri","holder":{"name":"MARÍA FERNANDA GARCÍA LÓPEZ","birth_date":"1988-04-02",
"nationality":"MEX","document":{"type":"passport","country":"MEX","number":"G12345678"}},
"not_before":"2026-01-01","expires":"2031-01-01","employer":{"id":"IMMEX-1234-2006"}}
END
}

# make_checkpoint: in a new GARITA_HOME the home of somebody who trusts as make_world's does, signs
# nothing, and has no status log yet. make_world's is $signers from then on.
make_checkpoint() {
    signers=$GARITA_HOME
    fresh_home
    must "$GARITA" init --country USA
    must "$GARITA" trust add usa.auth --anchor
    must "$GARITA" trust add mex.auth --anchor
    must "$GARITA" trust add cbp.auth inm.auth
}

# When make_world's authorities sign each other: heads of anchors are current for 400 days.
WORLD=2026-06-01T12:00:00Z
# A moment when the example is in force.
NOW=2027-06-01T12:00:00Z

# at MOMENT ARGUMENT...: garita as preparation, by that clock.
at() {
    moment=$1
    shift
    must "$GARITA" --now "$moment" "$@"
}

# make_stations: by the clock $NOW, the home of agencies, $agency, and of a checkpoint, $station, which
# pins the anchors of USA and MEX and has what the agencies exported. Below USA's anchor the
# department dhs certified the agency cbp; below MEX's stands inm. card.txt is the contract's example
# by cbp. GARITA_HOME is the agencies'.
agency=$work/home.agency
station=$work/home.station
make_stations() {
    GARITA_HOME=$agency
    at $NOW init --country USA
    for name in usa dhs cbp mex inm; do
        at $NOW key new $name --no-passphrase
        at $NOW key export $name -o $name.pub
    done
    at $NOW authority anchor usa --name "USA anchor" --country USA -o usa.auth
    at $NOW authority anchor mex --name "MEX anchor" --country MEX -o mex.auth
    at $NOW trust add usa.auth --anchor
    at $NOW trust add mex.auth --anchor
    at $NOW authority certify --as usa --subject dhs.pub --name DHS --country USA \
        --programmes sentri --types credential,authority,head -o dhs.auth
    at $NOW authority certify --as mex --subject inm.pub --name INM --country MEX \
        --programmes viajero-confiable -o inm.auth
    at $NOW trust add dhs.auth inm.auth
    at $NOW authority certify --as dhs --subject cbp.pub --name CBP --country USA \
        --programmes sentri -o cbp.auth
    at $NOW trust add cbp.auth
    cat >claims.json <<'END'
{"programme":"sentri","holder":{"name":"MARÍA FERNANDA GARCÍA LÓPEZ","birth_date":"1988-04-02",
"nationality":"MEX","document":{"type":"passport","country":"MEX","number":"G12345678"}},
"not_before":"2026-01-01","expires":"2031-01-01"}
END
    at $NOW issue --as cbp claims.json -o card.txt
    for name in usa dhs cbp mex inm; do
        at $NOW head --as $name
    done
    GARITA_HOME=$station
    at $NOW init --country USA
    at $NOW trust add usa.auth --anchor
    at $NOW trust add mex.auth --anchor
    carry $NOW
    GARITA_HOME=$agency
}

# carry MOMENT: what the agencies have, to the checkpoint.
carry() {
    must "$GARITA" --home "$agency" --now "$1" sync export -o bundle.gtb
    must "$GARITA" --home "$station" --now "$1" sync import bundle.gtb
    rm bundle.gtb
}
