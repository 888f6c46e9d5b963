#!/bin/sh
# A policy file is checked: each mistake with its place, then its own examples through the real thing.
. "$(dirname "$0")/lib.sh"

policies=$FIXTURES/policies
NOW=2026-11-21T15:00:00Z

# --- what is right ---
for policy in ordinary-us pandemic-us closed-but-fast-us sanctions-us ordinary-mx; do
    run --now $NOW policy check "$policies/$policy.json"
    expect_status 0
    expect_out_has "all as expected"
    expect_out_lacks "NOT as expected"
    expect_err_lacks "error"
    expect_err_lacks "$policy.json:" # nor a warning
done
# With what was found, in either language.
run --now $NOW policy check "$policies/pandemic-us.json"
expect_out_has "as expected: a positive test [pedestrian]: reject (rule-failed)"
expect_out_has "negative-test: The newest test must be negative."
run --now $NOW --lang es policy check "$policies/pandemic-us.json"
expect_out_has "una prueba positiva"
expect_out_has "negative-test: La prueba más reciente debe ser negativa."
run --now $NOW policy check "$policies/ordinary-us.json" --json
expect_status 0
expect_json "o.good && o.lanes === 4 && o.rules === 3 && all.length === o.examples + 1 &&
    all.slice(0, -1).every(one => one.passed && one.expected.verdict === one.verdict)"
expect_json "all.find(one => one.example && one.example.en === 'a vehicle that was not enrolled')
    .findings.some(one => one.reason === 'party-incomplete' && one.text.en === 'vehicle' &&
        one.missing === 1)"

# --- an example that gives something else ---
sed 's/{"kind": "vaccination", "max_age": "270d"}/{"kind": "vaccination", "max_age": "27d"}/' \
    "$policies/pandemic-us.json" >short.json
run --now $NOW policy check short.json
expect_status 65
expect_out_has "NOT as expected: the card and a vaccination [pedestrian]: reject (attestation-expired)"
expect_err_has '"the card and a vaccination" must give accept (ok), and gives reject (attestation-expired)'
expect_err_has "did not give what they must"
run --now $NOW policy check short.json --json
expect_status 65
expect_json "all.some(one => one.error === 'example-failed' && one.source === 'short.json' &&
    one.line > 400) && all.some(one => one.passed === false)"

# --- warnings, which do not hinder ---
cat >small.json <<'END'
{
  "country": "USA",
  "title": {"en": "Small", "es": "Pequeña"},
  "until": "2027-01-01T00:00:00Z",
  "lanes": [
    {
      "name": "a", "title": {"en": "A", "es": "A"}, "programmes": ["sentri"],
      "rules": [{"id": "r", "description": {"en": "R", "es": "R"}, "expression": true}],
      "attestations": [{"any_of": [{"kind": "test"}], "description": {"en": "T", "es": "T"}}]
    },
    {"name": "b", "title": {"en": "B", "es": "B"}, "programmes": []}
  ]
}
END
run --now $NOW policy check small.json
expect_status 0
expect_err_has "small.json:1: there are no examples"
expect_err_lacks "no example tries"
run --now 2027-06-01T00:00:00Z policy check small.json --json
expect_status 0
expect_json "all[0].warning === 'past' || all[1].warning === 'past'"
cat >example <<'END'
,
  "examples": [
    {"name": "who", "lane": "a", "at": "2026-06-01T00:00:00Z",
     "members": [
       {"programme": "sentri",
        "holder": {"name": "A", "birth_date": "1980", "nationality": "MEX",
                   "document": {"type": "passport", "country": "MEX", "number": "1"}},
        "not_before": "2026-01-01", "expires": "2026-12-31",
        "attestations": [
          {"attestation": "test", "expires": "2026-12-31", "type": "naat", "result": "negative",
           "sampled_at": "2026-05-31T00:00:00Z"@OTHER@}]}],
     "expect": {"verdict": "@VERDICT@", "reason": "@REASON@"}}
  ]
}
END
# with OTHER VERDICT REASON: small.json with this one example, as one.json.
with() {
    sed '$d' small.json >one.json
    sed "s|@OTHER@|$1|; s|@VERDICT@|$2|; s|@REASON@|$3|" example >>one.json
}
with "" accept ok
run --now $NOW policy check one.json
expect_status 0
expect_err_has "one.json:8: /lanes/0/rules/0: no example fails the rule r"
expect_err_has "one.json:9: /lanes/0/attestations/0: no example lacks what is asked for here"
expect_err_has "one.json:11: /lanes/1: no example tries the lane b"
# A moment before or after the policy's own: told as that. One that means it is as expected.
sed 's/"until"/"from": "2026-07-01T00:00:00Z", "until"/' one.json >early.json
run --now $NOW policy check early.json
expect_status 65
expect_out_has "NOT as expected: who [a]: refer (policy-missing)"
expect_err_has 'early.json:15: /examples/0/at: "who" is of a moment at which the policy is not in force'
expect_err_has '"at" must be from 2026-07-01T00:00:00Z on, and before 2027-01-01T00:00:00Z'
sed 's/"at": "2026/"at": "2027/' one.json >late.json
run --now $NOW policy check late.json
expect_status 65
expect_err_has '"at" must be before 2027-01-01T00:00:00Z'
run --now $NOW policy check late.json --json
expect_json "all.some(one => one.error === 'not-in-force' && one.line === 15) &&
    !all.some(one => one.error === 'example-failed')"
sed 's/"verdict": "accept", "reason": "ok"/"verdict": "refer", "reason": "policy-missing"/' early.json \
    >meant.json
run --now $NOW policy check meant.json
expect_status 0
# A text that was not translated; a single word may be the same.
sed 's/{"en": "T", "es": "T"}/{"en": "A test", "es": "A test"}/' one.json >words.json
run --now $NOW policy check words.json
expect_status 0
expect_err_has 'words.json:9: /lanes/0/attestations/0/description/es: this is the same text as "en"'
expect_err_lacks "/title/es: "
# What is somebody else's does not serve.
with ', "holder": {"birth_date": "1981", "document": {"type": "passport", "country": "MEX", "number": "2"}}' \
    refer attestation-missing
run --now $NOW policy check one.json
expect_status 0
expect_out_has "as expected: who [a]: refer (attestation-missing)"
expect_err_lacks "no example lacks"
# What a rule looks at and never sees.
for path in credential.holder.birthdate/birth_date credential.employr.id/employer \
    attestations.vacination.0.dose/vaccination attestations.test.0.resultt/result lane.nam/name; do
    with "" accept ok
    sed "s/\"expression\": true/\"expression\": {\"if\": [{\"var\": \"${path%/*}\"}, true, true]}/" \
        one.json >vars.json
    run --now $NOW policy check vars.json
    expect_status 0
    expect_err_has "/lanes/0/rules/0/expression/if/0/var: no rule ever sees \"${path%/*}\": it is always null"
    expect_err_has "did you mean \"${path#*/}\"?"
done
for path in now credential attestations attestations.test.11.issuer.name current.x \
    attestations.trusted-trader.0.recognized_by.2; do
    sed "s/\"expression\": true/\"expression\": {\"if\": [{\"var\": \"$path\"}, true, true]}/" one.json \
        >vars.json
    run --now $NOW policy check vars.json
    expect_status 0
    expect_err_lacks "no rule ever sees"
done
# What meets a requirement although nobody meant it.
# rule EXPRESSION: one.json with this rule, as rule.json.
rule() {
    awk -v rule="$1" '{ at = index($0, "\"expression\": true") }
        at { print substr($0, 1, at - 1) "\"expression\": " rule substr($0, at + 18); next }
        { print }' one.json >rule.json
    run --now $NOW policy check rule.json
    expect_err_has "no example tries the lane b" # it is a rule, and all has been looked at
}
with "" accept ok
while IFS= read -r expression; do
    rule "$expression"
    expect_err_has "rule.json:9: /lanes/0/attestations/0/any_of/0: a positive test meets it too: no rule reads its result"
    expect_err_has 'a rule of this lane has to look at {"var": "attestations.test.0.result"}'
    expect_err_lacks "one dose of two"
done <<'END'
true
{"if": [{"var": "attestations.test.0"}, true, false]}
{"if": [{"var": "attestations.test.0.type"}, true, false]}
{"reduce": [{"var": "attestations.test"}, {"var": "accumulator"}, true]}
{"reduce": [{"var": "attestations.vaccination"}, {"if": [{"var": "current.result"}, true, true]}, true]}
END
while IFS= read -r expression; do
    rule "$expression"
    expect_err_lacks "a positive test meets it too"
done <<'END'
{"===": [{"var": "attestations.test.0.result"}, "negative"]}
{"reduce": [{"var": "attestations.test"}, {"and": [{"var": "accumulator"}, {"===": [{"var": "current.result"}, "negative"]}]}, true]}
END
sed 's/"id": "r"/"id": "r", "of": "company"/' rule.json >of.json
run --now $NOW policy check of.json
expect_status 0
expect_err_has "a positive test meets it too"
sed 's/"kind": "test"/"kind": "test"}, {"kind": "vaccination"/' one.json >doses.json
run --now $NOW policy check doses.json --json
expect_status 0
expect_json "all.some(one => one.warning === 'result-unread' && one.line === 9) &&
    all.some(one => one.warning === 'dose-unread' && one.line === 9)"
run --now $NOW policy check doses.json
expect_err_has "/lanes/0/attestations/0/any_of/1: one dose of two meets it too: no rule reads which dose it is"
sed 's/"expression": true/"expression": {"if": [{"var": "attestations.vaccination.0.dose"}, true, true]}/' \
    doses.json >dose.json
run --now $NOW policy check dose.json
expect_status 0
expect_err_lacks "one dose of two"
expect_err_has "a positive test meets it too"
# Two that are missing are equal.
while IFS= read -r expression; do
    rule "$expression"
    expect_err_has "two values that are missing are equal: this is true without them"
    expect_err_has 'guard it: {"if": [{"var": "credential.employer.id"}, {"===": …}, false]}'
done <<'END'
{"===": [{"var": "credential.employer.id"}, {"var": "credential.company.id"}]}
{"if": [{"var": "credential.employer.id"}, true, {"===": [{"var": "credential.employer.id"}, {"var": "now"}]}]}
{"if": [{"===": [{"var": "credential.employer.id"}, {"var": "x"}]}, {"var": "x"}, true]}
{"if": [{"var": "credential.employer.i"}, {"===": [{"var": "credential.employer.id"}, {"var": "x"}]}, true]}
{"and": [true, {"!": [{"===": [{"var": "credential.employer.id"}, {"var": "x"}]}]}, {"var": "x"}]}
END
while IFS= read -r expression; do
    rule "$expression"
    expect_err_lacks "two values that are missing"
done <<'END'
{"if": [{"var": "credential.employer.id"}, {"===": [{"var": "credential.employer.id"}, {"var": "credential.company.id"}]}, true]}
{"if": [{"and": [{"var": "credential.employer"}, true]}, {"!": [{"===": [{"var": "credential.company.id"}, {"var": "credential.employer.id"}]}]}, true]}
{"if": [{"and": [{"var": "credential.employer"}, {"===": [{"var": "credential.employer.id"}, {"var": "credential.company.id"}]}]}, false, true]}
{"if": [{"===": [{"var": "credential.employer.id"}, "x"]}, false, true]}
END
rule '{"===": [{"var": "credential.employer.id"}, {"var": "credential.company.id"}]}'
expect_err_has "rule.json:8: /lanes/0/rules/0/expression/===: two values"
# Ids that are compared in another form than they are written in.
sed 's|"until"|"denied": ["RFC-1", "Ñandú-7"], "until"|; s|"not_before"|"employer": {"id": "ÑU-1", "name": "Ñu"}, "not_before"|
    s|{"attestation": "test"|{"attestation": "essential-worker", "sector": "healthcare", "country": "USA",\
            "employer": {"id": "RFC-é"}, "since": "2026-01-01", "expires": "2026-12-31"},\
           {"attestation": "test"|' one.json >ids.json
run --now $NOW policy check ids.json
expect_status 0
for place in 4:\ /denied/1 '20: /examples/0/members/0/employer/id' \
    '23: /examples/0/members/0/attestations/0/employer/id'; do
    expect_err_has "ids.json:$place: this id is compared without accents, as passports spell names"
done
expect_err_lacks "/denied/0:"
run --now $NOW policy check ids.json --json
expect_json "all.filter(one => one.warning === 'beyond-ascii').length === 3"
# A flaw of claims that only shows when it is signed.
with "" accept ok
sed 's/"number": "1"/"number": "1234567890123456789012345"/' one.json >long.json
run --now $NOW policy check long.json
expect_status 65
expect_err_has "/examples/0/members/0: holder.document.number: a value outside its range"

# --- mistakes: all of them, with line, place and advice ---
cat >bad.json <<'END'
{
  "country": "UAS",
  "title": {"en": "A day"},
  "untill": "2029-01-01T00:00:00Z",
  "denied": ["--", "IMMEX-1", 7, "\u2013"],
  "lanes": [
    {
      "name": "Sentri",
      "title": {"en": "x", "es": "y"},
      "programmes": ["sentry", "health", "nexus", "nexus"],
      "freshness": {"refer_after": {"issuer": "24x"}, "reject_after": {"issuer": "2d", "anchr": "3d"}},
      "outcomes": {"suspended": "accept"},
      "rules": [
        {"id": "a", "description": {"en": "a", "es": "b"}, "expression": {"and": [true, {"nott-after": [1, 2]}]}},
        {"id": "a", "description": "only english", "expression": {"and": [true]}},
        {"id": "c", "description": {"en": "a", "es": "b"}, "otherwise": "accept", "expression": {"===": [1.5, null]}},
        {"id": "d", "description": {"en": "a", "es": "b"}, "expression": {"plusTime": ["2020-01-01", 1, "weeks"]}}
      ],
      "attestations": [{"any_of": [{"kind": "vacination", "max_age": "forever"}], "description": {"en": "", "es": "z\u202ez"}}],
      "party": [{"title": {"en": "d", "es": "d"}, "is": ["holder"], "programmes": ["fast"], "employs": true, "at_least": 3, "at_most": 2}]
    },
    {"name": "default", "title": {"en": "x", "es": "y"}, "programmes": []},
    {"name": "a", "title": {"en": "x", "es": "y"}, "programmes": ["nexus"],
     "party": [{"title": {"en": "d", "es": "d"}, "is": "holder", "programmes": ["fast"], "at_least": 17}]},
    {"name": "a", "title": {"en": "x", "es": "y"}, "programmes": ["nexus"]},
    3
  ],
  "examples": [
    {"name": "x", "lane": "Sentri", "at": "yesterday", "members": [{"programme": "sentri"}], "expect": {"verdict": "accept", "reason": "revoked"}},
    {"name": {"en": "x"}, "members": [{"attestation": "test"}]}
  ]
}
END
run --now $NOW policy check bad.json
expect_status 65
expect_out_empty
while IFS= read -r line; do
    expect_err_has "$line"
done <<'END'
bad.json:1: "until" is missing
bad.json:2: /country: "UAS" is no country code
bad.json:3: /title: "es" is missing
bad.json:4: /untill: there is no such field
did you mean "until"?
bad.json:5: /denied/0: an id of neither letters nor digits is nobody's
bad.json:5: /denied/2: this must be a text in quotes
bad.json:5: /denied/3: an id of neither letters nor digits is nobody's
bad.json:8: /lanes/0/name: "Sentri" is no name for a lane
bad.json:10: /lanes/0/programmes/0: there is no "sentry" here
did you mean "sentri"?
bad.json:10: /lanes/0/programmes/1: there is no "health" here
bad.json:10: /lanes/0/programmes/3: this is in the list already
bad.json:11: /lanes/0/freshness/refer_after/issuer: "24x" is no length of time
bad.json:11: /lanes/0/freshness/reject_after/anchr: there is no such field
bad.json:11: /lanes/0/freshness/reject_after/issuer: shorter than the time after which it is referred
bad.json:12: /lanes/0/outcomes/suspended: there is no "accept" here
bad.json:14: /lanes/0/rules/0/expression/and/1/nott-after
did you mean "not-after"?
bad.json:15: /lanes/0/rules/1/description: this text must be there in both languages
bad.json:15: /lanes/0/rules/1/expression/and
bad.json:15: /lanes/0/rules/1/id: another rule of this lane, number 1, has this id
bad.json:16: /lanes/0/rules/2/otherwise: there is no "accept" here
bad.json:16: /lanes/0/rules/2/expression/===/0
bad.json:17: /lanes/0/rules/3/expression/plusTime/2
bad.json:19: /lanes/0/attestations/0/description/en: this text is empty
bad.json:19: /lanes/0/attestations/0/description/es: character 2 is U+202E
bad.json:19: /lanes/0/attestations/0/any_of/0/kind: there is no "vacination" here
did you mean "vaccination"?
bad.json:19: /lanes/0/attestations/0/any_of/0/max_age: "forever" is no length of time
bad.json:20: /lanes/0/party/0/at_most: less than at_least
bad.json:20: /lanes/0/party/0/employs: only a company employs
bad.json:22: /lanes/1/name: "default" is built in
bad.json:24: /lanes/2/party/0/at_least: this must be a whole number from 0 to 16
bad.json:24: /lanes/2/party/0/programmes: the lane itself does not take fast
bad.json:25: /lanes/3/name: another lane, number 3, has this name
bad.json:26: /lanes/4: this must be an object
bad.json:29: /examples/0/at: "yesterday" is no moment
bad.json:29: /examples/0/members/0: 
bad.json:29: /examples/0/expect/reason: "ok" goes with "accept"
bad.json:30: /examples/1/name: "es" is missing
bad.json:30: /examples/1: "expect" is missing
bad.json:30: /examples/1/members/0: an attestation does not travel by itself
END
run --now $NOW policy check bad.json --json
expect_status 65
expect_json "all.length > 35 && all.every(one => one.error && one.source === 'bad.json' && one.line > 0)"
run --now $NOW --lang es policy check bad.json
expect_status 65

# --- what is no policy at all ---
printf '{"country": "USA",\n"country": "MEX"}' >twice.json
run policy check twice.json
expect_status 65
expect_err_has "twice.json:2"
printf '{"country":\n' >half.json
run policy check half.json
expect_status 65
expect_err_has "half.json:2"
run policy check - <twice.json
expect_status 65
echo '[1]' >list.json
run policy check list.json
expect_status 65
expect_err_has "must be an object"
# Nested deeper than any rule, or than JSON's reader goes.
awk 'BEGIN { printf "{\"country\":"; for (i = 0; i < 100000; i++) printf "["; }' >deep.json
run policy check deep.json
expect_status 65
{
    printf '{"country":"USA","title":{"en":"d","es":"d"},"until":"2030-01-01T00:00:00Z","lanes":[{"name":"a",'
    printf '"title":{"en":"d","es":"d"},"programmes":[],"rules":[{"id":"r","description":{"en":"d","es":"d"},"expression":'
    awk 'BEGIN { for (i = 0; i < 500; i++) printf "{\"!\":["; printf "true"; for (i = 0; i < 500; i++) printf "]}" }'
    printf '}]}]}'
} >deep-rule.json
run policy check deep-rule.json --json
expect_status 65
expect_json "o.error === 'depth'"
run policy check missing.json
expect_status 66
run policy check
expect_status 64
run policy check small.json one.json
expect_status 64
expect_no_new_files
