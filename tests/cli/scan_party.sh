#!/bin/sh
# Several credentials judged as one: in any order, in files and on a stream, with who is missing and
# each member's reason.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/scan_world.sh"
make_authorities
agency=$GARITA_HOME
code fast fast-carrier ctpat oea attestations/trusted-trader sentri sentri-tourist sentri-vehicle \
    attestations/vaccination attestations/test-of-another attestations/essential-worker
sign ordinary-us pandemic-us closed-but-fast-us
pack $DAY day.gtb
make_station
serial=$("$GARITA" inspect --json ctpat.txt | sed -n 's/.*"serial":\([0-9]*\).*/\1/p')
at $DAY suspend --as cbp "$serial"
pack $DAY suspended.gtb

party() { # LANE CODE...: three in one
    lane=$1
    shift
    run scan --now $DAY --json --party 3 --lane "$lane" "$@"
}

# --- a truck ---
at_station ordinary ordinary-us
for order in "fast.txt fast-carrier.txt ctpat.txt" "ctpat.txt fast.txt fast-carrier.txt" \
    "fast-carrier.txt ctpat.txt fast.txt"; do
    party fast $order
    expect_status 0
    expect_out_lines 1
    expect_json 'o.verdict === "accept" && o.reason === "ok" && o.source === null && o.line === null'
    expect_json 'o.party.expected === 3 && o.party.count === 3 && o.party.missing.length === 0'
    expect_json 'o.members.length === 3 && o.members.every((m) => m.verdict === "accept" && m.checks.length === 9)'
    expect_json 'o.members.filter((m) => m.holder).length === 1 && o.members.filter((m) => m.company).length === 2'
    expect_json 'o.members.every((m, i) => m.source === "'"$order"'".split(" ")[i])'
    expect_json 'o.party.roles.every((r) => r.en && r.es) && o.policy.title.en === "An ordinary day"'
done
# Who is missing, by the role's name.
party fast fast.txt ctpat.txt
expect_status 2
expect_json 'o.reason === "party-incomplete" && o.party.count === 2 && o.party.missing.length === 1'
expect_json 'o.party.missing[0].count === 1 && o.party.missing[0].role.es.length > 0'
for language in en es; do
    role=$(sed -n "s/.*\"missing\":\[{\"role\":{\(.*\)},\"count\".*/\1/p" "$seen/out" |
        sed "s/.*\"$language\":\"\([^\"]*\)\".*/\1/")
    "$GARITA" scan --now $DAY --party 3 --lane fast --lang $language fast.txt ctpat.txt >said
    grep -qF "$role" said || fail "not said: $role"
done
# A driver alone, without --party: the lane knows whom it wants.
run scan --now $DAY --lane fast --json fast.txt
expect_status 2
expect_json 'o.reason === "party-incomplete" && o.findings.some((f) => f.reason === "party-incomplete")'
run scan --now $DAY --lane fast fast.txt
expect_out_has "Missing: "
# A second credential of one member is no second member; what was shown last counts.
party fast fast.txt fast.txt ctpat.txt
expect_status 2
expect_json 'o.reason === "party-incomplete" && o.party.count === 2'
# Somebody who has nothing to do here.
party fast fast.txt fast-carrier.txt sentri.txt
expect_json 'o.verdict !== "accept" && o.members[2].reason === "lane-mismatch"'
# More than were announced.
party fast fast.txt fast-carrier.txt ctpat.txt sentri.txt
expect_json 'o.verdict !== "accept" && o.party.count === 4'
# A forged one is a member, and rejects all.
at $DAY --home "$agency" issue --as cbp "$FIXTURES/claims/ctpat.json" -o company.bin
{
    head -c $(($(wc -c <company.bin) - 1)) company.bin
    printf '\377'
} >forged.bin
party fast fast.txt fast-carrier.txt forged.bin
expect_status 1
expect_out_lines 1
expect_json 'o.verdict === "reject" && o.reason === "bad-signature" && o.members[2].company === null'
# A damaged one is answered by itself.
echo GT1:JUNK >junk.txt
party fast fast.txt fast-carrier.txt junk.txt
expect_status 1
expect_json 'all.length === 2 && all[0].reason === "malformed" && o.reason === "party-incomplete"'

# --- the company is suspended ---
at_station ordinary
must "$GARITA" --now $DAY sync import suspended.gtb
party fast fast.txt fast-carrier.txt ctpat.txt
expect_status 2
expect_json 'o.verdict === "refer" && o.reason === "suspended" && o.members[2].reason === "suspended"'
for language in en es; do
    run scan --now $DAY --lane fast --party 3 --lang $language fast.txt fast-carrier.txt ctpat.txt
    expect_status 2
    expect_out_has "Otay Mesa Imports, Inc.: "
done
expect_out_has "suspendid"
at_station closed closed-but-fast-us
must "$GARITA" --now $DAY sync import suspended.gtb
party fast fast.txt fast-carrier.txt ctpat.txt
expect_status 1
expect_json 'o.verdict === "reject" && o.reason === "suspended"'
run scan --now $DAY --lane fast --party 3 fast.txt fast-carrier.txt ctpat.txt
expect_out_has "Otay Mesa Imports, Inc.: "
expect_out_has "REJECT  suspended"

# --- a stream: each answers who is still missing ---
at_station stream ordinary-us
stream() { # FILE...: each a line
    cat "$@" >lines.txt
    run scan --now $DAY --lane fast --party 3 --json - <lines.txt
}
stream fast.txt ctpat.txt fast-carrier.txt
expect_status 0
expect_out_lines 3
expect_json 'all[0].waiting === "party" && all[0].party.count === 1 && all[0].line === 1 && all[0].member.holder !== null'
expect_json 'all[0].party.missing.reduce((n, m) => n + m.count, 0) === 2 && all[1].party.missing.length === 1'
expect_json 'o.verdict === "accept" && o.members.map((m) => m.line).join() === "1,2,3"'
# The next party begins behind it, and one that is not complete at the end is judged as it is.
stream fast.txt ctpat.txt fast-carrier.txt oea.txt fast.txt
expect_status 2
expect_json 'all[2].verdict === "accept" && all[3].waiting === "party" && all[3].party.count === 1'
expect_json 'o.reason === "party-incomplete" && o.party.count === 2 && all.length === 6'
# Shown again.
stream fast.txt fast.txt ctpat.txt fast-carrier.txt
expect_status 0
expect_json 'all[1].waiting === "party" && all[1].party.count === 1 && all[1].member.hint.length > 0'
# An attestation of a member, before it, among them, and behind the verdict.
for order in "attestations/trusted-trader.txt fast.txt oea.txt fast-carrier.txt" \
    "fast.txt oea.txt attestations/trusted-trader.txt fast-carrier.txt" \
    "fast.txt oea.txt fast-carrier.txt attestations/trusted-trader.txt"; do
    stream $order
    expect_status 0
    expect_json 'o.verdict === "accept" && o.members[1].attestations.length === 1'
done
expect_json 'all[2].reason === "rule-failed" && "replaces" in o'
for language in en es; do
    run scan --now $DAY --lane fast --party 3 --lang $language - <lines.txt
    expect_status 0
done

# --- a lane of several cars ---
at_station cars ordinary-us
sed 's/AB-12-345/ZZ-99-999/' "$FIXTURES/claims/sentri-vehicle.json" >other-vehicle.json
at $DAY --home "$agency" issue --as cbp other-vehicle.json -o other-vehicle.txt
catch_up() {
    rm -f now.gtb
    at $DAY --home "$agency" sync export -o now.gtb
    must "$GARITA" --now $DAY sync import now.gtb
}
catch_up
cars() { # CODE...: each a line; parties of two
    cat "$@" >lines.txt
    run scan --now $DAY --lane sentri --party 2 --json - <lines.txt
}
who='(o) => o.members.map((m) => m.vehicle ? m.vehicle.plate : m.holder.name.split(" ")[0]).join()'
# Who is shown once more behind the verdict is not counted among the next: the verdict is given again,
# and counts once.
cars sentri-vehicle.txt sentri.txt sentri.txt other-vehicle.txt sentri-tourist.txt
expect_status 0
expect_out_lines 5
expect_json 'all[1].verdict === "accept" && !("replaces" in all[1])'
expect_json 'all[2].verdict === "accept" && all[2].replaces.line === 2 && all[2].party.count === 2'
expect_json 'all[3].waiting === "party" && all[3].party.count === 1'
expect_json 'o.verdict === "accept" && !("replaces" in o)'
tourist=$(sed -n 's/.*"name": *"\([^ "]*\).*/\1/p' "$FIXTURES/claims/sentri-tourist.json" | head -n 1)
expect_json "($who)(all[1]) === 'AB-12-345,MARÍA' && ($who)(all[2]) === 'AB-12-345,MARÍA'"
expect_json "($who)(o) === 'ZZ-99-999,$tourist'"
run scan --now $DAY --lane sentri --party 2 - <lines.txt
expect_status 0
expect_out_has "was shown already"
# Whoever of them it is, and however often.
cars sentri.txt sentri-vehicle.txt sentri.txt sentri-vehicle.txt sentri.txt
expect_status 0
expect_json 'all.slice(1).every((o) => o.verdict === "accept") && o.replaces.line === 4'
# One with another card of theirs is them too.
at $DAY --home "$agency" issue --as cbp "$FIXTURES/claims/sentri.json" -o second.txt
cars sentri-vehicle.txt sentri.txt second.txt
expect_status 2
expect_json 'all[1].verdict === "accept" && o.reason === "serial-unknown" && o.replaces.line === 2'
# In frames too.
for name in sentri sentri-vehicle sentri-tourist; do
    at $DAY --home "$agency" issue --as cbp "$FIXTURES/claims/$name.json" -o $name.png
done
at $DAY --home "$agency" issue --as cbp other-vehicle.json -o other-vehicle.png
at $DAY --home "$agency" issue --as cbp "$FIXTURES/claims/sentri.json" -o again.png
catch_up
cat sentri-vehicle.png sentri.png again.png other-vehicle.png sentri-tourist.png >frames
run scan --frames - --now $DAY --lane sentri --party 2 --json <frames
expect_status 0
expect_json 'all.length === 5 && all[1].verdict === "accept" && all[2].replaces.line === 2'
expect_json "($who)(all[2]) === 'AB-12-345,MARÍA' && ($who)(o) === 'ZZ-99-999,$tourist'"

# Whoever has no place in the lane is answered, and takes nobody's: before the verdict and behind it.
for order in "sentri-vehicle.txt fast.txt sentri.txt" "sentri-vehicle.txt sentri.txt fast.txt"; do
    cars $order
    expect_status 1
    expect_out_lines 3
    expect_json 'all.filter((o) => o.reason === "lane-mismatch" && o.verdict === "reject" && o.holder && !o.party).length === 1'
    expect_json 'all.some((o) => o.verdict === "accept" && o.party.count === 2)'
done
# In files all are one party, he too.
run scan --now $DAY --lane sentri --party 3 --json sentri-vehicle.txt sentri.txt fast.txt
expect_status 1
expect_out_lines 1
expect_json 'o.members.length === 3 && o.members[2].reason === "lane-mismatch"'
# The verdict is not lost behind what is nobody's, or is no member: an attestation is still joined.
cars sentri-vehicle.txt sentri.txt junk.txt fast.txt attestations/vaccination.txt
expect_status 1
expect_json 'o.verdict === "accept" && o.members[1].attestations.length === 1 && o.replaces.line === 2'
expect_json 'all.length === 5 && all[2].reason === "malformed"'
# How many are too many.
run scan --now $DAY --lane sentri --party 2 sentri-vehicle.txt sentri.txt sentri-tourist.txt
expect_status 2
expect_out_has "1 too many"

# --- a car ---
party sentri sentri-vehicle.txt sentri.txt sentri-tourist.txt
expect_status 0
expect_json 'o.members[0].vehicle.plate.length > 0 && o.members[0].holder === null'
run scan --now $DAY --lane sentri --json sentri.txt
expect_status 2
at_station pandemic pandemic-us
party sentri sentri-vehicle.txt sentri.txt sentri-tourist.txt attestations/vaccination.txt
expect_status 1
expect_json 'o.reason === "rule-failed" && o.members[1].verdict === "accept" && o.members[2].reason === "rule-failed"'
party sentri attestations/test-of-another.txt sentri-vehicle.txt sentri.txt sentri-tourist.txt \
    attestations/vaccination.txt attestations/essential-worker.txt
expect_status 0
expect_json 'o.members.map((m) => m.attestations.length).join() === "0,1,2"'

# --- built-in lanes ---
run scan --now $DAY --json ctpat.txt
expect_status 2
expect_json 'o.reason === "party-incomplete" && o.company.id === "CTPAT-00012345" && o.holder === null'
run scan --now $DAY ctpat.txt
expect_out_has "A company's credential admits nobody by itself."
party default sentri-vehicle.txt sentri.txt sentri-tourist.txt
expect_status 0

# --- what is not allowed ---
for n in 0 17 x; do
    run scan --now $DAY --party $n sentri.txt
    expect_status 64
done

# Each member is in the log, with what was decided of all.
at_station stream
party fast fast.txt ctpat.txt --log
expect_status 2
run log show --json
expect_out_lines 2
expect_json 'all.every((e) => e.verdict === "refer" && e.reason === "party-incomplete" && e.lane === "fast")'
