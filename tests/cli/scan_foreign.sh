#!/bin/sh
# A QR code that is not ours is no verdict, and is called what it looks like. One of ours that a
# keyboard spoiled is malformed, with the way to set it right.
. "$(dirname "$0")/lib.sh"
make_world
must "$GARITA" issue --as cbp claims.json -o card.txt

looks_like() { # TEXT WORDS
    printf '%s\n' "$1" >line.txt
    run scan - --json <line.txt
    expect_status 65
    expect_out_lines 1
    expect_json 'o.error === "foreign-qr" && o.line === 1'
    expect_out_has "$2"
}
looks_like 'HC1:NCFOXN%TS3DH3ZSUZK' "EU Digital COVID Certificate (HC1:)"
looks_like 'shc:/5676290952432060346029243740446031222959532654603460292540772804336028702864' \
    "SMART Health Card (shc:/)"
looks_like 'HTTPS://EXAMPLE.ORG/A' "URL"
looks_like 'WIFI:T:WPA;S:lane;P:secret;;' "wireless network"
looks_like 'BEGIN:VCARD' "contact"
looks_like 'M1DESMARAIS/LUC       EABC123 YULFRAAC 0834 326J001A0025 100' "boarding pass"
looks_like 'hello' "some other text"
looks_like '7501055300075' "number"

# What a foreign code says does not reach the terminal.
printf 'x\033[2J\302\233y\n' >line.txt
run scan - <line.txt
expect_status 65
! grep -q "$(printf '\033')" "$seen/err" || fail "an escape sequence went through"

# Caps lock turned, or another layout.
altered() {
    run scan - --json --lane any <line.txt
    expect_status 1
    expect_json 'o.verdict === "reject" && o.reason === "malformed" && o.checks[0].error === "text-altered"'
    expect_json 'o.hint.includes("caps lock") && o.hint.includes("layout")'
    run scan - --lane any <line.txt
    expect_out_has "caps lock"
}
tr A-Z a-z <card.txt >line.txt
altered
sed 's/^GT1:/GT1;/' card.txt >line.txt
altered
tr '+' '?' <card.txt | sed 's/^GT1:/gt1Ñ/' >line.txt
altered
