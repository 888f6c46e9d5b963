#!/bin/sh
# Node statements travel with everything else, until they are revoked or nobody vouches for them.
. "$(dirname "$0")/sync_homes.sh"

make_homes
go lane
must "$GARITA" key new node --no-passphrase
must "$GARITA" key export node -o node.pub
go agency
# certify FILE HOUR: by USA's anchor; $serial is that of the statement.
certify() {
    run node certify --as usa --subject node.pub --name "San Ysidro 1" -o "$1" \
        --now "$(o_clock "$2")"
    expect_status 0
    serial=$(out)
}
certify a.node 12
must "$GARITA" trust add a.node

pinned_home far
go agency
run sync have -o agency.have --json
expect_status 0
expect_json 'o.digests === 3' # of two authorities and the node
run sync export -o all.gtb --json
expect_status 0
expect_json 'o.statements === 3'
import far all.gtb --json
expect_status 0
run trust list --json
expect_out_has "San Ysidro 1"

# --- it is passed on from there, and not to who has it ---
bundle far again.gtb
import lane again.gtb
expect_status 0
run trust list --json
expect_out_has "San Ysidro 1"
must "$GARITA" sync have -o lane.have
go far
run sync export -o little.gtb --for lane.have --json
expect_status 0
expect_json 'o.statements === 0'

# --- a newer one takes its place ---
go agency
certify b.node 13
must "$GARITA" trust add b.node
run sync export -o newer.gtb --for lane.have --json
expect_status 0
expect_json 'o.statements === 1'
import lane newer.gtb
expect_status 0
must "$GARITA" sync have -o lane2.have
go far
run sync export -o older.gtb --for lane2.have --json
expect_json 'o.statements === 1'
import lane older.gtb
expect_status 0
run sync export -o lane.gtb --json
expect_json 'o.statements === 3'

# --- one that is revoked is passed on by nobody, nor by who no longer pins its anchor ---
go agency
must "$GARITA" revoke --as usa "$serial" --reason stolen --now "$(o_clock 14)" --unregistered
bundle agency revoked.gtb
import lane revoked.gtb
expect_status 0
run sync export -o lane2.gtb --json
expect_json 'o.statements === 2'
go far
run trust list --json
usa=$(out | sed -n 's/.*"id":"\([0-9a-f]*\)".*"USA anchor".*/\1/p')
must "$GARITA" trust remove "$usa"
run sync export -o far.gtb --json
expect_status 0
expect_json 'o.statements === 1'
