#!/bin/sh
# scan --log: every verdict is an entry, in order, before it is shown; names only where asked for.
. "$(dirname "$0")/lib.sh"
make_world
must "$GARITA" issue --as cbp claims.json -o card.txt
card=$(cat card.txt)

# Nothing is logged, and no key made, unless asked for.
run scan --lane any --now $NOW card.txt
expect_status 0
[ ! -e "$GARITA_HOME/keys/node.key" ] || fail "a key was made"
run log show
expect_status 0
expect_out_empty
expect_err_has "garita scan --log"
run log verify
expect_status 0
expect_out_has "whole, and empty"
run log tip
expect_status 66
expect_out_empty

# The first time the home gets its node key, and says so; the second time not.
run scan --log --lane any --now $NOW card.txt
expect_status 0
expect_err_has 'made the key "node"'
case $(ls -l "$GARITA_HOME/keys/node.key") in -rw-------*) ;; *) fail "its mode is not 0600" ;; esac
run scan --log --lane any --now 2027-06-01T12:30:00Z card.txt
expect_status 0
expect_err_lacks "node"

# What is no credential is no decision; what is malformed is one, and nothing in it is believed.
printf '%s\nhttps://example.org/\nGT1:junk\n' "$card" >lines.txt
run scan --log --lane any --now 2027-06-01T12:40:00Z --json - <lines.txt
expect_status 1
run scan --log --log-names --now 2028-06-01T12:40:00Z --json card.txt
expect_status 2

run log show --json
expect_status 0
expect_out_lines 5
expect_json "all.every((e, i) => e.entry === i + 1 && e.kind === 'verdict' && /^[0-9a-f]{64}\$/.test(e.hash))"
expect_json "all.map((e) => e.verdict).join() === 'accept,accept,accept,reject,refer'"
expect_json "all.map((e) => e.lane).join() === 'any,any,any,any,default'"
expect_json "all[0].reason === 'ok' && all[3].reason === 'malformed' && o.reason === 'status-stale'"
expect_json "all[0].time === '$NOW' && all[1].time === '2027-06-01T12:30:00Z'"
expect_json "all[0].serial === 1 && /^[0-9a-f]{16}\$/.test(all[0].issuer)"
expect_json "all[3].serial === null && all[3].issuer === null"
expect_json "all.slice(0, 4).every((e) => e.name === null) && o.name.startsWith('MARÍA')"

# By time: days whole, moments from and up to.
run log show --json --from 2028-06-01
expect_json "all.length === 1 && o.entry === 5"
run log show --json --until 2027-06-01
expect_json "all.length === 4"
run log show --json --from 2027-06-01T12:30:00Z --until 2027-06-01T12:40:00Z
expect_json "all.length === 1 && o.entry === 2"
run log show --from yesterday
expect_status 64
expect_err_has 'not "yesterday"'

# For people, in a line each.
run log show
expect_status 0
expect_out_lines 5
expect_out_has "2027-06-01T12:00:00Z  accept  ok                    any"
expect_out_has "MARÍA FERNANDA"

run log verify --json
expect_status 0
expect_json "o.whole && o.first === 1 && o.last === 5 && o.tips >= 3 && o.vouched === 5 && o.signatures"

run scan --log-names card.txt
expect_status 64
expect_err_has "--log-names is for --log"

# Many lines, in pieces and threads: the log has them in the order of the answers.
i=0
while [ $i -lt 700 ]; do
    case $((i % 3)) in
    0) echo "$card" ;;
    1) echo "GT1:$i" ;;
    2) echo "nothing of ours" ;;
    esac
    i=$((i + 1))
done >lines.txt
for jobs in 1 3; do
    run log show --json
    before=$(wc -l <"$seen/out")
    "$GARITA" scan - --log --lane any --now $NOW --json --jobs $jobs <lines.txt >answers 2>/dev/null
    run log show --json
    tail -n +$((before + 1)) "$seen/out" | sed 's/.*"verdict":"\([a-z]*\)".*/\1/' >logged
    sed -n 's/^{"verdict":"\([a-z]*\)".*/\1/p' answers >answered
    [ "$(wc -l <answered)" -eq 467 ] || fail "not 467 verdicts"
    cmp logged answered || fail "the log has other verdicts, $jobs threads"
done

# Two lanes at once are one chain.
for who in a b; do
    "$GARITA" scan - --log --lane any --now $NOW --json <lines.txt >/dev/null 2>"$who.err" &
    eval "pid_$who=\$!"
done
for who in a b; do
    eval "wait \$pid_$who"
    [ $? -eq 1 ] || fail "lane $who: $(cat "$who.err")"
done
run log verify --json
expect_status 0
expect_json "o.whole && o.last === 5 + 4 * 467 && o.vouched === o.last"

# What was answered is in the log, whatever becomes of the process.
mkfifo wire
"$GARITA" scan - --log --lane any --now $NOW --json <wire >told 2>/dev/null &
scanner=$!
exec 3>wire
echo "$card" >&3
while [ ! -s told ]; do
    kill -0 $scanner || fail "the scanner ended"
    sleep 0.05
done
kill -9 $scanner
wait $scanner 2>/dev/null
exec 3>&-
run log verify --json
expect_status 0
expect_json "o.last === 6 + 4 * 467"

# The operator's own act is there too, whoever logs.
run log show --json --from 2030-01-01
expect_out_empty
