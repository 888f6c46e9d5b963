#!/bin/sh
# key: made under a passphrase, never overwritten, listed and exported without one.
. "$(dirname "$0")/lib.sh"

must "$GARITA" init
printf 'correct horse\n' >pass
printf 'correct horse' >pass-bare
printf 'correct horse\r\nsecond line\n' >pass-windows
printf 'wrong horse\n' >wrong
: >empty

# --- new ---
run key new cbp --passphrase-file pass
expect_status 0
expect_out_has "cbp  "
key=$GARITA_HOME/keys/cbp.key
[ "$(stat -c %a "$key")" = 600 ] || fail "the key is open to others"
[ "$(stat -c %a "$GARITA_HOME/keys")" = 700 ] || fail "the keys are open to others"
[ "$(stat -c %s "$key")" = 145 ] || fail "the key file has another length"

before=$(cksum <"$key")
run key new cbp --passphrase-file pass
expect_status 73
run key new cbp --no-passphrase --json
expect_status 73
expect_json 'o.error === "exists"'
[ "$(cksum <"$key")" = "$before" ] || fail "the key was overwritten"

run key new open --no-passphrase --json
expect_status 0
expect_json 'o.key === "open" && o.passphrase === false && /^[0-9a-f]{64}$/.test(o.public_key) &&
    o.fingerprint.replace(/ /g, "").startsWith(o.id)'

for name in ../evil .hidden -x "a b" "" key/x; do
    run key new --no-passphrase -- "$name"
    expect_status 64
done
[ "$(find "$GARITA_HOME" -name '*.key' | wc -l)" = 2 ] || fail "a key with a bad name was made"
run key new both --no-passphrase --passphrase-file pass
expect_status 64

# --- passphrases ---
run key new k --passphrase-file empty
expect_status 65
expect_err_has "the passphrase is empty"
run key new k --passphrase-file missing
expect_status 66
run key new k --passphrase-file "$GARITA_HOME"
expect_status 74
head -c 2000 /dev/zero | tr '\0' x >endless
run key new k --passphrase-file endless
expect_status 65
# Nobody to ask: a session without a terminal.
ran="garita key new k, without a terminal"
setsid "$GARITA" key new k </dev/null >"$seen/out" 2>"$seen/err"
status=$?
expect_status 77
expect_err_has "--passphrase-file"
[ ! -e "$GARITA_HOME/keys/k.key" ] || fail "a key was made"

anchor() {
    run authority anchor cbp --name CBP --country USA --passphrase-file "$1" -o "$2"
}
anchor wrong wrong.auth
expect_status 77
expect_err_has "the passphrase is wrong"
expect_no_new_files
anchor pass 1.auth
expect_status 0
anchor pass-bare 2.auth
expect_status 0
anchor pass-windows 3.auth
expect_status 0
anchor - 4.auth <pass
expect_status 0
# The first stood in the register; asking again needs no key, and any passphrase will do.
run key new second --passphrase-file pass-windows
run authority certify --as cbp --subject nobody --name X --country USA --programmes sentri
expect_status 66
must "$GARITA" key export second -o second.pub
for pass in pass pass-bare pass-windows; do
    run authority certify --as cbp --subject second.pub --name X --country USA \
        --programmes sentri --passphrase-file $pass -o $pass.auth
    expect_status 0
done
run authority certify --as cbp --subject second.pub --name X --country USA --programmes sentri \
    --passphrase-file wrong -o x.auth
expect_status 77
expect_no_new_files

# --- list ---
run key list
expect_status 0
expect_out_lines 3
expect_out_has "(no passphrase)"
run key list --json
expect_json 'all.map((k) => k.key).join() === "cbp,open,second" && all[0].passphrase === true'
echo nonsense >"$GARITA_HOME/keys/broken.key"
run key list
expect_status 65
expect_err_has "broken.key: not a key file"
expect_out_has "second"
rm "$GARITA_HOME/keys/broken.key"

# --- export ---
run key export cbp -o cbp.pub
expect_status 0
sed -n 1p cbp.pub | grep -Eqx 'garita-ed25519 [0-9a-f]{64} cbp' || fail "no key that signs: $(cat cbp.pub)"
sed -n 2p cbp.pub | grep -Eqx 'garita-x25519 [0-9a-f]{64} cbp' || fail "no key for the network: $(cat cbp.pub)"
[ "$(wc -l <cbp.pub)" = 2 ] || fail "not two lines: $(cat cbp.pub)"
run key export cbp
expect_out "$(cat cbp.pub)"
run key export cbp -o cbp.pub
expect_status 73
run key export cbp --json
expect_json 'o.key === "cbp" && o.file === null && /^[0-9a-f]{64}$/.test(o.noise_key)'
run key export nobody
expect_status 66
expect_err_has "garita key list"
run key export cbp -o no/such/dir.pub
expect_status 66

# --- the public half beside the secret one ---
public=$GARITA_HOME/keys/cbp.pub
[ "$(stat -c %a "$public")" = 644 ] || fail "the public half has mode $(stat -c %a "$public")"
# A home of an earlier version has none: the passphrase is asked for, where there is one.
mv "$public" kept.pub
ran="garita key export cbp, without a terminal"
setsid "$GARITA" key export cbp </dev/null >"$seen/out" 2>"$seen/err"
status=$?
expect_status 77
expect_out_empty
run key export cbp --passphrase-file wrong
expect_status 77
run key export cbp --passphrase-file pass
expect_out "$(cat cbp.pub)"
"$GARITA" key export open >open.pub
rm "$GARITA_HOME/keys/open.pub"
run key export open
expect_out "$(cat open.pub)"
# Another's is not handed out, nor one without the key for the network.
cp open.pub "$public"
run key export cbp
expect_status 65
expect_err_has "not the public half of the key \"cbp\""
expect_err_has "move this file away"
sed -n 1p cbp.pub >"$public"
run key export cbp
expect_status 65
echo nonsense >"$public"
run key export cbp
expect_status 65
expect_err_has "not a public key"
# Nor is it overwritten, and no secret half is made beside it.
cp cbp.pub "$GARITA_HOME/keys/third.pub"
run key new third --no-passphrase
expect_status 73
[ ! -e "$GARITA_HOME/keys/third.key" ] || fail "half a pair was made"
rm "$GARITA_HOME/keys/third.pub"
mv kept.pub "$public"

# --- a key that somebody altered ---
cp "$key" kept
printf 'X' | dd of="$key" bs=1 seek=100 conv=notrunc 2>/dev/null
run authority certify --as cbp --subject second.pub --name X --country USA --programmes sentri \
    --passphrase-file pass -o x.auth
expect_status 77
printf 'X' | dd of="$key" bs=1 seek=0 conv=notrunc 2>/dev/null
run key export cbp
expect_status 65
expect_err_has "not a key file"
cp kept "$key"
run key export cbp
expect_out "$(cat cbp.pub)"
