#!/bin/sh
# What agencies are handed, and what they mistype: refused with what to do, and never shown raw.
. "$(dirname "$0")/lib.sh"

make_world
claims() {
    sed "$1" claims.json >bad.json
    run issue --as cbp bad.json --json --now "$NOW"
}

# --- a file of nothing but beginnings ---
yes GT1: | head -n 400000 >beginnings
run trust add beginnings
expect_status 65
expect_err_has "beginnings:1: "
must "$GARITA" authority anchor usa --name "USA anchor" --country USA -o one.txt
cat one.txt >many
i=0
while [ $i -lt 14 ]; do
    cat many many >more && mv more many
    i=$((i + 1))
done
run trust add many --anchor
expect_status 65
expect_err_has "more than 8192 statements at once"
{ cat one.txt; echo GT1:; } >second
run trust add second --anchor
expect_status 65
expect_err_has "second:2: "

# --- texts ---
claims 's/G12345678/g-1/'
expect_status 65
expect_json 'o.error === "range" && o.message.includes("character 1 ") && o.hint.includes("A to Z")'
claims 's/MARÍA/MARÍA\\u202e/'
expect_status 65
expect_json 'o.error === "unsafe-text" && o.message.includes("holder.name: character 6 is U+202E")'
claims 's/"programme"/"ref":"a\\u0007b","programme"/'
expect_status 65
expect_json 'o.error === "unsafe-text" && o.message.includes("ref: character 2 is U+0007")'
# What is not refused is not shown raw either: here a mark that joins nothing, and a file name.
name=$(printf 'out\302\233\342\200\256.bin')
sed 's/"programme"/"ref":"a\\u200bb","programme"/' claims.json >joined.json
run issue --as cbp joined.json --json --now "$NOW" -o "$name"
expect_status 0
expect_out_has 'a\u200bb'
expect_out_has 'out\u009b\u202e.bin'
expect_json 'o.ref === "a\u200bb" && o.file === "out\u009b\u202e.bin"'
run trust list --json
expect_out_has '"name":"Ancla de México"'

# --- dates ---
claims 's/1988-04-02/2026-01-02/'
expect_status 65
expect_json 'o.error === "date-order" && o.message === "holder.birth_date: after not_before"'
claims 's/1988-04-02/2027/'
expect_status 65
claims 's/1988-04-02/2026-01/'
expect_status 0
run issue --as cbp claims.json -o late.txt --now 2032-01-01T00:00:00Z
expect_status 0
expect_err_has "warning: claims.json: it expired on 2031-01-01 already"
run issue --as cbp claims.json -o early.txt --now "$NOW"
expect_err_lacks "expired"

# --- what inspect prints, whole ---
run inspect late.txt --json
cp "$seen/out" whole.json
run issue --as cbp whole.json --json --now "$NOW"
expect_status 65
expect_json 'o.error === "unknown-field" && o.hint === "give only its \"claims\""'
run inspect usa.auth
expect_out_has '"garita trust add"'
expect_out_lacks '"garita scan"'
run inspect late.txt
expect_out_has '"garita scan"'

# --- a home without a name ---
run --home "" trust list
expect_status 64
run issue --help
expect_out_has "ten digits"

# --- a symbolic link in the way of a batch ---
i=0
while [ $i -lt 3 ]; do
    printf '{"ref":"r%d",%s\n' $i "$(tr -d '\n' <claims.json | cut -c2- |
        sed 's/"sentri"/"viajero-confiable"/')"
    i=$((i + 1))
done >rows.ndjson
mkdir cards
ln -s nowhere cards/0000000002.txt
run issue --as inm --batch rows.ndjson --out-dir cards --format txt --now "$NOW"
expect_status 73
expect_err_has "cards/0000000002.txt exists with other contents"
expect_err_has "1 files not written"
[ -f cards/0000000001.txt ] && [ -f cards/0000000003.txt ] || fail "the other rows were not written"
[ ! -e nowhere ] || fail "a symbolic link was followed"

# --- what a signer cannot give is left out of what is given by default, and refused if asked for ---
usa=$("$GARITA" trust list --json | sed -n 's/.*"id":"\([0-9a-f]*\)".*"name":"USA anchor".*/\1/p')
must "$GARITA" trust remove "$usa"
must "$GARITA" trust add usa.auth --anchor --types authority,credential
run authority certify --as usa --subject cbp.pub --name CBP --country USA --programmes sentri \
    --types credential,head -o asked.authority
expect_status 77
expect_err_has "USA anchor may not let others sign: head"
expect_err_has "hint: --types credential"
run authority certify --as usa --subject cbp.pub --name CBP --country USA --programmes sentri \
    -o default.authority --json
expect_status 0
run inspect default.authority --json
expect_json 'o.authority.types.join() === "credential"'
must "$GARITA" trust remove "$usa"
must "$GARITA" trust add usa.auth --anchor --types authority
run authority certify --as usa --subject cbp.pub --name CBP --country USA --programmes sentri
expect_status 77

# --- after an anchor, what comes next ---
fresh_home
must "$GARITA" init
must "$GARITA" key new can --no-passphrase
run authority anchor can --name "Canada" --country CAN -o can.authority
expect_status 0
expect_err_has "garita trust add --anchor can.authority"
