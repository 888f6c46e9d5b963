#!/bin/sh
# Tips: signed, shown, kept elsewhere and held against the log; a node key with a passphrase.
. "$(dirname "$0")/lib.sh"
make_world
must "$GARITA" issue --as cbp claims.json -o card.txt

# Before anything was logged there is no tip: not from an export either.
run log tip
expect_status 66
expect_err_has 'this home has no key "node"'
expect_err_has "garita scan --log makes it"
run sync export -o none.gtb
expect_status 0
[ ! -e "$GARITA_HOME/keys/node.key" ] || fail "an export made a key"

must "$GARITA" scan --log --lane any --now $NOW card.txt
must "$GARITA" scan --log --lane any --now $NOW card.txt

run log tip -o two.tip --now 2027-06-01T13:00:00Z
expect_status 0
expect_out_empty
[ "$(wc -c <two.tip)" -le 256 ] || fail "a tip of more than 256 bytes"
run log tip -o two.tip
expect_status 73
run log tip --json --now 2027-06-01T14:00:00Z
expect_json "o.entry === 2 && o.signed_at === '2027-06-01T14:00:00Z' && /^92[0-9a-f]+\$/.test(o.tip) && o.file === null"
run log tip --now 9999-01-01T00:00:00Z -o late.tip
expect_status 77
expect_no_new_files

run inspect two.tip
expect_status 0
expect_out_has "Tip of a log of decisions"
expect_out_has "2027-06-01T13:00:00Z"
expect_out_has "NOT JUDGED"
run inspect --json two.tip
expect_json "o.type === 'tip' && o.tip.entry === 2 && o.tip.signed_at === '2027-06-01T13:00:00Z' &&
    /^[0-9a-f]{32}\$/.test(o.tip.home) && /^[0-9a-f]{64}\$/.test(o.tip.hash) && o.key_number === 1"
run scan --lane any --now $NOW --json two.tip
expect_status 1
expect_json "o.reason === 'malformed'"
run authority certify --as usa --subject inm.pub --name X --country USA --programmes sentri --types tip
expect_status 64

must "$GARITA" scan --log --lane any --now $NOW card.txt
run log verify --tip two.tip
expect_status 0
expect_out_has "3 entries, 1 to 3"
expect_out_has "the tip given is of this log: entry 2"
must "$GARITA" key export node -o node.pub
run log verify --tip two.tip --key node.pub --json
expect_status 0
expect_json "o.whole && o.given && o.signatures"

# Every export signs one, which stays in the home.
run sync export -o one.gtb --now 2027-06-01T15:00:00Z
expect_status 0
expect_err_lacks "tip"
run log verify --json
expect_json "o.vouched === 3 && o.vouched_at === '2027-06-01T15:00:00Z'"
# What hinders that does not hinder the export.
run sync export -o two.gtb --now 9999-12-31T00:00:00Z --json
expect_status 0
expect_out_lines 1
expect_err_has "no tip of the log of decisions was signed"
cp "$GARITA_HOME/keys/node.key" whole.key
echo x >"$GARITA_HOME/keys/node.key"
run sync export -o three.gtb --json
expect_status 0
expect_out_lines 1
[ -s three.gtb ] || fail "no bundle"
cp whole.key "$GARITA_HOME/keys/node.key"

# What is no tip, an altered one, another home's.
run log verify --tip card.txt
expect_status 65
run log verify --tip none.tip
expect_status 66
{ head -c 80 two.tip && printf x && tail -c +82 two.tip; } >altered.tip
run log verify --tip altered.tip --json
expect_status 65
expect_json "o.error === 'bad-signature' && o.source === 'altered.tip'"
run log verify --key usa.pub
expect_status 1
expect_err_has "not signed by the key given"
run log verify --tip two.tip --key usa.pub
expect_status 1
expect_err_has "and the key given is"
expect_err_lacks "this home's"
home=$GARITA_HOME
fresh_home
must "$GARITA" init
run scan --log --lane any --now $NOW --json - <card.txt
expect_status 1
run log verify --tip two.tip
expect_status 1
expect_err_has "signed by the node key"
run log verify --tip two.tip --key node.pub --json
expect_status 1
expect_json "all.some((e) => e.error === 'tip-forged' && e.source === 'two.tip') && o.whole === false"
GARITA_HOME=$home

# A node key with a passphrase: asked for before the first verdict, or nothing is judged.
mv "$GARITA_HOME/keys/node.key" old.key
mv "$GARITA_HOME/keys/node.pub" old.pub
echo "correct horse" >pass
echo "wrong" >wrong
must "$GARITA" key new node --passphrase-file pass
run scan --log --lane any --now $NOW card.txt --passphrase-file wrong
expect_status 77
expect_out_empty
run scan --log --lane any --now $NOW card.txt --passphrase-file pass
expect_status 0
# The tips so far are of the key that was there before.
run log verify --json
expect_status 1
expect_json "all[0].error === 'tip-forged'"
# Nobody is asked for its passphrase by an export, which leaves the tips as they are.
run log tip --json --now 2027-06-01T16:00:00Z --passphrase-file pass
expect_status 0
run sync export -o four.gtb --now 2027-06-01T17:00:00Z
expect_status 0
expect_err_lacks "passphrase"
must "$GARITA" key export node -o new.pub
run log verify --key new.pub --json
expect_json "o.vouched_at === '2027-06-01T16:00:00Z'"
