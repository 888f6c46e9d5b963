#!/bin/sh
# Two policies: what changes in words, and for whom.
. "$(dirname "$0")/lib.sh"

policies=$FIXTURES/policies
NOW=2026-11-21T15:00:00Z

run policy diff "$policies/ordinary-us.json" "$policies/ordinary-us.json"
expect_status 0
expect_out_has "they say the same"
expect_out_has "$(grep -c '"expect"' "$policies/ordinary-us.json") examples, of which 0 get another verdict"

run policy diff "$policies/ordinary-us.json" "$policies/pandemic-us.json"
expect_status 0
expect_out_has "- title: An ordinary day"
expect_out_has "+ title: Pandemic: essential travel only"
expect_out_has "+ rule essential-travel (traveler; else reject): Only essential travel"
expect_out_has "(Vaccination, at most 270d old or Test, at most 3d old or Recovery, at most 180d old)"
expect_out_has "- a lane less"
expect_out_has "a SENTRI card on foot [pedestrian]: accept (ok) -> refer (attestation-missing)"
expect_out_has "the same a year on [pedestrian]: accept (ok) -> reject (attestation-expired)"
expect_out_has "a seasonal worker with a certification [workers]: accept (ok) -> no such lane"
expect_out_lacks "a negative test [pedestrian]"
run --lang es policy diff "$policies/ordinary-us.json" "$policies/pandemic-us.json"
expect_status 0
expect_out_has "una tarjeta SENTRI a pie [pedestrian]"
expect_out_has "Solo viajes esenciales"

run policy diff "$policies/ordinary-us.json" "$policies/closed-but-fast-us.json"
expect_status 0
expect_out_has "+ closed: no programme passes"
expect_out_has "- party: occupant: 1 to 15 travelers (SENTRI, Global Entry, NEXUS)"
expect_out_has "- suspended: refer"
expect_out_has "+ suspended: reject"
expect_out_has "the company was suspended [fast]: refer (suspended) -> reject (suspended)"

run policy diff "$policies/ordinary-us.json" "$policies/sanctions-us.json" --json
expect_status 0
expect_json "all[0].change === 'title' &&
    all.filter(one => one.change === 'denied' && one.new === 'IMMEX-1234-2006').length === 4 &&
    all.some(one => one.change === 'verdict' && one.example.en === 'a SENTRI card on foot' &&
        one.old.reason === 'ok' && one.new.reason === 'employer-denied' &&
        one.new.findings[0].denied === 'IMMEX-1234-2006')"

# A rule that has another text, or another expression, and lesser things.
sed -e 's/18 passes with/17 passes with/; s/birth_date"}, 18, "year"/birth_date"}, 17, "year"/' \
    -e 's/"reject_after": {"issuer": "14d"}/"reject_after": {"issuer": "30d"}/' \
    -e 's/"at_most": 15/"at_most": 9/' "$policies/ordinary-us.json" >other.json
run policy diff "$policies/ordinary-us.json" other.json
expect_status 0
expect_out_has "- rule adult (traveler; else refer): A traveler under 18"
expect_out_has "+ rule adult (traveler; else refer): A traveler under 17"
expect_out_has '{"plusTime":[{"var":"credential.holder.birth_date"},17,"year"]}'
expect_out_has "rejected beyond: issuer 30d"
expect_out_has "+ party: occupant: 1 to 9 travelers"
run policy diff "$policies/ordinary-us.json" other.json --json
expect_status 0
expect_json "all.some(one => one.change === 'rule' && one.lane === 'pedestrian' && one.old.id === 'adult' &&
    one.new.expression['not-after'][0].plusTime[1] === 17)"

# Signed statements, which have no examples: those of the other side count.
at $NOW init --country USA
at $NOW key new usa --no-passphrase
at $NOW authority anchor usa --name "USA anchor" --country USA -o usa.auth
at $NOW trust add usa.auth --anchor
for name in ordinary-us pandemic-us; do
    at $NOW policy sign --as usa "$policies/$name.json" -o "$name.policy"
done
run policy diff ordinary-us.policy "$policies/ordinary-us.json"
expect_status 0
expect_out_has "they say the same"
run policy diff ordinary-us.policy pandemic-us.policy
expect_status 0
expect_out_has "+ rule full-course"
expect_err_has "neither has examples"
run policy diff ordinary-us.policy "$policies/pandemic-us.json"
expect_status 0
expect_out_has "the card alone [pedestrian]: accept (ok) -> refer (attestation-missing)"

# What cannot be read.
echo '{"country": "USA"}' >bad.json
run policy diff bad.json "$policies/ordinary-us.json"
expect_status 65
expect_err_has 'bad.json:1: "lanes" is missing'
run policy diff "$policies/ordinary-us.json" missing.json
expect_status 66
head -c 400 ordinary-us.policy >half.policy
run policy diff half.policy "$policies/ordinary-us.json" --json
expect_status 65
expect_json "o.error === 'envelope' && o.source === 'half.policy'"
run policy diff usa.auth usa.auth
expect_status 65
run policy diff ordinary-us.policy
expect_status 64
