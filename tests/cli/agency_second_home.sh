#!/bin/sh
# A further key of an authority, in another home, which has what the first one published: it assigns no
# serial twice.
. "$(dirname "$0")/lib.sh"

make_stations
id=$("$GARITA" inspect cbp.auth --json | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p')
GARITA_HOME=$work/home.new
at $NOW init --country USA
at $NOW key new cbp-new --no-passphrase
at $NOW key export cbp-new -o new.pub
GARITA_HOME=$agency
at $NOW authority certify --as dhs --subject new.pub --rotates "$id" --name CBP --country USA \
    --programmes sentri -o further.auth
at $NOW trust add further.auth
at $NOW sync export -o world.gtb
GARITA_HOME=$work/home.new
at $NOW trust add usa.auth --anchor
at $NOW sync import world.gtb

sed 's/GARC.A/OTHER/' claims.json >other.json
run issue --as cbp-new --now $NOW --json other.json -o new.txt
expect_status 0
expect_json 'o.serial === 1 + 65536 + 1' # the head says 1
run issue --as cbp-new --now $NOW --json claims.json -o new2.txt
expect_json 'o.serial === 1 + 65536 + 2'
run issue --as cbp-new --now $NOW --json --batch claims.json --out-dir cards --format txt
run status --now $NOW --json
expect_json 'all.some((o) => o.name === "CBP" && o.issued >= 65539)'

# --- and the first home, once it has heard of that ---
at $NOW sync export -o back.gtb
GARITA_HOME=$agency
at $NOW sync import back.gtb
run issue --as cbp --now $NOW --json other.json -o old.txt
expect_status 0
expect_json 'o.serial > 65539 + 65536'

# --- who certifies the same first key, with a key of his own, neither uses up serials nor is followed --
must "$GARITA" authority certify --as usa --subject cbp.pub --name CBP --country USA \
    --programmes sentri --now $NOW -o twice.auth
GARITA_HOME=$work/home.evil
at $NOW init --country USA
at $NOW key new evil --no-passphrase
at $NOW key export evil -o evil.pub
GARITA_HOME=$agency
must "$GARITA" trust add twice.auth
must "$GARITA" issue --as cbp --now $NOW claims.json -o two-logs.txt # who certifies it is no matter
must "$GARITA" authority certify --as usa --subject evil.pub --rotates "$id" --name CBP \
    --country USA --programmes sentri --now $NOW -o evil.auth
must "$GARITA" sync export --now $NOW -o world2.gtb
GARITA_HOME=$work/home.evil
at $NOW trust add usa.auth --anchor
at $NOW trust add twice.auth evil.auth
at $NOW sync import world2.gtb
LATER=2027-06-02T12:00:00Z
run issue --as evil --now $LATER claims.json -o evil.txt
expect_status 0
at $LATER sync export -o evil.gtb
GARITA_HOME=$agency
at $LATER trust add evil.auth
at $LATER sync import evil.gtb
run issue --as cbp --now $LATER other.json -o after.txt
expect_status 77
expect_err_has "others who certified it did not"
expect_no_new_files
GARITA_HOME=$work/home.evil
at $LATER revoke --as evil 1-100 --unregistered
at $LATER sync export -o evil2.gtb
GARITA_HOME=$agency
at $LATER sync import evil2.gtb
run revoke --as cbp --now $LATER 1
expect_status 77
expect_err_has "have gone different ways"
