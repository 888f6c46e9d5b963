#!/bin/sh
# Lines on standard input: one verdict each, in order, at once.
. "$(dirname "$0")/lib.sh"
make_world
must "$GARITA" issue --as cbp claims.json -o card.txt
make_checkpoint
card=$(cat card.txt)

run scan - --now $NOW --lane any --json <card.txt
expect_status 0
expect_err_empty
expect_out_lines 1
expect_json 'o.verdict === "accept" && o.reason === "ok" && o.serial === 1 && o.programme === "sentri"'
expect_json 'o.holder.name === "MARÍA FERNANDA GARCÍA LÓPEZ" && o.holder.birth_date === "1988-04-02"'
expect_json 'o.holder.name_mrz === "MARIA<FERNANDA<GARCIA<LOPEZ" && o.issuer_name === "CBP"'
expect_json 'o.holder.document.type === "passport" && o.holder.document.number === "G12345678"'
expect_json '/^[0-9a-f]{16}$/.test(o.issuer) && o.source === "-" && o.line === 1 && o.status_age_s === null'
expect_json 'o.checks.map((c) => c.check).join() === "form,chain,signature,scope,revocation,dates,status,freshness,policy"'
expect_json 'o.checks.every((c) => ["pass", "skip"].includes(c.result))'
expect_no_new_files

# The default lane wants records of revocations; standard input is what a scan without FILE reads.
run scan --now $NOW --json <card.txt
expect_status 2
expect_json 'o.verdict === "refer" && o.reason === "status-missing"'
expect_json 'o.checks.find((c) => c.check === "status").reason === "status-missing"'

run scan --now 2032-01-01T00:00:00Z --lane any --json <card.txt
expect_status 1
expect_json 'o.verdict === "reject" && o.reason === "expired"'
run scan --now 2025-12-31T23:59:59Z --lane any --json <card.txt
expect_status 1
expect_json 'o.reason === "not-yet-valid"'

# Every kind of line ending, empty lines, no last line feed; a space is not stripped.
printf '\n%s\r\n\r\n%s\r%s\n%s' "$card" "$card" "$card" "$card" >lines.txt
run scan - --now $NOW --lane any --json <lines.txt
expect_status 0
expect_out_lines 4
expect_json 'all.map((v) => v.line).join() === "2,4,5,6"'
printf ' %s\n' "$card" >lines.txt
run scan - --now $NOW --lane any --json <lines.txt
expect_status 65
expect_json 'o.error === "foreign-qr" && o.message.includes("before GT1:")'
printf '%s \n' "$card" >lines.txt
run scan - --now $NOW --lane any --json <lines.txt
expect_status 1
expect_json 'o.reason === "malformed"'

# A byte order mark at the very beginning is the encoding's; anywhere else it is a character.
printf '\357\273\277%s\n' "$card" >lines.txt
for input in lines.txt -; do
    run scan --now $NOW --lane any --json $input <lines.txt
    expect_status 0
    expect_json 'o.verdict === "accept" && o.line === 1'
done
{
    printf '\357'
    sleep 0.1
    printf '\273\277%s' "$card"
} | "$GARITA" scan - --now $NOW --lane any --json >"$seen/out" 2>"$seen/err"
expect_json 'o.verdict === "accept"'
printf '%s\n\357\273\277%s\n' "$card" "$card" >lines.txt
run scan - --now $NOW --lane any --json <lines.txt
expect_status 65
expect_json 'o.error === "foreign-qr" && o.line === 2'
printf '\357\273\277' >lines.txt
run scan - --json <lines.txt
expect_status 65
expect_json 'o.error === "no-input"'

# A picture or a statement that comes a byte at a time is still one.
for kind in png bin; do
    must "$GARITA" --home "$signers" issue --as cbp claims.json -o piped.$kind
    {
        head -c 1 piped.$kind
        sleep 0.2
        tail -c +2 piped.$kind
    } | "$GARITA" scan - --now $NOW --lane any --json >"$seen/out" 2>"$seen/err"
    expect_out_lines 1
    expect_json 'o.verdict === "accept"'
done

# The worst decides: a reject over something foreign over a refer over an accept.
printf '%s\nGT1:AA\nhttps://example.org/\n' "$card" >lines.txt
run scan - --now $NOW --lane any --json <lines.txt
expect_status 1
expect_out_lines 3
expect_json 'all[0].verdict === "accept" && all[1].reason === "malformed" && o.error === "foreign-qr" && o.line === 3'
printf '%s\nhttps://example.org/\n' "$card" >lines.txt
run scan - --now $NOW --json <lines.txt
expect_status 65

# No input.
run scan - --now $NOW </dev/null
expect_status 65
expect_out_empty
printf '\n\r\n' >lines.txt
run scan - --now $NOW --json <lines.txt
expect_status 65
expect_json 'o.error === "no-input"'

# For people: one line a verdict; what is foreign goes to standard error.
printf '%s\nHC1:6BF\n' "$card" >lines.txt
run scan - --now $NOW --lane any <lines.txt
expect_status 65
expect_out_lines 1
expect_out_has "ACCEPT ok: MARÍA FERNANDA GARCÍA LÓPEZ, 1988-04-02, Passport MEX G12345678"
expect_err_has "standard input:2"
expect_err_has "EU Digital COVID Certificate"
run scan - --now $NOW --lane any --lang es <lines.txt
expect_out_has "ACEPTADO"

# An endless line costs no memory, and the lines behind it are judged.
zeros() { head -c "$1" /dev/zero | tr '\0' "$2"; }
mkfifo in out
"$GARITA" scan - --now $NOW --lane any --json <in >out 2>"$seen/err" &
pid=$!
exec 3>in 4<out
{ printf 'GT1:'; zeros 400000000 A; printf '\n%s\n' "$card"; zeros 20000 z; echo; } >&3
for expected in '*"reason":"malformed"*"error":"too-long"*' '{"verdict":"accept"*' '*"foreign-qr"*'; do
    read -r answer <&4
    case $answer in
    $expected) ;;
    *) fail "not $expected: $answer" ;;
    esac
done
peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB$/\1/p' /proc/$pid/status)
exec 3>&- 4<&-
wait $pid
rm in out
[ "$peak" -lt 250000 ] || fail "$peak kB of memory for a line"

# At once: the verdict on a line is out before the next line is in, with and without threads.
for jobs in 1 3; do
    mkfifo in out
    "$GARITA" scan - --now $NOW --lane any --json --jobs $jobs <in >out 2>"$seen/err" &
    exec 3>in 4<out
    for n in 1 2 3; do
        printf '%s\n' "$card" >&3
        read -r verdict <&4
        case $verdict in
        '{"verdict":"accept"'*'"line":'$n'}') ;;
        *) fail "line $n: $verdict" ;;
        esac
    done
    exec 3>&-
    wait $!
    status=$?
    exec 4<&-
    rm in out
    expect_status 0
done

# A reader that goes away is a failed write.
i=0
while [ $i -lt 3000 ]; do
    echo "$card"
    i=$((i + 1))
done >lines.txt
{
    "$GARITA" scan - --now $NOW --lane any --json <lines.txt 2>"$seen/err"
    echo $? >"$seen/status"
} | head -n 1 >"$seen/out"
status=$(cat "$seen/status")
expect_status 74
expect_err_has "standard output"
