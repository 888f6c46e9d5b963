#!/bin/sh
# head: that nothing has changed, said anew; and what a clock may say.
. "$(dirname "$0")/lib.sh"

make_world
must "$GARITA" issue --as cbp --now "$NOW" claims.json -o card.txt
head_of() {
    run head --as cbp "$@"
}

head_of --now "$NOW" extra
expect_status 64
run head
expect_status 64
for bad in 24 h 0h -1h 1.5h 24H 1w 99999999999d 36501d "24h " ""; do
    head_of --now "$NOW" "--valid-for=$bad"
    expect_status 64
done
run head --as nobody
expect_status 66

# --- the default is the most that counts, by the authority's place ---
head_of --now 2027-06-01T13:00:00Z --json
expect_status 0
expect_json 'o.signed_at === "2027-06-01T13:00:00Z" && o.next_due === "2027-06-08T13:00:00Z" &&
    o.issued === 1 && o.size === 0 && /^[0-9a-f]{16}$/.test(o.issuer)'
run head --as usa --now "$NOW" --json
expect_json 'o.next_due === "2028-07-05T12:00:00Z"'
must "$GARITA" key new dhs --no-passphrase
must "$GARITA" key export dhs -o dhs.pub
must "$GARITA" authority certify --as usa --subject dhs.pub --name DHS --country USA \
    --programmes sentri --types credential,authority,head --now "$NOW" -o dhs.auth
must "$GARITA" trust add dhs.auth
run head --as dhs --now "$NOW" --json
expect_json 'o.next_due === "2027-08-30T12:00:00Z"'
for valid in 7200s 120m 2h; do
    head_of --now 2027-06-01T14:00:00Z --valid-for $valid --json
    expect_json 'o.next_due === "2027-06-01T16:00:00Z"'
    expect_err_lacks "warning"
done
head_of --now 2027-06-01T15:00:00Z --valid-for 30d
expect_status 0
expect_err_has "count for 7 days at most"

# --- a week on the card is stale; a head makes it current ---
run scan --now 2027-06-09T12:00:00Z --json card.txt
expect_json 'o.reason === "status-stale"'
head_of --now 2027-06-09T12:00:00Z
expect_status 0
run scan --now 2027-06-09T12:00:00Z --json card.txt
expect_status 0

# --- many in one second do not run ahead of the clock ---
head_of --now 2027-06-09T12:00:00Z --json
size=$(node -pe 'JSON.parse(require("fs").readFileSync(0)).size' <"$seen/out")
for _ in 1 2 3; do
    must "$GARITA" issue --as cbp --now 2027-06-09T12:00:00Z claims.json -o - >/dev/null
done
head_of --now 2027-06-09T12:00:00Z --json
expect_json "o.signed_at === '2027-06-09T12:00:00Z' && o.size === $size + 4 && o.issued === 4"

# --- a batch signs one head a second at most, and one at its end ---
row=$(tr -d '\n' <claims.json | cut -c2-)
i=0
while [ $i -lt 350 ]; do
    echo "{\"ref\":\"r$i\",$row"
    i=$((i + 1))
done >rows
must "$GARITA" issue --as cbp --now 2027-06-09T12:00:01Z --batch rows --out-dir cards --format txt
head_of --now 2027-06-09T12:00:02Z --json
expect_json "o.issued === 354 && o.size === $size + 5"
# The same again has nothing to attest.
must "$GARITA" issue --as cbp --now 2027-06-09T12:00:03Z --batch rows --out-dir cards --format txt
run status --now 2027-06-09T12:00:03Z --json
expect_json 'all.some((o) => o.name === "CBP" && o.signed_at === "2027-06-09T12:00:02Z")'

# --- a clock that ran ahead: what is signed later bears no earlier moment, and is no contradiction ---
head_of --now 2027-06-09T13:00:00Z
expect_err_lacks "warning"
head_of --now 2027-06-09T12:56:00Z --json
expect_err_lacks "warning"
expect_json 'o.signed_at === "2027-06-09T13:00:00Z"'
head_of --now 2027-06-09T12:00:00Z --json
expect_status 0
expect_err_has "has not come yet"
expect_json 'o.signed_at === "2027-06-09T13:00:00Z"'
must "$GARITA" revoke --as cbp --now 2027-06-09T12:00:00Z 1
run scan --now 2027-06-09T12:00:00Z --json card.txt
expect_status 1
expect_json 'o.reason === "revoked"'
run audit --json
expect_status 0

# --- who is no longer in force signs no head ---
head_of --now 2090-01-01T00:00:00Z
expect_status 77
expect_err_has "CBP was in force until"

# --- a head key of its own, in a home that issues nothing ---
inm=$("$GARITA" trust list --json 2>/dev/null | sed -n 's/.*"id":"\([0-9a-f]*\)".*"name":"INM".*/\1/p')
signers=$GARITA_HOME
online=$work/home.online
must "$GARITA" --home "$online" init --country MEX
must "$GARITA" --home "$online" key new duty --no-passphrase
must "$GARITA" --home "$online" key export duty -o duty.pub
must "$GARITA" authority certify --as mex --subject duty.pub --rotates "$inm" --types head \
    --now "$NOW" -o duty.auth
must "$GARITA" trust add duty.auth
must "$GARITA" revoke --as inm --now "$NOW" 5 --unregistered
must "$GARITA" sync export --now "$NOW" -o all.gtb
must "$GARITA" --home "$online" trust add mex.auth --anchor
must "$GARITA" --home "$online" trust add inm.auth duty.auth
must "$GARITA" --home "$online" sync import --now "$NOW" all.gtb
run --home "$online" head --as duty --now 2027-06-02T12:00:00Z --json
expect_status 0
expect_json 'o.size === 1 && o.signed_at === "2027-06-02T12:00:00Z"'
must "$GARITA" --home "$online" sync export --now 2027-06-02T12:00:00Z -o duty.gtb
must "$GARITA" sync import --now 2027-06-02T12:00:00Z duty.gtb
run status --now 2027-06-02T12:00:00Z --json
expect_json 'all.some((o) => o.name === "INM" && o.signed_at === "2027-06-02T12:00:00Z" && o.revoked === 1)'
