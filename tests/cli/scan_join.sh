#!/bin/sh
# An attestation in a code of its own is joined with its credential: in files, in one code, and on a
# stream, in any order; what waits is told, and is a failure only if nobody ever comes.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/scan_world.sh"
make_authorities
agency=$GARITA_HOME
code sentri sentri-tourist attestations/vaccination attestations/test-of-another \
    attestations/essential-worker
at $DAY join sentri.txt attestations/vaccination.txt -o joined.png
at $DAY join attestations/essential-worker.txt attestations/test-of-another.txt -o two.txt
for name in sentri sentri-tourist; do
    at $DAY issue --as cbp "$FIXTURES/claims/$name.json" -o $name.png
done
at $DAY issue --as ssa "$FIXTURES/claims/attestations/vaccination.json" -o vaccination.png
sign pandemic-us
pack $DAY day.gtb
make_station
at_station day pandemic-us
card=sentri.txt shot=attestations/vaccination.txt

judge() {
    run scan --now $DAY --lane pedestrian --json "$@"
}

# --- files ---
for order in "$card $shot" "$shot $card" "sentri.png vaccination.png" "vaccination.png $card" joined.png; do
    judge $order
    expect_status 0
    expect_out_lines 1
    expect_json 'o.verdict === "accept" && o.attestations.length === 1 && o.attestations[0].counts'
    expect_json 'o.attestations[0].kind === "vaccination" && o.attestations[0].issuer_name === "SSA"'
done
# In the lines of one file too.
cat $shot $card >lines.txt
judge lines.txt
expect_status 0
expect_json 'o.verdict === "accept" && o.line === 2'

# Two travelers at once: to each what is theirs. A code of two attestations and no credential.
judge sentri-tourist.txt $shot two.txt $card
expect_status 0
expect_out_lines 2
expect_json 'all[0].attestations.map((a) => a.kind).sort().join() === "essential-worker,test"'
expect_json 'o.attestations.map((a) => a.kind).join() === "vaccination"'
# A failure keeps its place.
judge $card nosuch.png $shot sentri-tourist.txt
expect_status 1
expect_json 'all[0].verdict === "accept" && all[1].error === "not-found" && o.reason === "rule-failed"'

# Whose credential is not shown.
judge $shot
expect_status 65
expect_out_lines 1
expect_json 'o.error === "credential-missing" && o.message.includes("Vaccination by SSA") && o.hint.length > 0'
run scan --now $DAY --lane pedestrian --lang es $shot
expect_status 65
expect_err_has "SSA"

# --- a stream ---
stream() { # FILE...: each a line
    cat "$@" >lines.txt
    run scan --now $DAY --lane pedestrian --json - <lines.txt
}
stream $card $shot
expect_status 0
expect_out_lines 2
expect_json 'all[0].reason === "attestation-missing" && !("replaces" in all[0])'
expect_json 'o.verdict === "accept" && o.replaces.line === 1 && o.line === 2'
stream $shot $card
expect_status 0
expect_json 'all[0].waiting === "credential" && all[0].attestation.kind === "vaccination" && all[0].line === 1'
expect_json 'all[0].attestation.counts && o.verdict === "accept" && !("replaces" in o)'
# Shown twice, it is one.
stream $shot $shot $card
expect_status 0
expect_json 'o.verdict === "accept" && o.attestations.length === 1'
# One of another traveler waits, and what was used is forgotten with its traveler.
stream $card attestations/test-of-another.txt $shot sentri-tourist.txt $card
expect_status 1
expect_json 'all.map((o) => o.reason || o.waiting).join() ===
    "attestation-missing,credential,ok,rule-failed,attestation-missing"'
stream $shot
expect_status 65
expect_out_lines 2
expect_json 'all[0].waiting === "credential" && o.error === "credential-missing" && o.line === 1'
# In a lane that wants no attestation too: it is shown with the verdict.
run scan --now $DAY --json - <lines.txt
expect_status 65

# For people, in both languages.
for language in en es; do
    run scan --now $DAY --lane pedestrian --lang $language - <lines.txt
    expect_status 65
    expect_out_has "SSA"
done

# At once, while the stream goes on.
mkfifo in out
"$GARITA" scan --now $DAY --lane pedestrian --json --jobs 2 - <in >out 2>"$seen/err" &
scan=$!
exec 3>in 4<out
for step in "$shot:o.waiting === 'credential'" "$card:o.verdict === 'accept'" \
    "$card:o.verdict === 'accept'" "sentri-tourist.txt:o.verdict === 'reject'" \
    "$card:o.reason === 'attestation-missing'"; do
    cat "${step%%:*}" >&3
    IFS= read -r line <&4 || fail "no answer"
    printf '%s\n' "$line" >"$seen/out"
    expect_json "${step#*:}"
done
exec 3>&- 4<&-
wait $scan

# Among many lines, in threads and pieces of any size, the answers are the same.
i=0
while [ $i -lt 400 ]; do
    case $((i % 7)) in
    3) cat $shot ;;
    5) cat sentri-tourist.txt ;;
    6) cat two.txt ;;
    *) cat $card ;;
    esac
    i=$((i + 1))
done >many.txt
run scan --now $DAY --lane pedestrian --json - <many.txt
expect_status 2
cp "$seen/out" expected
for jobs in 1 3; do
    for size in 997 65536; do
        dd if=many.txt bs=$size 2>/dev/null |
            "$GARITA" scan --now $DAY --lane pedestrian --json --jobs $jobs - >"$seen/out" 2>"$seen/err"
        cmp "$seen/out" expected || fail "other answers with $jobs threads in pieces of $size"
    done
done

# Frames: a code that comes into view beside another, and one behind the other.
cat vaccination.png vaccination.png sentri.png >frames
run scan --frames - --now $DAY --lane pedestrian --json <frames
expect_status 0
expect_json 'all[0].waiting === "credential" && o.verdict === "accept" && o.line === 3'
cat sentri.png vaccination.png >frames
run scan --frames - --now $DAY --lane pedestrian --json <frames
expect_status 0
expect_json 'all[0].reason === "attestation-missing" && o.verdict === "accept" && o.replaces.line === 1'

# --- what is wrong with it ---
# Altered, by nobody, or out of its authority's right: it does not count, and why is said.
size=$(wc -c <$shot)
must "$GARITA" inspect --json $shot
at $DAY --home "$agency" issue --as ssa "$FIXTURES/claims/attestations/vaccination.json" -o shot.bin
{
    head -c $(($(wc -c <shot.bin) - 1)) shot.bin
    printf '\377'
} >forged.bin
judge $card forged.bin
expect_status 2
expect_json 'o.reason === "attestation-missing" && o.attestations.length === 1'
expect_json '!o.attestations[0].counts && o.attestations[0].reason === "bad-signature" && o.attestations[0].kind === null'
head -c 60 shot.bin >short.bin
judge $card short.bin
expect_status 65
expect_json 'all.some((o) => o.error) && all.some((o) => o.reason === "attestation-missing")'

# --- more than is held at once ---
# A file's codes are judged together, up to 1024 of them.
for i in $(seq 1030); do
    cat $card
done >many.txt
cat $shot >>many.txt
judge many.txt
expect_status 2
expect_out_lines 1030
expect_json 'all.slice(0, 1024).every((o) => o.reason === "attestation-missing") && all.slice(1024).every((o) => o.verdict === "accept")'

# Of attestations that wait, the oldest makes room, and is not passed over in silence.
for i in $(seq 1026); do
    sed "s/G12345678/X$i/" "$FIXTURES/claims/attestations/vaccination.json" | tr -d '\n'
    echo
done >batch.ndjson
at $DAY --home "$agency" issue --as ssa --batch batch.ndjson --out-dir batch --format txt
cat batch/*.txt >waiting.txt
[ "$(wc -l <waiting.txt)" -eq 1026 ] || fail "not 1026 attestations"
run scan --now $DAY --lane pedestrian --json - <waiting.txt
expect_status 65
expect_json 'all.filter((o) => o.waiting).length === 1026 && all.filter((o) => o.error === "credential-missing").length === 1026'
expect_json 'all.findIndex((o) => o.error) === 1024 && all[1024].line === 1'

# One that is about somebody else in the same code as a card: told, and counts for nobody. (garita join
# refuses to make it.)
at $DAY --home "$agency" issue --as cbp "$FIXTURES/claims/sentri.json" -o card.bin
at $DAY --home "$agency" issue --as ssa "$FIXTURES/claims/attestations/test-of-another.json" -o other.bin
node -e '
    const fs = require("fs"), card = fs.readFileSync("card.bin"), other = fs.readFileSync("other.bin");
    const part = (b) => Buffer.concat([b.length < 256 ? Buffer.from([0xc4, b.length])
        : Buffer.from([0xc5, b.length >> 8, b.length & 255]), b]);
    fs.writeFileSync("swapped.bin", Buffer.concat([Buffer.from([0x93, 0x01]), part(card), part(other)]));
' || fail "node"
judge swapped.bin
expect_status 2
expect_json 'o.findings.some((f) => f.reason === "attestation-missing")'
expect_json 'o.attestations.length === 0 && o.attestations_of_others === 1'
run scan --now $DAY --lane pedestrian swapped.bin
expect_out_has "somebody else"
