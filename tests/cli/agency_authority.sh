#!/bin/sh
# authority: an anchor is made once; what it certifies never exceeds it, and takes one serial each.
. "$(dirname "$0")/lib.sh"

must "$GARITA" init
for name in usa cbp cbp2 office office2 usa2; do
    must "$GARITA" key new "$name" --no-passphrase
    must "$GARITA" key export "$name" -o "$name.pub"
done
fingerprint=$("$GARITA" key list --json | sed -n 's/.*"key":"usa",.*"fingerprint":"\([^"]*\)".*/\1/p')

# --- anchor ---
run authority anchor usa --name DHS
expect_status 64
run authority anchor usa --name DHS --country XXQ
expect_status 64
run authority anchor nobody --name DHS --country USA
expect_status 66
run authority anchor usa --name "$(printf 'DHS\033[2J')" --country USA
expect_status 64
expect_err_has "name: text with a control"
run authority anchor usa --name "" --country USA
expect_status 64
run authority anchor usa --name DHS --country USA -o no/such/anchor
expect_status 66
run authority anchor usa --name DHS --country USA -o usa.auth --now 2026-02-01T00:00:00Z
expect_status 0
expect_out 1
expect_err_has "fingerprint $fingerprint"
# The same again is the same; another name or country is not.
run authority anchor usa --name DHS --country USA --now 2027-01-01T00:00:00Z
expect_status 0
[ "$(sed -n 1p "$seen/out")" = 1 ] || fail "another serial"
run authority anchor usa --name DHS --country USA -o usa.auth
expect_status 73
run authority anchor usa --name DHS --country USA -o usa-again.auth
cmp usa.auth usa-again.auth || fail "another statement"
run authority anchor usa --name "D H S" --country USA -o other.auth
expect_status 73
expect_no_new_files
run authority anchor usa --name DHS --country CAN
expect_status 73
run authority anchor usa --name DHS --country USA --json
expect_json 'o.serial === 1 && o.expires === "2046-02-01" && o.key_number === 1 &&
    o.issuer === o.subject && o.text.startsWith("GT1:") && o.file === null'
run authority anchor usa --name DHS --country USA --json -o -
expect_status 64
run authority anchor usa --name DHS --country USA -o usa.txt
grep -q '^GT1:' usa.txt || fail "not a text"
run authority anchor usa --name DHS --country USA -o -
cmp usa.txt "$seen/out" || fail "-o - is another text"

# --- certify ---
certify() {
    run authority certify --as usa --subject cbp.pub --name CBP --country USA "$@"
}
certify --programmes sentri,fats
expect_status 64
expect_err_has "did you mean fast?"
certify --programmes sentri --types credential,haed
expect_status 64
expect_err_has "did you mean head?"
certify --programmes sentri --until 2031-02-30
expect_status 64
certify --programmes sentri --from 2031-01-01 --until 2030-01-01
expect_status 64
certify --programmes sentri --until 2020-01-01
expect_status 64
certify --programmes sentri --depth 9
expect_status 64
certify
expect_status 64
run authority certify --as usa --subject claims.json --name X --country USA --programmes sentri
expect_status 66
run authority certify --as usa --subject usa.auth --name X --country USA --programmes sentri
expect_status 65
run authority certify --as usa --subject usa.pub --name X --country USA --programmes sentri
expect_status 64
run authority certify --as cbp --subject usa.pub --name X --country USA --programmes sentri
expect_status 77
expect_err_has "no authority that this home knows has this key"

# More than the signer has.
certify --programmes oea -o x
expect_status 77
expect_err_has "DHS may not give: oea"
certify --programmes sentri --countries USA,MEX -o x
expect_status 77
expect_err_has "its countries: USA"
run authority certify --as usa --subject cbp.pub --name CBP --country MEX --programmes sentri -o x
expect_status 77
certify --programmes sentri --until 2050-01-01 -o x
expect_status 77
expect_err_has "it would outlast DHS, which is in force until 2046-02-01"
certify --programmes sentri --types authority,credential --depth 4 -o x
expect_status 77
expect_err_has "at most 3 levels"
certify --programmes sentri --types authority,credential --depth 0 -o x
expect_status 77
certify --programmes sentri --now 2047-01-01T00:00:00Z -o x
expect_status 77
expect_err_has "DHS was in force until 2046-02-01"
expect_no_new_files

# None of this used a serial.
certify --programmes sentri,fast --types authority,credential -o cbp.auth
expect_status 0
expect_out 2
expect_err_has "no longer than DHS itself is in force"
run inspect cbp.auth --json
expect_json 'o.serial === 2'
certify --programmes sentri --json --now 2026-03-01T00:00:00Z
expect_json 'o.serial === 3 && o.expires === "2046-02-01"'
certify --programmes sentri --from 2026-01-01 --until 2027-12-31 --json
expect_json 'o.serial === 4 && o.expires === "2027-12-31"'

# --- a level below, as this home knows it from its own register ---
below() {
    run authority certify --as cbp --subject office.pub --name Office --country USA "$@"
}
below --programmes nexus -o x
expect_status 77
below --programmes sentri --types head -o x
expect_status 77
expect_err_has "CBP may not let others sign: head"
below --programmes sentri --types authority,credential --depth 3 -o x
expect_status 77
below --programmes sentri --types authority,credential -o office.auth
expect_status 0
expect_out 1
run authority certify --as office --subject usa2.pub --name Deep --country USA \
    --programmes sentri --types authority,credential -o deep.auth
expect_status 0
run authority certify --as usa2 --subject office2.pub --name Deeper --country USA \
    --programmes sentri --types credential -o deeper.auth
expect_status 0
run authority certify --as office2 --subject cbp2.pub --name Deepest --country USA \
    --programmes sentri --types credential -o x
expect_status 77

# --- rotation ---
id() {
    "$GARITA" key list --json | sed -n "s/.*\"key\":\"$1\",.*\"id\":\"\([0-9a-f]*\)\".*/\1/p"
}
run authority certify --as usa --subject cbp2.pub --rotates "$(id cbp)" --json -o cbp2.auth \
    --types authority,credential
expect_status 0
expect_json "o.key_number === 2 && o.subject === '$(id cbp)'"
run inspect cbp2.auth --json
expect_json 'JSON.stringify(o).includes("\"CBP\"") && JSON.stringify(o).includes("\"depth\":3")'
run authority certify --as usa --subject cbp2.pub --name CBP --country USA --programmes sentri -o x
expect_status 77
expect_err_has "give --rotates and the id"
run authority certify --as usa --subject cbp2.pub --rotates "$(id cbp)" --json
expect_json 'o.key_number === 2'
run authority certify --as cbp --subject usa2.pub --rotates "$(id cbp)" -o x
expect_status 77
expect_err_has "comes from whoever certified its first"
run authority certify --as usa --subject usa2.pub --rotates 0123456789abcdef -o x
expect_status 66
run authority certify --as usa --subject usa2.pub --rotates cbp -o x
expect_status 64
# The new key signs as the authority, in the same space of serials.
below_with_two() {
    run authority certify --as cbp2 --subject office.pub --name Office --country USA \
        --programmes sentri --types credential --json
}
below_with_two
expect_status 0
expect_json "o.serial === 2 && o.issuer === '$(id cbp)'"

# An anchor's further key has the anchor's scope.
must "$GARITA" key new usa3 --no-passphrase
must "$GARITA" key export usa3 -o usa3.pub
run authority certify --as usa --subject usa3.pub --rotates "$(id usa)" --programmes sentri -o x
expect_status 64
expect_err_has "a further key of an anchor has the anchor's scope"
run authority certify --as usa --subject usa3.pub --rotates "$(id usa)" -o usa3.auth
expect_status 0
run authority anchor usa3 --name Other --country USA -o x
expect_status 77
run authority certify --as usa3 --subject cbp.pub --name CBP --country USA --programmes sentri \
    -o by-usa3.auth
expect_status 0

# All of it holds for whoever pins the anchor.
fresh_home
must "$GARITA" init
must "$GARITA" trust add usa.auth --anchor
run trust add deeper.auth deep.auth by-usa3.auth office.auth cbp2.auth usa3.auth cbp.auth
expect_status 0
run trust list --json
expect_json 'all.filter((a) => a.level === 4).length >= 1 && all.every((a) => !a.shares_id)'
