# tests/node/lib.sh: what the scripts here share, beside tests/e2e/lib.sh.
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/lib.sh" || exit

# run_node ARGUMENT...: garitad, which is expected to end by itself; as run does with garita.
run_node() {
    ran="garitad $*"
    timeout 60 "$GARITAD" "$@" </dev/null >"$seen/out" 2>"$seen/err"
    status=$?
}

# ask NAME EXPRESSION: whether it is true of what the running node says, o.
ask() {
    "$GARITA" --home "$work/home.$1" peers --json >"$seen/asked" &&
        node -e '
            const o = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
            process.exit(new Function("o", "return (" + process.argv[2] + ")")(o) ? 0 : 1);
        ' "$seen/asked" "$2"
}

# end_node NAME SIGNAL: sends it, and expects a good end that leaves nothing behind.
end_node() {
    kill -"$2" "${node_pid[$1]}" || fail "node $1 had ended already"
    wait "${node_pid[$1]}"
    status=$?
    unset "node_pid[$1]"
    ran="garitad of home $1, after SIG$2"
    expect_status 0
    logged "$1" stopping "signal=$2" || fail "it does not say that it stops"
    logged "$1" stopped || fail "it does not say that it stopped"
    [ ! -e "$work/home.$1/garitad.sock" ] || fail "the socket is still there"
}

# make_bare NAME: a home that pins nobody, with a node's key.
make_bare() {
    as "$1" init --country USA
    as "$1" key new node --no-passphrase
}
