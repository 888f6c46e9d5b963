#!/bin/sh
# The command line itself: help, versions, wrong usage, and where options may stand.
. "$(dirname "$0")/lib.sh"

run
expect_status 0
expect_out_has "garita scan card.png"
expect_err_empty

run --help
expect_status 0
expect_out_has "key new"

run --version
expect_status 0
expect_out_has "garita 0."
expect_out_lines 1

for verb in scan inspect init "key new" issue "trust add" "authority certify"; do
    run $verb --help
    expect_status 0
    expect_out_has "garita $verb"
    expect_out_has "--passphrase-file"
    expect_err_empty
done

# help is another word for --help.
run help
expect_status 0
"$GARITA" --help | cmp -s - "$seen/out" || fail "not what --help shows"
for verb in scan "key new" key; do
    "$GARITA" $verb --help >expected
    run help $verb
    expect_status 0
    cmp -s expected "$seen/out" || fail "not what $verb --help shows"
done
rm expected
run help nosuch
expect_status 64
run help scna
expect_err_has 'did you mean "garita scan"?'

# The order of the exit statuses names all of them.
run scan --help
expect_out_has "74 reading or writing"
expect_out_has "66 no such file"

# What another version may have is not taken for a slip of the finger.
for option in station watch; do
    run scan --$option
    expect_status 64
    expect_err_has "unknown option --$option"
    expect_err_lacks "did you mean"
done

# Help wins over what is missing or wrong in the rest.
run inspect --help --json
expect_status 0

run scna
expect_status 64
expect_out_empty
expect_err_has 'garita: error: there is no verb "scna"'
expect_err_has 'hint: did you mean "garita scan"?'

run key nwe
expect_status 64
expect_err_has 'did you mean "garita key new"?'

run key
expect_status 64
expect_out_empty
expect_err_has "garita key new"

run key --json
expect_status 64
expect_json 'o.error === "usage"'
run --home nowhere
expect_status 64
expect_out_empty
expect_err_has "garita scan"

run scan --lnae any x.png
expect_status 64
expect_err_has "unknown option --lnae"
expect_err_has "did you mean --lane?"
expect_no_new_files

run scan --lane
expect_status 64
expect_err_has "--lane needs a value"

run scan --jobs 0 -
expect_status 64
expect_err_has "from 1 to 64"
run scan --jobs 1x -
expect_status 64
run scan --jobs 18446744073709551617 -
expect_status 64

run scan --lane any --lane any -
expect_status 64
expect_err_has "given twice"

run scan --json=yes -
expect_status 64
expect_err_has "takes no value"

run --now yesterday scan -
expect_status 64
expect_err_has "2026-01-01T08:00:00Z"

run --lang fr scan -
expect_status 64

run inspect
expect_status 64
expect_err_has "garita inspect FILE|-"
run inspect a b
expect_status 64
expect_err_has '"b" is one argument too many'

# A failure is one line of JSON, wherever --json stands, and nothing else is on standard output.
run --json scan --bogus
expect_status 64
expect_out_lines 1
expect_err_empty
expect_json 'o.error === "usage" && o.message.includes("--bogus") && o.source === null && o.line === null'
run scan --bogus --json
expect_json 'o.error === "usage"'

# Common options before the verb and after it, with = and without.
run --home=nowhere inspect nosuch.bin
expect_status 66
expect_err_has "nosuch.bin: there is no such file"
run inspect --home nowhere -- --nosuch.bin
expect_status 66
expect_err_has "--nosuch.bin: there is no such file"
expect_no_new_files

# A file name cannot repaint the terminal or turn its writing.
run inspect "$(printf 'a\033[2Jb\342\200\256c')"
expect_status 66
! grep -q "$(printf '\033')" "$seen/err" || fail "an escape sequence went through"
! grep -q "$(printf '\342\200\256')" "$seen/err" || fail "a direction override went through"

# Nobody reads the output.
if [ -e /dev/full ]; then
    "$GARITA" --help >/dev/full 2>"$seen/err"
    status=$?
    expect_status 74
    expect_err_has "cannot write standard output"
fi
