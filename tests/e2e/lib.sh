# tests/e2e/lib.sh: what the scripts here share: real nodes, each a process, each with a home of its
# own. Each script begins with
#   . "$(dirname "$0")/lib.sh"
# and runs in a folder of its own, empty at first. GARITA and GARITAD are the programs. Nodes that are
# still there at the end, however it came, are killed. Waiting has a deadline so that no script hangs;
# none measures the machine's pace.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit
. "$here/../cli/lib.sh" || exit
: "${GARITAD:?names the node program}"
unset JOURNAL_STREAM NOTIFY_SOCKET WATCHDOG_USEC # nobody's service

# Long enough for sanitizers on a busy machine.
DEADLINE_S=${DEADLINE_S:-90}
declare -A node_pid node_port node_in
nodes=()
at_end=() # commands, in the order in which they are to be run

finish() {
    local status=$? name command
    trap '' INT TERM HUP
    for name in "${!node_pid[@]}"; do
        kill -9 "${node_pid[$name]}" 2>/dev/null
        wait "${node_pid[$name]}" 2>/dev/null
    done
    for command in "${at_end[@]}"; do $command; done
    if [ "$status" != 0 ] && [ "$status" != 77 ]; then
        for name in "${nodes[@]}"; do
            echo "--- last of $name.log"
            tail -n 15 "$name.log" 2>/dev/null
        done >&2
    fi
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# wait_for WHAT COMMAND...: until it succeeds.
wait_for() {
    local what=$1 until=$((SECONDS + DEADLINE_S))
    shift
    until "$@" >"$seen/waited" 2>&1; do
        [ "$SECONDS" -lt "$until" ] || {
            ran="waiting: $*"
            cp "$seen/waited" "$seen/out"
            fail "not within $DEADLINE_S s: $what"
        }
        sleep 0.1
    done
}

# --- homes ---

# as HOME ARGUMENT...: garita in that home, as preparation.
as() {
    local home=$1
    shift
    must "$GARITA" --home "$work/home.$home" "$@"
}

# make_roots: the homes of two anchors, home.usa and home.mex, and of the agency INM below MEX's, which
# signs with the key inm; claims.json is somebody's claims.
make_roots() {
    local country
    for country in usa mex; do
        as $country init --country ${country^^}
        as $country key new $country --no-passphrase
        as $country authority anchor $country --name "${country^^} anchor" --country ${country^^} \
            -o $country.auth
    done
    as usa trust add usa.auth --anchor
    as mex trust add mex.auth --anchor
    as inm init --country MEX
    as inm key new inm --no-passphrase
    as inm key export inm -o inm.pub
    as mex authority certify --as mex --subject inm.pub --name INM --country MEX \
        --programmes sentri,viajero-confiable -o inm.auth
    as mex trust add inm.auth
    pin inm
    carry_to inm usa mex
    cat >claims.json <<JSON
{"programme":"sentri","holder":{"name":"MARÍA FERNANDA GARCÍA LÓPEZ","birth_date":"1988-04-02",
"nationality":"MEX","document":{"type":"passport","country":"MEX","number":"G12345678"}},
"not_before":"2026-01-01","expires":"$(date -u -d '+1 year' +%F)"}
JSON
}

# pin HOME: both anchors, and nothing else.
pin() {
    as "$1" trust add usa.auth --anchor
    as "$1" trust add mex.auth --anchor
}

# carry_to HOME FROM...: by files.
carry_to() {
    local home=$1 from
    shift
    for from in "$@"; do
        as "$from" sync export -o "$from.gtb"
        as "$home" sync import "$from.gtb"
        rm "$from.gtb"
    done
}

# make_home NAME: a checkpoint's, which pins both anchors and has a node's key, not certified.
make_home() {
    as "$1" init --country USA
    as "$1" key new node --no-passphrase
    as "$1" key export node -o "$1.pub"
    pin "$1"
}

# certify NAME ANCHOR [ARGUMENT...]: that anchor certifies the node of a home, and the home knows. Sets
# serial to the certificate's.
certify() {
    local name=$1 anchor=$2
    shift 2
    as "$anchor" node certify --as "$anchor" --subject "$name.pub" --name "Node $name" -o "$name.node" \
        --json "$@"
    serial=$(sed -n 's/.*"serial":\([0-9]*\).*/\1/p' "$seen/out" | head -n 1)
    [ -n "$serial" ] || fail "no serial for the certificate of $name"
    as "$name" trust add "$name.node"
}

# issue HOME CARD: a credential of INM's, by the key in that home. Sets serial.
issue() {
    as "$1" issue --as inm claims.json -o "$2" --json
    serial=$(sed -n 's/.*"serial":\([0-9]*\).*/\1/p' "$seen/out")
}

# judges HOME CARD REASON: whether that is what a scan there gives now.
judges() {
    "$GARITA" --home "$work/home.$1" scan "$2" --json | grep -F "\"reason\":\"$3\""
}

# heads HOME: what it has of every log, one a line.
heads() {
    "$GARITA" --home "$work/home.$1" status --json |
        sed 's/.*"log":"\([0-9a-f]*\)".*"size":\([0-9a-z]*\).*"revoked":\([0-9]*\).*"signed_at":\([^,]*\).*/\1 \2 \3 \4/' |
        LC_ALL=C sort
}

# same_heads HOME...: whether all have the same, and something.
same_heads() {
    local first home
    first=$(heads "$1") && [ -n "$first" ] || return 1
    for home in "$@"; do [ "$(heads "$home")" = "$first" ] || return 1; done
}

# revoked_of HOME: how many INM has revoked, as far as it knows there.
revoked_of() {
    "$GARITA" --home "$work/home.$1" status --json | sed -n '/"name":"INM"/s/.*"revoked":\([0-9]*\).*/\1/p'
}
has_revoked() { # HOME COUNT
    [ "$(revoked_of "$1")" = "$2" ]
}

# sound HOME...: doctor finds no damage.
sound() {
    local home
    for home in "$@"; do
        run --home "$work/home.$home" doctor
        expect_status 0
    done
}

# --- nodes ---

# launch NAME [ARGUMENT...]: starts the node of a home; node_in[NAME] may name a network namespace, and
# node_port[NAME], once known, is the port that it listens on, and goes on listening on. Its log is
# NAME.log, of all its lives.
launch() {
    local name=$1 within=()
    shift
    [ -z "${node_in[$name]:-}" ] || within=(nsenter --net="/run/netns/${node_in[$name]}")
    [ -f "$name.log" ] || nodes+=("$name")
    "${within[@]}" "$GARITAD" --home "$work/home.$name" --key node "$@" </dev/null >>"$name.log" 2>&1 &
    node_pid[$name]=$!
}

# answers NAME: whether the running node is the one that was launched, and answers.
answers() {
    kill -0 "${node_pid[$1]}" || return 0 # ended: await_node says so
    "$GARITA" --home "$work/home.$1" peers --json >"$seen/peers" && grep -F "\"pid\":${node_pid[$1]}," "$seen/peers"
}

await_node() {
    wait_for "node $1 runs" answers "$1"
    kill -0 "${node_pid[$1]}" 2>/dev/null || fail "node $1 ended: $(tail -n 3 "$1.log")"
}

# start_node NAME [ARGUMENT...]: a node on a port of 127.0.0.1, the same in each of its lives.
start_node() {
    local name=$1
    shift
    launch "$name" --listen "127.0.0.1:${node_port[$name]:-0}" "$@"
    await_node "$name"
    node_port[$name]=$(sed -n 's/.*"listen":\["127\.0\.0\.1:\([0-9]*\)".*/\1/p' "$seen/peers")
    [ -n "${node_port[$name]}" ] || fail "node $name does not say where it listens: $(cat "$seen/peers")"
}

# kill_node NAME: as the power would.
kill_node() {
    kill -9 "${node_pid[$1]}" && wait "${node_pid[$1]}" 2>/dev/null
    unset "node_pid[$1]"
}

# stop_node NAME: in order.
ended() { # PID
    ! kill -0 "$1" 2>/dev/null
}
stop_node() {
    kill -TERM "${node_pid[$1]}" || fail "node $1 had ended already"
    wait_for "node $1 ends" ended "${node_pid[$1]}"
    wait "${node_pid[$1]}"
    status=$?
    unset "node_pid[$1]"
    ran="garitad of home $1, after SIGTERM"
    expect_status 0
}

# links_up NAME COUNT: whether that many of its links stand.
links_up() {
    "$GARITA" --home "$work/home.$1" peers --json >"$seen/peers.$1" &&
        node -e '
            const o = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
            process.exit(o.links.filter((link) => link.is_up).length === Number(process.argv[2]) ? 0 : 1);
        ' "$seen/peers.$1" "$2"
}

# logged NAME EVENT WORD...: whether a line of its log is of that event and has these words.
logged() {
    local name=$1 event=$2 word lines
    shift 2
    lines=$(grep -E "^[^ ]+ [a-z]+ $event( |\$)" "$name.log") || return 1
    for word; do lines=$(grep -F -- "$word" <<<"$lines") || return 1; done
}
