#!/bin/sh
# sync import: what a revoked key signs does not count, whatever it comes with; what it revoked before
# stays revoked.
. "$(dirname "$0")/sync_homes.sh"

make_homes
go agency
# office: below cbp's anchor, with its own key in the same home
for name in office office2; do
    must "$GARITA" key new $name --no-passphrase
    must "$GARITA" key export $name -o $name.pub
done
must "$GARITA" authority certify --as usa --subject office.pub --name Office --country USA \
    --programmes sentri -o office.auth --now "$(o_clock 10)"
must "$GARITA" trust add office.auth
serial=$("$GARITA" trust list --json |
    node -e 'const a = require("fs").readFileSync(0, "utf8").trim().split("\n").map((l) =>
        JSON.parse(l)); console.log(a.find((x) => x.name === "Office").serial)')
must "$GARITA" issue --as office claims.json -o office1.txt --now "$(o_clock 11)"
must "$GARITA" issue --as office claims.json -o office2.txt --now "$(o_clock 12)"
must "$GARITA" revoke --as office 1 --now "$(o_clock 13)"
bundle agency before.gtb
import lane before.gtb
expect_status 0
scan lane office2.txt 14
expect_status 0

# The thief goes on in a copy, the anchor withdraws the key.
copy_home agency thief
go agency
must "$GARITA" revoke --as usa "$serial" --reason key-compromise --now "$(o_clock 14)"
bundle agency withdrawn.gtb
go thief
must "$GARITA" revoke --as office 2 --now "$(o_clock 15)"
bundle thief stolen.gtb

office='all.find((a) => a.name === "Office")'
import lane withdrawn.gtb --json
expect_status 0
expect_json "all.find((a) => a.name === 'USA anchor').revoked === 1"
scan lane office2.txt 16
expect_status 1
expect_json 'o.reason === "issuer-revoked"'

# Nothing more of it, be it ever so new; and it is told.
import lane stolen.gtb --json
expect_status 65
expect_json "all.some((a) => a.error === 'issuer-revoked' && a.message.includes('Office')) &&
    $office.size === 1 && o.refused === 1"
# Nor is any of it passed on.
bundle lane relayed.gtb
pinned_home later
import later relayed.gtb --json
expect_status 0
expect_json "!all.some((a) => a.name === 'Office') && o.refused === 0"

# In one bundle the withdrawal counts first, wherever it stands.
node -e '
    const fs = require("fs"), body = (f) => fs.readFileSync(f).subarray(9, -2);
    fs.writeFileSync("both.gtb", Buffer.concat([fs.readFileSync("stolen.gtb").subarray(0, 9),
        body("stolen.gtb"), body("withdrawn.gtb"), Buffer.from([0, 0])]));
' || fail "node"
pinned_home once
import once both.gtb --json
expect_status 65
expect_json "all.some((a) => a.error === 'issuer-revoked')"
scan once office2.txt 16
expect_status 1

# Two histories by a withdrawn key prove nothing about who has the authority now.
pinned_home shown
import shown before.gtb
go shown
run audit stolen.gtb withdrawn.gtb
expect_status 0

# What is known or older stays that, and is no refusal.
import lane before.gtb --json
expect_status 0
expect_json "$office.outcome === 'known' && o.changed === 0 && o.refused === 0"

# --- an anchor that withdraws itself: nobody else can say so ---
go agency
run trust list --json
serial=$(node -e 'console.log(require("fs").readFileSync(0, "utf8").trim().split("\n")
    .map((l) => JSON.parse(l)).find((x) => x.name === "Ancla de México").serial)' <"$seen/out")
must "$GARITA" revoke --as mex "$serial" --reason key-compromise --now "$(o_clock 17)"
bundle agency last.gtb
anchor='all.find((a) => a.name === "Ancla de México")'
import lane last.gtb --json
expect_status 0
expect_json "$anchor.outcome === 'extended' && $anchor.revoked === 1"
import lane last.gtb --json
expect_status 0
expect_json "$anchor.outcome === 'known' && o.refused === 0"
pinned_home further
bundle lane onwards.gtb
import further onwards.gtb --json
expect_status 0
expect_json "$anchor.revoked === 1"
