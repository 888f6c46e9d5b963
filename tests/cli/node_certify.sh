#!/bin/sh
# node: certified, kept, shown, renewed, withdrawn; and what is refused on the way.
. "$(dirname "$0")/lib.sh"

printf 'secret\n' >pass
must "$GARITA" init --country USA
must "$GARITA" key new root --no-passphrase
must "$GARITA" authority anchor root --name "Homeland" --country USA -o root.authority
must "$GARITA" trust add root.authority --anchor
machine=$work/home.machine
must "$GARITA" --home "$machine" init
must "$GARITA" --home "$machine" key new node --no-passphrase
must "$GARITA" --home "$machine" key export node -o node.pub
must "$GARITA" --home "$machine" key new other --no-passphrase
must "$GARITA" --home "$machine" key export other -o other.pub

# --- certified ---
run node certify --as root --subject node.pub --name "San Ysidro 1" \
    --address sy1.example.net:7701 --address "[2001:db8::1]:7701" -o a.node
expect_status 0
expect_out 2
expect_err_has "San Ysidro 1, USA: node, until"
run inspect --json a.node
expect_status 0
expect_json 'o.type === "node" && o.serial === 2 && o.claims.name === "San Ysidro 1" &&
    o.claims.country === "USA" && o.claims.not_before === null &&
    o.claims.addresses.join() === "sy1.example.net:7701,[2001:db8::1]:7701" &&
    /^[0-9a-f]{64}$/.test(o.claims.noise_key)'
noise=$(sed -n 's/^garita-x25519 \([0-9a-f]*\) node$/\1/p' node.pub)
run inspect a.node
expect_status 0
expect_out_has "Node statement"
expect_out_has "San Ysidro 1, USA"
expect_out_has "$noise"
expect_out_has "sy1.example.net:7701, [2001:db8::1]:7701"
# The head that goes with it knows its serial.
run status --json
expect_json 'all.some((log) => log.issued === 2)'

# --- kept ---
run trust add a.node
expect_status 0
expect_err_has "added; certified by Homeland"
expect_err_has "San Ysidro 1, USA  (node)"
run trust add a.node
expect_status 0
expect_err_has "known already"
run trust list
expect_out_has "  San Ysidro 1, USA  (node)"
expect_out_has "addresses: sy1.example.net:7701"
run trust list --json
expect_json 'all.length === 2 && o.type === "node" && o.serial === 2 && o.revoked === false &&
    o.certifier === all[0].id'
# Only by whoever pins the anchor; as text too, and before the anchor never.
must "$GARITA" --home "$work/home.checkpoint" init
run --home "$work/home.checkpoint" trust add a.node
expect_status 77
expect_err_has "signed by nobody whose chain reaches a pinned anchor"
run trust add a.node --anchor
expect_status 77
expect_err_has "leave out --anchor"
must "$GARITA" --home "$work/home.checkpoint" trust add root.authority --anchor
run --home "$work/home.checkpoint" trust add a.node --json
expect_status 0
expect_json 'o.added === true && o.renewed === false && o.type === "node" && o.source === "a.node"'

# --- renewed: the higher serial stays ---
run node certify --as root --subject node.pub --name "San Ysidro 1 West" --json -o b.node
expect_status 0
expect_json 'o.serial === 3 && o.name === "San Ysidro 1 West" && o.addresses.length === 0 &&
    o.file === "b.node" && o.text.startsWith("GT1:")'
run trust add b.node
expect_status 0
expect_err_has "in the place of an older one"
run trust add a.node
expect_status 0
expect_err_has "older than what is kept about the same node"
run trust list --json
expect_json 'all.length === 2 && o.serial === 3'

# --- one serial, two statements ---
cp -r "$GARITA_HOME" "$work/home.twin"
cp -r "$HOME/.local/state" twin-state
must "$GARITA" node certify --as root --subject other.pub --name Other -o c.node
run --home "$work/home.twin" --state "$work/twin-state/garita" \
    node certify --as root --subject other.pub --name Twin -o twin.node
expect_status 0
# Whichever comes first, all keep the same one, and people are told.
kept_of_twins() {
    expect_home=$work/home.twins-$1
    must "$GARITA" --home "$expect_home" init
    must "$GARITA" --home "$expect_home" trust add root.authority --anchor
    must "$GARITA" --home "$expect_home" trust add "$1.node"
    run --home "$expect_home" trust add "$2.node"
    if [ "$status" = 0 ]; then
        expect_err_has "Homeland has signed another statement with this serial, 4"
    else
        expect_status 77
        expect_err_has "another statement of this authority has this serial"
    fi
    must "$GARITA" --home "$expect_home" trust list --json
    grep -o '"name":"[CTO][a-z]*"' "$seen/out"
}
one_way=$(kept_of_twins c twin) || exit 1
other_way=$(kept_of_twins twin c) || exit 1
[ -n "$one_way" ] && [ "$one_way" = "$other_way" ] || fail "kept: $one_way, and $other_way"
must "$GARITA" trust add c.node

# --- withdrawn ---
run revoke --as root 4
expect_status 0
expect_err_has "4 is the node Other"
# A suspended node keeps its links.
run suspend --as root 3
expect_status 0
expect_err_has "3 is the node San Ysidro 1 West: it keeps its links; only a revocation ends them"
run trust list --json
expect_json 'all.some((o) => o.serial === 3 && o.revoked === false)'
run revoke --as root 3 --json
expect_status 0
expect_json 'o.events === 2 && o.subjects.length === 2 && o.subjects[0].type === "node" &&
    o.subjects[0].name === "San Ysidro 1 West" && o.subjects[1].serial === 2 &&
    o.subjects[1].name === "San Ysidro 1" && o.subjects[1].with === 3'
run revoke --as root 3 --json
expect_status 0
expect_json 'o.events === 0 && o.subjects.length === 1'
run trust list --json
expect_json 'all.filter((o) => o.type === "node").every((o) => o.revoked)'
run trust list
expect_out_has "REVOKED: nobody links with it"
fingerprint=$("$GARITA" inspect --json b.node | sed 's/.*"fingerprint":"\([^"]*\)".*/\1/')
run trust remove "$fingerprint"
expect_status 0
expect_err_has "removed the node"
run trust remove "$fingerprint"
expect_status 66
run trust add b.node
expect_status 77
expect_err_has "has revoked this node"
# The older one went with it.
run trust add a.node
expect_status 77
expect_err_has "has revoked this node"
# By any of them: the last of a node that has three, in an order that nobody would choose.
for name in First Second Third; do
    must "$GARITA" node certify --as root --subject other.pub --name "$name"
done
run revoke --as root 6
expect_status 0
expect_err_has "3 revoked, 0 were so before"
expect_err_has "6 is the node Second: its links to all others end"
expect_err_has "5 is the same node, as First, and is revoked with 6"
expect_err_has "7 is the same node, as Third, and is revoked with 6"

# --- what goes with its certifier ---
must "$GARITA" key new agency --passphrase-file pass
must "$GARITA" key export agency -o agency.pub
must "$GARITA" authority certify --as root --subject agency.pub --name Agency --country USA \
    --programmes sentri --types node,head -o agency.authority
must "$GARITA" trust add agency.authority
run node certify --as agency --subject other.pub --name "Agency's" -o d.node
expect_status 77
expect_err_has "passphrase"
run node certify --as agency --passphrase-file pass --subject other.pub --name "Agency's" \
    --from 2026-01-01 --until 2030-12-31 -o d.node
expect_status 0
expect_out 1
checkpoint=$work/home.checkpoint
run --home "$checkpoint" trust add d.node agency.authority
expect_status 0
agency=$("$GARITA" inspect --json agency.authority | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
run --home "$checkpoint" trust remove "$agency" --json
expect_status 0
expect_json "all.length === 2 && o.type === 'node' && o.why === 'no-chain' && o.name === \"Agency's\""
run --home "$checkpoint" trust list --json
expect_json 'all.length === 2'

# --- refused ---
head -n 1 node.pub >one-line.pub
run node certify --as root --subject one-line.pub --name X
expect_status 65
expect_err_has "hint: export it again"
for address in sy1 sy1: sy1:0 sy1:65536 "a b:1" 2001:db8::1:7701 "[::1%lo]:1" 300.0.0.1:1; do
    run node certify --as root --subject node.pub --name X --address "$address"
    expect_status 64
    expect_err_has "is no HOST:PORT"
done
run node certify --as root --subject node.pub --name X --address a:1 --address a:2 --address a:3 \
    --address a:4 --address a:5
expect_status 64
expect_err_has "at most 4 times"
run node certify --as root --subject node.pub --name X --country MEX
expect_status 77
expect_err_has "may not act in all of: MEX"
run node certify --as root --subject node.pub --name X --country XXY
expect_status 64
run node certify --as root --subject node.pub --name ""
expect_status 64
expect_err_has "name"
run node certify --as root --subject agency.pub --name X
expect_status 77
expect_err_has "a node has a key of its own"
run node certify --as root --subject missing.pub --name X
expect_status 66
run node certify --as root --subject a.node --name X
expect_status 65
run node certify --as root --name X
expect_status 64
run node certify --as root --subject node.pub --name X --until 2020-01-01
expect_status 64
must "$GARITA" key new clerk --no-passphrase
must "$GARITA" key export clerk -o clerk.pub
must "$GARITA" authority certify --as root --subject clerk.pub --name Clerks --country USA \
    --programmes sentri -o clerk.authority
must "$GARITA" trust add clerk.authority
run node certify --as clerk --subject node.pub --name X -o x.node
expect_status 77
expect_err_has "Clerks may not sign a statement of the type node"
expect_err_has "--types credential,attestation,head,node"
expect_no_new_files
# Nothing of it has taken a serial.
run node certify --as root --subject node.pub --name "San Ysidro 1"
expect_status 0
expect_out_has "10"

# A machine that was withdrawn is certified again only with a word of warning.
must "$GARITA" revoke --as root 10 --reason stolen
run node certify --as root --subject node.pub --name "San Ysidro 1"
expect_status 0
expect_err_has "this machine was certified before, as"
expect_err_has "and that was revoked"

run doctor
expect_status 0
