#!/bin/sh
# issue --batch: bad rows are named and the others proceed; a rerun gives the same.
. "$(dirname "$0")/lib.sh"

make_world
claims=$(tr -d '\n' <claims.json | cut -c2-)
row() {
    printf '{"ref":"%s",%s\n' "$1" "$claims"
}
batch() {
    run issue --as cbp --now "$NOW" --batch "$@"
}

run issue --as cbp --batch rows --format txt
expect_status 64
batch rows --out-dir cards -o x.png
expect_status 64
batch missing --out-dir cards
expect_status 66
batch claims.json --out-dir cards --format gif
expect_status 64
[ ! -e cards ] || fail "a directory was made"
run issue --as inm --now "$NOW" --batch - --out-dir no/such/dir </dev/null
expect_status 66
run issue --as cbp --now 2090-01-01T00:00:00Z --batch rows --out-dir cards
expect_status 77

# --- good and bad rows, a blank one, no line feed at the end ---
{
    row r1
    row r2 | sed 's/"sentri"/"sentry"/'
    echo
    row r3 | sed 's/"sentri"/"nexus"/'
    row r1
    row r1 | sed 's/1988/1989/'
    row r4 | sed 's/G12345678/g1/'
    echo '{"ref":'
    head -c 1100000 /dev/zero | tr '\0' x
    echo
    row r5 | tr -d '\n'
} >rows
batch rows --out-dir cards --format txt
expect_status 65
expect_out_empty
expect_err_has 'rows:2: programme: there is no "sentry"'
expect_err_has "rows:4: CBP may not give: nexus"
expect_err_has 'rows:6: ref: "r1" was given before'
expect_err_has "rows:7: holder.document.number"
expect_err_has "rows:8: not JSON"
expect_err_has "rows:9: a row has at most 1048576 bytes"
expect_err_lacks "rows:3"
expect_err_lacks "rows:5"
expect_err_has "2 issued, 1 issued before, 6 rows refused, 0 files not written"
[ "$(ls cards | tr '\n' ' ')" = "0000000001.txt 0000000002.txt " ] || fail "cards: $(ls cards)"
[ "$(stat -c %a cards)" = 700 ] || fail "the cards are open to others"

# --- again: the same, and only what is missing is written ---
cp -a cards before
rm cards/0000000002.txt
touch -d 2020-01-01 cards/0000000001.txt
batch rows --out-dir cards --format txt --json
expect_status 65
expect_json 'all.filter((o) => o.serial).map((o) => [o.line, o.serial, o.ref, o.file].join()).join(" ") ===
    "1,1,r1,cards/0000000001.txt 5,1,r1,cards/0000000001.txt 10,2,r5,cards/0000000002.txt"'
expect_json 'all.filter((o) => o.error).map((o) => o.line + o.error).join() ===
    "2unknown-programme,7range,8json,9too-long,4out-of-scope,6ref-taken"'
diff -r cards before || fail "the cards have changed"
[ "$(stat -c %Y cards/0000000001.txt)" = "$(date -d 2020-01-01 +%s)" ] || fail "it was written again"

# --- another file has the name ---
row r6 >six
mkdir other
echo mine >other/0000000003.txt
batch six --out-dir other --format txt
expect_status 73
expect_err_has "six:1: other/0000000003.txt exists with other contents"
[ "$(cat other/0000000003.txt)" = mine ] || fail "it was overwritten"
batch six --out-dir cards --format txt
expect_status 0
expect_err_has "0 issued, 1 issued before"

# --- rows without a ref, more than a group, standard input, each form ---
i=0
while [ $i -lt 250 ]; do
    echo "{$claims"
    i=$((i + 1))
done >many
batch - --out-dir many-cards --format bin <many
expect_status 0
expect_err_has "250 issued"
[ "$(ls many-cards | wc -l)" = 250 ] || fail "not 250 cards"
[ "$(ls many-cards | sed -n '1p;$p' | tr '\n' ' ')" = "0000000004.bin 0000000253.bin " ] ||
    fail "serials are not dense"
row r7 >seven
for format in png svg; do
    batch seven --out-dir cards --format $format
    expect_status 0
    [ -s cards/0000000254.$format ] || fail "no $format"
done
run scan --lane any --now "$NOW" --json cards/0000000254.png
expect_json 'o.serial === 254'
batch /dev/null --out-dir cards
expect_status 0

