#!/bin/sh
# Threads change neither verdicts nor their order, whatever pieces the input comes in.
. "$(dirname "$0")/lib.sh"
make_world
must "$GARITA" issue --as cbp claims.json -o card.txt
card=$(cat card.txt)

# Lines that differ, of many lengths, so that pieces end everywhere in them.
i=0
while [ $i -lt 1500 ]; do
    case $((i % 5)) in
    0) echo "$card" ;;
    1) echo "GT1:$i" ;;
    2) printf 'https://example.org/%0*d\r\n' $((i % 97 + 1)) "$i" ;;
    3) printf '\n%s\r' "$card" ;;
    4) echo "gt1:$i" ;;
    esac
    i=$((i + 1))
done >lines.txt

run scan --now $NOW --lane any --json lines.txt
expect_status 1
sed 's/"source":"lines.txt"/"source":"-"/' "$seen/out" >expected
[ "$(wc -l <expected)" -eq 1500 ] || fail "not 1500 answers"

for jobs in 1 2 7 64; do
    run scan - --now $NOW --lane any --json --jobs $jobs <lines.txt
    expect_status 1
    cmp "$seen/out" expected || fail "other output with $jobs threads"
    for size in 1000 4093 65536; do
        dd if=lines.txt bs=$size 2>/dev/null | "$GARITA" scan - --now $NOW --lane any --json \
            --jobs $jobs >"$seen/out" 2>"$seen/err"
        cmp "$seen/out" expected || fail "other output in pieces of $size, $jobs threads"
    done
done
