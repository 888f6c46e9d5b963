#!/bin/sh
# A policy is signed by who may, kept where it counts, and withdrawn like all else.
. "$(dirname "$0")/lib.sh"

policies=$FIXTURES/policies
T=2026-11-21T15:00:00Z

# An agency that may sign policies, one that may not, and a checkpoint that trusts both.
GARITA_HOME=$agency
at $T init --country USA
for name in usa cbp clerk mex inm; do
    at $T key new $name --no-passphrase
    at $T key export $name -o $name.pub
done
at $T authority anchor usa --name "USA anchor" --country USA -o usa.auth
at $T authority anchor mex --name "MEX anchor" --country MEX -o mex.auth
at $T trust add usa.auth --anchor
at $T trust add mex.auth --anchor
at $T authority certify --as usa --subject cbp.pub --name CBP --country USA \
    --programmes sentri,fast --types credential,attestation,head,policy -o cbp.auth
at $T authority certify --as usa --subject clerk.pub --name Clerks --country USA \
    --programmes sentri -o clerk.auth
at $T authority certify --as mex --subject inm.pub --name INM --country MEX \
    --programmes viajero-confiable --types credential,head,policy --until 2029-12-31 -o inm.auth
at $T trust add cbp.auth clerk.auth inm.auth
GARITA_HOME=$station
at $T init --country USA
at $T trust add usa.auth --anchor
at $T trust add mex.auth --anchor
carry $T

# --- signing ---
GARITA_HOME=$agency
run --now $T policy sign --as cbp "$policies/ordinary-us.json" -o ordinary.policy
expect_status 0
expect_out 1
expect_err_has "An ordinary day, USA: policy, in force from 2026-11-01T00:00:00Z until 2029-11-01T00:00:00Z"
[ -s ordinary.policy ] || fail "no file"
run --now $T --lang es policy sign --as cbp "$policies/pandemic-us.json" -o pandemic.policy --json
expect_status 0
expect_json "o.serial === 2 && o.title.es.startsWith('Pandemia') && o.country === 'USA' &&
    o.from === '2026-11-15T00:00:00Z' && o.file === 'pandemic.policy' && o.bytes > 2048"
# What cannot be handed out, or would write over something, is not signed.
run --now $T policy sign --as cbp "$policies/ordinary-us.json" --json
expect_status 64
expect_json "o.message.startsWith('-o FILE is needed')"
run --now $T policy sign --as cbp "$policies/ordinary-us.json" -o x.png
expect_status 64
run --now $T policy sign --as cbp "$policies/ordinary-us.json" -o pandemic.policy
expect_status 73
run --now $T policy sign "$policies/ordinary-us.json" -o x.policy
expect_status 64
expect_err_has "whose policy?"
# A mistake, or an example that gives something else: nothing is signed.
sed 's/"verdict": "accept", "reason": "ok"/"verdict": "refer", "reason": "suspended"/' \
    "$policies/ordinary-us.json" >wrong.json
run --now $T policy sign --as cbp wrong.json -o x.policy
expect_status 65
expect_err_has '"a SENTRI card on foot" must give refer (suspended), and gives accept (ok)'
expect_no_new_files
# Who may not.
run --now $T policy sign --as clerk "$policies/ordinary-us.json" -o x.policy
expect_status 77
expect_err_has "Clerks may not sign a statement of the type policy"
expect_err_has "--types credential,attestation,head,policy"
run --now $T policy sign --as cbp "$policies/ordinary-mx.json" -o x.policy
expect_status 77
expect_err_has "CBP may not say what lanes of MEX accept"
run --now $T policy sign --as inm "$policies/ordinary-us.json" -o x.policy --json
expect_status 77
expect_json "o.error === 'out-of-scope'"
sed 's/"until": "2029-11-01/"until": "2030-11-01/' "$policies/ordinary-mx.json" >long.json
run --now $T policy sign --as inm long.json -o x.policy
expect_status 77
expect_err_has "it would outlast INM"
run --now 2029-12-01T00:00:00Z policy sign --as cbp "$policies/ordinary-us.json" -o x.policy
expect_status 0
expect_err_has "this moment is past"
rm x.policy
expect_no_new_files
run --now $T policy sign --as inm "$policies/ordinary-mx.json" -o mexico.policy
expect_status 0
# Without a name to standard output.
run --now $T policy sign --as inm "$policies/ordinary-mx.json"
expect_status 0
expect_err_has "serial 2"
cp "$seen/out" again.policy
run inspect again.policy --json
expect_json "o.type === 'policy' && o.serial === 2"
# Lost, it comes again from the register.
run --now $T issue --as cbp --reprint 2 -o again.bin
expect_status 0
cmp again.bin pandemic.policy || fail "another policy came from the register"

# --- keeping ---
GARITA_HOME=$station
run --now $T policy show
expect_status 0
expect_out_empty
expect_err_has "no policy is here"
run --now $T scan --lane pedestrian "$FIXTURES/claims/sentri.json"
expect_status 64
run --now $T policy add ordinary.policy
expect_status 0
expect_err_has "ordinary.policy: added"
expect_out_has "An ordinary day, USA, by CBP"
expect_out_has "serial 1: in force, until 2029-11-01T00:00:00Z"
run --now $T policy add ordinary.policy
expect_status 0
expect_err_has "known already"
run --now $T policy show --json
expect_status 0
expect_json "all[0].type === 'policy' && all[0].standing === 'in-force' && all[0].serial === 1 &&
    all[0].lanes.length === 4 && all.length === 5 && o.type === 'lane' && o.ruled"
run --now $T policy show workers
expect_status 0
[ "$(head -n 1 "$seen/out")" = "An ordinary day, serial 1 by CBP:" ] || fail "another heading"
[ "$(grep -c '^ *workers: ' "$seen/out")" -eq 1 ] || fail "the lane is named twice"
expect_out_has "rule certified-work"
expect_out_has '{"in":[{"var":"current.level"},["2","3","4"]]}'
run --now $T --lang es policy show pedestrian
expect_status 0
expect_out_has "Quien viaja con menos de 18 años pasa con un oficial."
run --now $T policy show pedestrain
expect_status 64
expect_err_has 'did you mean "pedestrian"?'
for lane in default any; do
    run --now $T policy show $lane
    expect_status 64
    expect_err_has "\"$lane\" is built in, and no policy rules it"
done
# Before its time, after it, and without a policy in force.
run --now 2029-12-01T00:00:00Z policy show
expect_out_has "was in force until 2029-11-01T00:00:00Z"
expect_out_has "pedestrian: no policy in force"

# The newer one rules alone: a lane that it does not name is none of that authority's.
run --now $T policy add pandemic.policy --json
expect_status 0
expect_json "o.added && o.standing === 'in-force' && o.serial === 2"
run --now $T policy show
expect_out_has "serial 1: not in force: 2 of the same authority is, and is newer"
expect_out_has "pedestrian: Trusted travelers on foot (Pandemic: essential travel only, serial 2 by CBP)"
expect_out_has "workers: no policy in force"

# One for later stands beside it.
GARITA_HOME=$agency
cat >later.json <<'END'
{"country": "USA", "title": {"en": "A later day", "es": "Otro día"},
 "from": "2028-01-01T00:00:00Z", "until": "2029-01-01T00:00:00Z",
 "lanes": [{"name": "sentri", "title": {"en": "SENTRI", "es": "SENTRI"}, "programmes": ["sentri"]}]}
END
at $T policy sign --as cbp later.json -o later.policy
GARITA_HOME=$station
run --now $T policy add later.policy
expect_status 0
expect_out_has "in force from 2028-01-01T00:00:00Z on"
run --now 2028-06-01T00:00:00Z policy show --json
expect_json "all.filter(one => one.standing === 'newer').length === 2 &&
    all.every(one => one.type !== 'lane' || one.ruled === (one.lane === 'sentri'))"

# --- refused: the old one stays in force ---
run --now $T policy add "$policies/ordinary-us.json"
expect_status 65
expect_err_has "garita policy sign"
run --now $T policy add cbp.auth
expect_status 65
expect_err_has "garita trust add"
head -c 500 ordinary.policy >half.policy
run --now $T policy add half.policy
expect_status 65
printf '\0' | dd of=half.policy conv=notrunc bs=1 seek=60 2>/dev/null
cp ordinary.policy forged.policy
size=$(wc -c <forged.policy)
printf '\0\0\0\0' | dd of=forged.policy conv=notrunc bs=1 seek=$((size - 4)) 2>/dev/null
run --now $T policy add forged.policy
expect_status 65
expect_err_has "signature"
run --now $T policy show
expect_out_has "serial 2: in force"

run --now $T trust add ordinary.policy
expect_status 65
expect_err_has "garita policy add"

# A policy by an authority without that right: the type that its anchor's pin leaves out here, and a
# country that is pinned elsewhere alone.
GARITA_HOME=$work/home.narrow
at $T init --country USA
at $T trust add usa.auth --anchor --types credential,authority,head
at $T trust add cbp.auth
run --now $T policy add ordinary.policy
expect_status 77
expect_err_has "CBP may not sign a statement of the type policy"
expect_err_has "what was in force stays so"
GARITA_HOME=$work/home.wide
at $T init --country MEX
cp -r "$agency/keys" "$GARITA_HOME/"
at $T trust add mex.auth --anchor --countries MEX,USA
at $T policy sign --as mex "$policies/closed-but-fast-us.json" -o wide.policy
GARITA_HOME=$station
run --now $T policy add wide.policy --json
expect_status 77
expect_json "o.error === 'out-of-scope' && o.message.includes('MEX anchor may not say what lanes of USA')"
GARITA_HOME=$work/home.stranger
at $T init --country USA
run --now $T policy add ordinary.policy
expect_status 77
expect_err_has "pin its anchor"
GARITA_HOME=$station
run --now $T policy show --json
expect_json "all.filter(one => one.type === 'policy').length === 3 &&
    all.find(one => one.lane === 'pedestrian').serial === 2"

# --- of another country: kept for others ---
run --now $T policy add mexico.policy
expect_status 0
expect_err_has "this home is in USA: a policy of MEX is kept and passed on"
expect_out_has "kept for others: this home is in USA"
GARITA_HOME=$work/home.nowhere
at $T init
at $T trust add usa.auth --anchor
at $T trust add cbp.auth
run --now $T policy add ordinary.policy --json
expect_status 0
expect_err_has "garita init --country USA"
expect_json "o.added && o.standing === 'no-country'"

# --- carried, and withdrawn ---
GARITA_HOME=$agency
at $T policy add ordinary.policy
at $T policy add pandemic.policy
GARITA_HOME=$work/home.far
at $T init --country USA
at $T trust add usa.auth --anchor
must "$GARITA" --home "$agency" --now $T sync export -o bundle.gtb
run --now $T sync import bundle.gtb
rm bundle.gtb
expect_status 0
run --now $T policy show --json
expect_json "all.filter(one => one.type === 'policy').length === 2 && o.lane === 'workers' && !o.ruled"
# The one that is suspended is as if it were not there; revoked it is gone, and the older one rules.
GARITA_HOME=$agency
at $T suspend --as cbp 2
carry $T
GARITA_HOME=$station
run --now $T policy show
expect_out_has "serial 2: suspended"
expect_out_has "serial 1: in force"
expect_out_has "workers: Certified workers (An ordinary day, serial 1 by CBP)"
GARITA_HOME=$agency
run --now $T revoke --as cbp 2 --reason error
expect_status 0
expect_err_has "2: policy"
carry $T
GARITA_HOME=$station
run --now $T policy show --json
expect_json "all.find(one => one.lane === 'pedestrian').serial === 1 &&
    all.every(one => one.type !== 'policy' || one.serial !== 2 || one.standing === 'revoked')"
run --now $T policy add pandemic.policy
expect_status 77
expect_err_has "has revoked this policy"
run doctor
expect_status 0
