#!/bin/sh
# bad_bundles.sh DAMAGE: twenty bundles that are cut, spoiled, old, foreign, gapped or hostile, by the
# program itself. Each alone leaves the home sound and what it knew untouched; after each the whole
# bundle comes in; and after all of them, one upon another, it does too.
. "$(dirname "$0")/faults.sh"
make_scene "$1"

# Whom nobody here trusts.
pinned_home stranger
must "$GARITA" key new other --no-passphrase
must "$GARITA" authority anchor other --name "Other anchor" --country CAN -o other.auth
must "$GARITA" revoke --as other 5 --unregistered --now "$(o_clock 13)"
must "$GARITA" sync export -o both.gtb
go other
must "$GARITA" init
must "$GARITA" trust add other.auth --anchor
must "$GARITA" sync import both.gtb
must "$GARITA" sync export -o foreign.gtb

node "$GARITA_SOURCE/tests/store/bad_bundles.js" whole.gtb path.gtb start.gtb foreign.gtb \
    gap.gtb ||
    fail "node"
[ "$(ls bad-*.gtb | wc -l)" -eq 20 ] || fail "there are not twenty"

# spoil HOME BUNDLE: it comes in, and nothing is lost by that.
spoil() {
    go "$1"
    run sync import "$2" --now "$(o_clock 17)" --json
    case "$2 $status $1" in
    "bad-old.gtb 0 "* | "bad-five-thousand.gtb 0 "* | *" 65 "*) ;;
    # What leads nowhere by itself may be older than what others have brought.
    *" 0 all") ;;
    *) fail "$2: status is $status" ;;
    esac
    run doctor
    expect_status 0
    run audit
    expect_status 0
    run scan --json --now "$(o_clock 17)" other.txt third.txt
    expect_reasons "revoked ok"
}
mends() {
    run sync import whole.gtb --now "$(o_clock 17)"
    expect_status 0
    run doctor
    expect_status 0
    run audit
    expect_status 0
    run scan --json --now "$(o_clock 18)" card.txt other.txt third.txt
    expect_reasons "revoked revoked ok"
}
take lane all
for bad in bad-*.gtb; do
    take lane one
    spoil one "$bad"
    mends
    spoil all "$bad"
done
mends
