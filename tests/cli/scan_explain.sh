#!/bin/sh
# The verdict explains itself: --explain shows the data that rules saw, each rule and requirement, and
# what came of it; and all that an officer must read fits one screen.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/scan_world.sh"
make_authorities
code sentri sentri-tourist ctpat fast-carrier fast attestations/vaccination attestations/test-positive \
    attestations/essential-worker attestations/test-of-another
for name in sentri ctpat sentri-vehicle; do
    at $DAY issue --as cbp "$FIXTURES/claims/$name.json" -o $name.png
done
sign pandemic-us
# A rule that cannot be applied: it takes an absent birth date for a number.
node -e '
    const fs = require("fs"), policy = JSON.parse(fs.readFileSync(process.argv[1]));
    policy.from = "2026-11-16T00:00:00Z";
    delete policy.examples;
    const lane = policy.lanes.find((l) => l.name === "pedestrian");
    lane.rules = [{ id: "broken", otherwise: "reject",
        description: { en: "A rule with a slip.", es: "Una regla con un error." },
        expression: { ">": [{ var: "credential.holder.nationality" }, 18] } }];
    fs.writeFileSync("broken.json", JSON.stringify(policy));
    // And nine that are not met, each of two rows.
    lane.rules = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({ id: `r${n}`, otherwise: "reject",
        description: { en: `Number ${n} ${"of many words ".repeat(6)}`.trim() + ".",
            es: `Número ${n} ${"de muchas palabras ".repeat(5)}`.trim() + "." },
        expression: { "===": [{ var: "credential.holder.nationality" }, "CAN"] } }));
    fs.writeFileSync("many.json", JSON.stringify(policy));
' "$FIXTURES/policies/pandemic-us.json"
pack $DAY day.gtb
for name in broken many; do
    run policy sign --now $DAY --as cbp $name.json -o $name.policy
    expect_status 0
done
make_station
at_station day pandemic-us

explain() {
    run scan --now $DAY --lane pedestrian --explain --json "$@"
}
explain sentri.txt attestations/vaccination.txt
expect_status 0
expect_out_lines 1
expect_json 'o.explain.data.now === "2026-11-21T15:00:00.000Z" && o.explain.data.lane.name === "pedestrian"'
expect_json 'o.explain.data.credential.programme === "sentri" && o.explain.data.attestations.vaccination.length === 1'
expect_json '!JSON.stringify(o.explain.data).includes("G12345678") && !JSON.stringify(o.explain.data).includes("GARC")'
expect_json 'o.explain.requirements.length === 1 && o.explain.requirements[0].met && o.explain.requirements[0].outcome === "accept"'
expect_json 'o.explain.requirements[0].any_of.some((a) => a.kind === "test" && a.max_age_s === 72 * 3600)'
expect_json 'o.explain.rules.every((r) => r.id && r.description.en && r.description.es && r.expression && r.outcome === "accept" && r.error === null)'
# The rules are those of the policy file, word for word.
node -e '
    const fs = require("fs");
    const told = JSON.parse(fs.readFileSync(process.argv[1])).explain.rules;
    const lane = JSON.parse(fs.readFileSync(process.argv[2])).lanes.find((l) => l.name === "pedestrian");
    const same = JSON.stringify(told.map((r) => [r.id, r.expression])) ===
        JSON.stringify(lane.rules.map((r) => [r.id, r.expression]));
    process.exit(same ? 0 : 1);
' "$seen/out" "$FIXTURES/policies/pandemic-us.json" || fail "other rules than in the file"

explain sentri.txt attestations/test-positive.txt
expect_status 1
expect_json 'o.explain.rules.filter((r) => r.outcome === "reject").map((r) => r.id).join() === "negative-test"'
expect_json 'o.findings.length === 1 && o.findings[0].rule === "negative-test" && o.findings[0].text.es.includes("negativa")'
expect_json 'o.explain.data.attestations.test[0].result === "positive"'
# Not without being asked.
run scan --now $DAY --lane pedestrian --json sentri.txt
expect_json '!("explain" in o)'
# Where nothing could be read there are no data.
echo GT1:JUNK >junk.txt
explain junk.txt
expect_status 1
expect_json 'o.explain.data === null && o.explain.rules.length === 0'

# For people, in their language.
run scan --now $DAY --lane pedestrian --explain sentri.txt attestations/test-positive.txt
expect_status 1
for text in "Pandemic: essential travel only" '"result":"positive"' "Rule negative-test: The newest test must be negative." \
    '{"===":[{"var":"attestations.test.0.result"},"negative"]}' "→ REJECT" "→ ACCEPT"; do
    expect_out_has "$text"
done
run scan --now $DAY --lane pedestrian --explain --lang es sentri.txt attestations/test-positive.txt
expect_out_has "La prueba más reciente debe ser negativa."
expect_out_has "→ RECHAZADO"
run scan --now $DAY --explain sentri.txt
expect_status 0

# Each member of a party.
run scan --now $DAY --lane fast --party 3 --explain --json fast.txt fast-carrier.txt ctpat.txt
expect_json 'o.members.length === 3 && o.members.every((m) => m.explain.data.credential.about === (m.company ? "company" : "holder"))'
expect_json 'o.members.some((m) => m.explain.rules.some((r) => !r.asked && r.outcome === null))'

# A rule that errs refers, whatever it says otherwise, and says what it met.
at_station broken
at $DAY policy add broken.policy
explain sentri.txt attestations/vaccination.txt
expect_status 2
expect_json 'o.reason === "rule-failed" && o.verdict === "refer" && o.explain.rules[0].error === "wrong-kind"'
expect_json 'o.findings[0].error === "wrong-kind" && o.findings[0].outcome === "refer"'
run scan --now $DAY --lane pedestrian sentri.txt attestations/vaccination.txt
expect_out_has "could not be applied (wrong-kind): A rule with a slip."
run scan --now $DAY --lane pedestrian --lang es sentri.txt attestations/vaccination.txt
expect_status 2
expect_out_has "(wrong-kind): Una regla con un error."

# --- one screen of 24 rows and 80 columns, without color ---
command -v script >/dev/null || { echo "no script (Debian: bsdutils)"; exit 77; }
at_station day
export NO_COLOR=1
sized() { # ARGUMENT...
    ran="garita scan $* (24 rows)"
    script -qec "stty rows 24 cols 80; \"$GARITA\" scan --now $DAY $*" /dev/null </dev/null |
        tr -d '\r' >"$seen/out"
    [ "$(wc -l <"$seen/out")" -le 22 ] || fail "more than 22 rows"
    [ "$(wc -L <"$seen/out")" -le 80 ] || fail "a row of more than 80 columns"
    [ "$(grep -c '[▀▄█]' "$seen/out")" -eq 5 ] || fail "not one large word of five rows"
    expect_out_lacks "$(printf '\033')"
}
for language in en es; do
    for shown in sentri.png "sentri.png attestations/vaccination.txt" \
        "sentri.png attestations/test-positive.txt" "sentri-tourist.txt attestations/test-of-another.txt" \
        "sentri-tourist.txt" ctpat.png sentri-vehicle.png; do
        sized --lane pedestrian --lang $language $shown
    done
    sized --lang $language ctpat.png
    sized --lane fast --party 3 --lang $language fast.txt ctpat.txt fast-carrier.txt
    sized --lane sentri --party 2 --lang $language sentri-vehicle.png sentri.png
done

# However much is wrong, the word is in sight: six rows of findings at most, and how many more.
at_station many
at $DAY policy add many.policy
for language in en es; do
    script -qec "stty rows 24 cols 80; \"$GARITA\" scan --now $DAY --lane pedestrian --lang $language \
        sentri.png attestations/vaccination.txt" /dev/null </dev/null | tr -d '\r' >"$seen/out"
    [ "$(tail -n 22 "$seen/out" | grep -c '[▀▄█]')" -eq 5 ] || fail "the word is not in sight"
    [ "$(grep -c '^✗ ' "$seen/out")" -eq 4 ] || fail "not three findings and how many more"
    expect_out_has "5 m" # more, más
done
