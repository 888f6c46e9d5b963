#!/bin/sh
# On a terminal: color, unless NO_COLOR says no; a sign beside the word either way; and the word, one
# only and the worst, in sight at the end, whatever there is to show.
. "$(dirname "$0")/lib.sh"
command -v script >/dev/null || { echo "no script (Debian: bsdutils)"; exit 77; }
make_world
for kind in png txt bin; do
    must "$GARITA" issue --as cbp claims.json -o card.$kind
done
make_checkpoint
escape=$(printf '\033')

on_terminal() {
    ran="garita $* (on a terminal)"
    script -qec "\"$GARITA\" $*" /dev/null </dev/null >"$seen/out" 2>"$seen/err"
    status=$?
}

on_terminal scan --now $NOW --lane any card.png
expect_status 0
expect_out_has "$escape[38;5;231;48;5;22m"
expect_out_has "Compare with the document shown"
on_terminal scan --now $NOW card.png
expect_status 2
expect_out_has "$escape[38;5;16;48;5;214m"
on_terminal scan --now 2032-01-01T00:00:00Z card.png
expect_status 1
expect_out_has "$escape[38;5;231;48;5;124m"

# With --json there is nothing but JSON on a terminal too.
on_terminal scan --now $NOW --lane any --json card.png
expect_status 0
expect_out_lacks "$escape"

export NO_COLOR=1
sign() { # the first letters of the large word, whose sign differs with the verdict
    grep '[▀▄█]' "$seen/out" | tr -d '\r' | cut -c 1-9
}
on_terminal scan --now $NOW --lane any card.png
expect_out_lacks "$escape"
accept=$(sign)
on_terminal scan --now $NOW card.png
expect_out_lacks "$escape"
refer=$(sign)
on_terminal scan --now 2032-01-01T00:00:00Z card.png
reject=$(sign)
[ "$accept" != "$refer" ] && [ "$refer" != "$reject" ] && [ "$accept" != "$reject" ] ||
    fail "without color two verdicts look the same"

# On 24 rows of 80 columns: everything that there is to say of an ordinary credential fits with the
# command and the prompt, and no word is broken.
sized() { # ROWS ARGUMENT...
    size="stty rows $1 cols 80"
    shift
    ran="garita $* ($size)"
    script -qec "$size; \"$GARITA\" $*" /dev/null </dev/null >"$seen/raw" 2>"$seen/err"
    status=$?
    tr -d '\r' <"$seen/raw" >"$seen/out"
}
fits() {
    [ "$(wc -l <"$seen/out")" -le 22 ] || fail "more than 22 rows"
    [ "$(wc -L <"$seen/out")" -le 80 ] || fail "a row of more than 80 columns"
}
words() { # NUMBER: so many large words, the last of them in the last fourteen rows
    [ "$(grep -c '[▀▄█]' "$seen/out")" -eq $((5 * $1)) ] || fail "not $1 large words of five rows"
    [ "$(tail -n 14 "$seen/out" | grep -c '[▀▄█]')" -eq 5 ] || fail "the word is not in sight"
}
for language in en es; do
    for now in "$NOW --lane any" "$NOW" 2032-01-01T00:00:00Z 2025-01-01T00:00:00Z; do
        sized 24 scan --lang $language --now $now card.png
        fits
        words 1
        for text in "MARÍA FERNANDA GARCÍA LÓPEZ" "MARIA<FERNANDA<GARCIA<LOPEZ" 1988-04-02 MEX \
            G12345678 2031-01-01; do
            expect_out_has "$text"
        done
    done
done
expect_out_has "En la zona MRZ"

# The longest names scroll, the word does not.
long=$(printf 'ÁÉÍÓÚ%.0s ' 1 2 3 4 5 6)
sed "s/MARÍA FERNANDA GARCÍA LÓPEZ/$long X/" claims.json >long.json
must "$GARITA" --home "$signers" issue --as cbp long.json -o long.png
sized 24 scan --now $NOW long.png
words 1

# On a tall terminal the letters are tall.
sized 50 scan --now $NOW card.png
[ "$(grep -c '█' "$seen/out")" -ge 7 ] || fail "small letters on a tall terminal"
expect_out_lacks "▀"

# Wrapped between words.
tr A-Z a-z <card.txt >altered.txt
for language in en es; do
    sized 24 scan --lang $language --now $NOW altered.txt
    expect_status 1
    fits
    words 1
    sized 24 scan --lang $language --lane nosuch card.png
    fits
done

# An accept after a reject does not hide it: a line each, and one word, the worst.
size=$(wc -c <card.bin)
{
    head -c $((size - 1)) card.bin
    printf '\377'
} >forged.bin
sized 24 scan --now $NOW --lane any forged.bin card.png
expect_status 1
words 1
expect_out_has "REJECT bad-signature"
expect_out_has "ACCEPT ok"
expect_out_has "REJECT: 1 of 2; ACCEPT: 1"
sized 24 scan --now $NOW --lane any card.png card.bin
expect_status 0
words 1
expect_out_has "ACCEPT: 2 of 2"
sized 24 scan --now $NOW card.png card.bin
expect_out_has "REFER: 2 of 2"
sized 24 scan --now $NOW --lane any card.png nosuch.png
expect_status 66
words 1
expect_out_has "REFER: 1 of 2; ACCEPT: 1; not judged: 1"
sized 24 scan --now $NOW nosuch.png nosuch2.png
expect_out_lacks "▀"

# The same for the lines of a file, and for those of a pipe at its end.
printf 'GT1:AA\n%s\n' "$(cat card.txt)" >lines.txt
sized 24 scan --now $NOW --lane any lines.txt
expect_status 1
words 1
expect_out_has "REJECT: 1 of 2"
sized 24 scan --now $NOW --lane any - "<lines.txt"
words 1
expect_out_has "REJECT: 1 of 2"
script -qec "stty rows 24 cols 80; cat lines.txt | \"$GARITA\" scan --now $NOW --lane any -" \
    /dev/null </dev/null | tr -d '\r' >"$seen/out"
ran="cat lines.txt | garita scan"
expect_out_has "REJECT: 1 of 2"
[ "$(tail -n 7 "$seen/out" | grep -c '[▀▄█]')" -eq 5 ] || fail "the word is not in sight"

# With --json there is no summary.
sized 24 scan --now $NOW --lane any --json forged.bin card.png
expect_out_lines 2
expect_out_lacks "▀"

# What is no credential takes the word of the traveler before out of sight: two words of its own, that
# fit with what is said of it.
echo "https://example.com/menu" >foreign.txt
for language in en es; do
    sized 24 scan --lang $language --now $NOW --lane any foreign.txt
    expect_status 65
    fits
    [ "$(grep -c '[▀▄█]' "$seen/out")" -eq 8 ] || fail "not two large words"
    tail -n 14 "$seen/raw" | grep -q "example\|credential\|credencial" || fail "it is not told why"
done
NO_COLOR='' sized 24 scan --now $NOW foreign.txt
expect_out_has "48;5;238"
{ cat card.txt; echo; cat foreign.txt; } >two.txt
script -qec "stty rows 24 cols 80; cat two.txt | \"$GARITA\" scan --now $NOW --lane any -" \
    /dev/null </dev/null | tr -d '\r' >"$seen/out"
ran="cat two.txt | garita scan"
expect_out_has "not a credential of ours"
[ "$(grep -n 'not a credential' "$seen/out" | cut -d: -f1)" -gt "$(grep -n 'ACCEPT  ok' "$seen/out" | cut -d: -f1)" ] ||
    fail "the order"
sized 24 scan --now $NOW --json foreign.txt
expect_out_lines 1

# Several codes in one picture are a line each as well.
fresh_home
must "$GARITA" init --country USA
golden=$FIXTURES/golden
for name in usa mex; do
    must "$GARITA" trust add "$golden/authority-$name.bin" --anchor
done
for name in cbp inm; do
    must "$GARITA" trust add "$golden/authority-$name.bin"
done
cp "$FIXTURES/pictures/family.png" family.png
sized 24 scan --now $NOW family.png
fits
words 1
expect_out_lacks "Compare with the document shown"
sized 24 "scan --now $NOW --frames - <family.png"
words 1
