#!/bin/sh
# A home that was restored or copied signs nothing until a head has come back from the world; then it
# goes on past a gap. No serial is given twice, no revocation lost, no second history signed.
. "$(dirname "$0")/lib.sh"

make_stations
state=$HOME/.local/state/garita
counter() {
    cat "$state"/*.generation
}
DAY=2027-06-02T12:00:00Z
NEXT=2027-06-03T12:00:00Z

# --- yesterday's copy ---
[ -n "$(counter)" ] || fail "the agencies' home has no counter"
cp -a "$agency" yesterday
cp -a "$state" state.yesterday
at $DAY issue --as cbp claims.json -o second.txt
at $DAY revoke --as cbp 1 --reason lost
carry $DAY
before=$(counter)

mv "$agency" lost
cp -a yesterday "$agency"
run revoke --as cbp --now $DAY 1
expect_status 77
expect_err_has "this home is older than the counter of what it signed, in $state"
expect_err_has "import a head of CBP from a checkpoint that has the newest: garita sync import FILE"
for command in "issue --as cbp claims.json -o x.txt" "issue --as cbp --batch claims.json --out-dir x" \
    "head --as cbp" "suspend --as cbp 1" "head --as mex" \
    "authority certify --as usa --subject inm.pub --name INM --country USA --programmes sentri"; do
    # shellcheck disable=SC2086 # words
    run --now $DAY $command --json
    expect_status 77
    expect_json 'o.error === "home-in-doubt"'
done
[ ! -e x.txt ] || fail "a card was written"
[ "$(counter)" = "$before" ] || fail "the counter was touched"
# What was signed before can be had, and judged.
run issue --as cbp --reprint 1 -o reprint.txt --now $DAY
expect_status 0
cmp card.txt reprint.txt || fail "another statement for the same serial"

# --- the newest heads from a checkpoint, and it goes on past a gap ---
must "$GARITA" --home "$station" --now $DAY sync export -o newest.gtb
run sync import newest.gtb --now $DAY
expect_status 0
run revoke --as cbp --now $DAY 1 --json
expect_status 0
expect_json 'o.events === 0 && o.unchanged === 1'
[ "$(counter)" = "$before" ] || fail "the counter was touched, and nothing was signed"
run issue --as cbp claims.json -o third.txt --now $NEXT
expect_status 0
expect_out $((2 + 65536))
carry $NEXT
for card in second.txt third.txt; do
    run --home "$station" scan --now $NEXT $card
    expect_status 0
done
run --home "$station" scan --now $NEXT --json card.txt
expect_status 1
expect_json 'o.reason === "revoked"'
run --home "$station" audit --json
expect_status 0

# --- the lost home comes back: now it is the one that does not know ---
run --home "$work/lost" issue --as cbp claims.json -o x.txt --now $NEXT
expect_status 77
expect_err_has "one of two copies and the other has signed"

# --- the counter is lost, or is another's, or is older ---
mkdir elsewhere
for wrong in missing older garbage; do
    case $wrong in
    missing) at_state=elsewhere code="is not in elsewhere" ;;
    older) at_state=state.yesterday code="is older than the home" ;;
    garbage)
        at_state=garbage code="is no counter"
        cp -a "$state" garbage
        for file in garbage/*.generation; do
            echo nonsense >"$file"
        done
        ;;
    esac
    run --state $at_state head --as cbp --now $NEXT
    expect_status 77
    expect_err_has "$code"
    expect_err_has "sync import FILE"
done
grep -q nonsense garbage/*.generation || fail "the counter was overwritten"
[ -z "$(ls elsewhere/*.generation 2>/dev/null)" ] || fail "a counter was made"
must "$GARITA" --home "$station" --now $NEXT sync export -o newer.gtb
must "$GARITA" --state elsewhere --now $NEXT sync import newer.gtb
run --state elsewhere issue --as cbp claims.json -o fourth.txt --now $NEXT
expect_status 0
expect_out $((2 + 65536 + 65536))
# The old place has the old count.
run head --as cbp --now $NEXT
expect_status 77

# --- a copy that was made before the first act is one too ---
GARITA_HOME=$work/home.new
must "$GARITA" --state one init --country USA
must "$GARITA" key new k --no-passphrase
run --state two authority anchor k --name "New anchor" --country USA -o new.auth
expect_status 77
expect_no_new_files
must "$GARITA" --state one authority anchor k --name "New anchor" --country USA -o new.auth

# --- no place for a counter ---
: >file
run --state file/below init
expect_status 0
expect_err_has "the home cannot sign yet"
run --state file/below head --as k
expect_status 74
expect_err_has "the counter against restored backups cannot be read or written"
run --state "" head --as k
expect_status 64
