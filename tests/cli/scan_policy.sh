#!/bin/sh
# The same card under one policy and another: what fixtures/policies/expected.tsv says, and what the
# officer reads of it, in both languages.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/scan_world.sh"
make_authorities
agency=$GARITA_HOME
tab=$(printf '\t')
code $(sed '/^#/d' "$FIXTURES/policies/expected.tsv" | cut -f 4 | tr ' ' '\n' | LC_ALL=C sort -u)
sign ordinary-us
serial=$(cat "$seen/out")
sign pandemic-us sanctions-us closed-but-fast-us
must "$GARITA" issue --as cbp --now $DAY "$FIXTURES/claims/sentri.json" -o sentri.png
pack $DAY day.gtb
make_station
# What becomes known later.
at $DAY suspend --as cbp "$serial"
pack $DAY suspended.gtb
at $DAY reinstate --as cbp "$serial"
pack $DAY reinstated.gtb
LATER=2027-11-21T15:00:00Z
OVER=2029-11-02T00:00:00Z
for then in $LATER $OVER; do
    heads $then
    pack $then heads.${then%%T*}.gtb
done
at $OVER revoke --as cbp "$serial"
pack $OVER revoked.gtb

# in_force POLICY MOMENT: a checkpoint where it is, with heads of that moment.
in_force() {
    at_station "$1" "$1"
    [ "$2" = $DAY ] && return
    at_station "$1.${2%%T*}" "$1"
    must "$GARITA" --now "$2" sync import "heads.${2%%T*}.gtb"
}

# --- each row of the table ---
sed '/^#/d' "$FIXTURES/policies/expected.tsv" >rows
while IFS=$tab read -r policy lane then shown party verdict reason; do
    in_force "$policy" "$then"
    set -- --now "$then" --lane "$lane" --json
    [ "$party" = - ] || set -- "$@" --party "$party"
    for claims in $shown; do
        set -- "$@" "$claims.txt"
    done
    run scan "$@"
    ran="$ran (under $policy)"
    expect_json "((v) => v.length === 1 && v[0].verdict === '$verdict' && v[0].reason === '$reason' &&
        v[0].lane === '$lane')(all.filter((o) => o.verdict))"
done <rows

# --- what the officer reads ---
reads() { # STATUS ENGLISH SPANISH ARGUMENT...
    wanted=$1 english=$2 spanish=$3
    shift 3
    run scan --lang en --lane pedestrian "$@"
    expect_status "$wanted"
    expect_out_has "$english"
    run scan --lang es --lane pedestrian "$@"
    expect_status "$wanted"
    expect_out_has "$spanish"
}
in_force ordinary-us $DAY
reads 0 "ACCEPT ok" "ACEPTADO ok" --now $DAY sentri.txt
in_force pandemic-us $DAY
reads 2 "Missing: A vaccination of the last nine months" "Una vacunación de los últimos nueve meses" \
    --now $DAY sentri.txt
reads 0 "ACCEPT ok" "ACEPTADO ok" --now $DAY sentri.txt attestations/vaccination.txt
reads 1 "The newest test must be negative." "La prueba más reciente debe ser negativa." \
    --now $DAY sentri.txt attestations/test-positive.txt
in_force pandemic-us $LATER
reads 1 "Too old: A vaccination of the last nine months" "Una vacunación de los últimos nueve meses" \
    --now $LATER sentri.txt attestations/vaccination.txt
in_force sanctions-us $DAY
reads 1 "denies the employer: IMMEX-1234-2006" "IMMEX-1234-2006" --now $DAY sentri.txt

# In one screen: the reason first, the policy's words, every check, and what to do.
in_force pandemic-us $DAY
run scan --now $DAY --lane pedestrian sentri.png
expect_status 2
for text in "REFER  attestation-missing" "✓ code authority signature scope revocation dates status records" \
    "✗ lane" "Ask for it, and scan it too."; do
    expect_out_has "$text"
done

# Traveler B's test beside A's card counts for nobody, and is told.
run scan --now $DAY --lane pedestrian --json sentri.txt attestations/test-of-another.txt
expect_status 2
expect_out_lines 1
expect_json 'o.reason === "attestation-missing" && o.attestations.length === 0'
expect_err_has "attestations/test-of-another.txt:1: no credential was shown that this attestation belongs to"

run scan --now $DAY --lane pedestrian --json - <attestations/test-of-another.txt
expect_err_lacks "-:"
cat sentri.txt attestations/test-of-another.txt >lines.txt
run scan --now $DAY --lane pedestrian - <lines.txt
expect_err_has "standard input:2: no credential was shown"

# What was shown, and is newer than the records here, is not asked for once more; and a rule that it
# would meet says so.
at $DAY --home "$agency" issue --as ssa "$FIXTURES/claims/attestations/vaccination.json" -o late.txt
at $DAY --home "$agency" issue --as stps "$FIXTURES/claims/attestations/essential-worker.json" \
    -o late-worker.txt
run scan --now $DAY --lane pedestrian sentri.png late.txt
expect_status 2
expect_out_has "REFER  attestation-missing"
expect_out_has "It was shown, but cannot be checked at this station."
expect_out_lacks "Ask for it"
expect_out_has "bring newer records of SSA: garita sync import FILE"
run scan --now $DAY --lane pedestrian --json sentri.png late.txt
expect_json 'o.hint.includes("SSA")'
set -- --lane pedestrian sentri-tourist.txt attestations/test-of-another.txt late-worker.txt
run scan --now $DAY --explain "$@"
expect_status 2
expect_out_has "(it would pass if this could be checked: Essential worker"
run scan --now $DAY --explain --json "$@"
expect_json 'o.explain.rules.filter((r) => r.in_doubt).length >= 1'
# A newer one may be at hand.
in_force pandemic-us $LATER
run scan --now $LATER --lane pedestrian sentri.png attestations/vaccination.txt
expect_out_has "If the traveler has a newer one, scan it; else: the ordinary lane."

# --- which policy rules ---
# A lane that no policy ever named.
run scan --now $DAY --lane pedestrain sentri.txt
expect_status 64
expect_err_has "did you mean pedestrian?"
run scan --now $DAY --lane nosuch --json sentri.txt
expect_status 64
expect_json 'o.error === "unknown-lane" && o.hint.includes("pedestrian")'
fresh_home
must "$GARITA" init --country USA
run scan --now $DAY --lane pedestrian sentri.txt
expect_status 64

# One whose policy is over is referred.
in_force ordinary-us $OVER
run scan --now $OVER --lane pedestrian --json sentri.txt
expect_status 2
expect_json 'o.reason === "policy-missing" && o.policy === null && o.findings[0].reason === "policy-missing"'
run scan --now $OVER --lane pedestrian sentri.txt
expect_status 2
expect_out_has "REFER policy-missing"
run scan --now $OVER --lane pedestrian --lang es sentri.txt
expect_status 2
# And so is one whose policy was suspended, until it is reinstated. One that was revoked is no longer
# here, and neither is its lane.
at_station withdrawn ordinary-us
for act in suspended:policy-missing reinstated:ok; do
    must "$GARITA" --now $DAY sync import "${act%%:*}.gtb"
    run scan --now $DAY --lane pedestrian --json sentri.txt
    expect_json "o.reason === '${act#*:}'"
done
must "$GARITA" --now $OVER sync import revoked.gtb
run scan --now $OVER --lane pedestrian --json sentri.txt
expect_status 64

# An authority without the right: its home refuses to sign, and where its key is used in a home that
# thinks otherwise, nobody else takes what it signed, and the policy that there was stays in force.
GARITA_HOME=$agency
run policy sign --now $DAY --as dol "$FIXTURES/policies/sanctions-us.json" -o forged.policy
expect_status 77
[ ! -e forged.policy ] || fail "it was signed all the same"
GARITA_HOME=$work/home.rogue
at $DAY init --country USA
at $DAY key new rogue --no-passphrase
cp "$agency/keys/dol.key" "$GARITA_HOME/keys/dol.key"
at $DAY authority anchor rogue --name "Rogue" --country USA -o rogue.auth
at $DAY trust add rogue.auth --anchor
at $DAY authority certify --as rogue --subject dol.pub --name DOL --country USA \
    --programmes labor-cert --types policy,head -o rogue-dol.auth
at $DAY trust add rogue-dol.auth
at $DAY policy sign --as dol "$FIXTURES/policies/sanctions-us.json" -o forged.policy
at_station intruder ordinary-us
run policy add --now $DAY forged.policy
expect_status 77
run scan --now $DAY --lane pedestrian --json sentri.txt
expect_status 0
expect_json 'o.policy.title.en === "An ordinary day" && o.policy.serial === '"$serial"

# --- a policy that comes from elsewhere, while a scan goes on ---
at_station first ordinary-us
pack $DAY first.gtb
at_station second pandemic-us
pack $DAY second.gtb
at_station watch
must "$GARITA" --now $DAY sync import first.gtb

mkfifo in out
"$GARITA" scan --now $DAY --lane pedestrian --json - <in >out 2>"$seen/watch" &
scan=$!
exec 3>in 4<out
answer() { # REASON TITLE: to the card, shown once more
    cat sentri.txt >&3
    echo >&3
    IFS= read -r line <&4 || fail "no answer"
    printf '%s\n' "$line" >"$seen/out"
    expect_json "o.reason === '$1' && o.policy.title.en === '$2'"
}
answer ok "An ordinary day"
must "$GARITA" --now $DAY sync import second.gtb
answer attestation-missing "Pandemic: essential travel only"
exec 3>&-
wait $scan
status=$?
exec 4<&-
expect_status 2
[ ! -s "$seen/watch" ] || fail "it said: $(cat "$seen/watch")"

# --- a policy that is newer than this program ---
# It is kept, and what is older of its authority does not rule in its place: people are told.
golden=$FIXTURES/golden
NEXT=2027-06-01T12:00:00Z
fresh_home
must "$GARITA" init --country USA
must "$GARITA" trust add "$golden/authority-usa.bin" --anchor
must "$GARITA" trust add "$golden/authority-cbp.bin"
must "$GARITA" --now $NEXT policy add "$golden/lanes/policies/usual.bin"
run scan --now $NEXT --lane plain --json "$golden/vectors/credential-sentri.bin"
expect_err_empty
expect_json 'o.policy.serial === 40 && !o.findings.some((f) => f.reason === "policy-missing")'
node -e '
    const fs = require("fs"), body = fs.readFileSync(process.argv[2]);
    const leb128 = (n) => n < 128 ? [n] : [n % 128 | 128, ...leb128(Math.floor(n / 128))];
    fs.writeFileSync("newer.gtb", Buffer.concat([fs.readFileSync(process.argv[1]).subarray(0, 9),
        Buffer.from([1, ...leb128(body.length)]), body, Buffer.from([0, 0])]));
' first.gtb "$golden/lanes/policies/newer.bin" || fail "node"
must "$GARITA" --now $NEXT sync import newer.gtb
for language in en es; do
    run scan --now $NEXT --lane plain --lang $language --json "$golden/vectors/credential-sentri.bin"
    expect_status 2
    expect_out_lines 1
    expect_json 'o.policy === null && o.findings.length === 1 && o.findings[0].reason === "policy-missing"'
    expect_err_has "45"
    expect_err_has "U.S. Customs and Border Protection"
done
