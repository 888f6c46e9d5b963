#!/bin/sh
# A scan that goes on sees what others import and revoke meanwhile, and goes on by what it knew where
# nothing that matters has changed.
. "$(dirname "$0")/lib.sh"
make_stations
HOUR=2027-06-01T13:00:00Z
text=$(cat card.txt)

# begin ARGUMENT...: a scan whose lines go in at 3 and whose verdicts come out at 4.
begin() {
    ran="garita scan $* -, going on"
    mkfifo in out
    "$GARITA" --home "$station" scan --now $HOUR --json "$@" - <in >out 2>"$seen/watch" &
    scan=$!
    exec 3>in 4<out
}
# answer REASON: to the example, shown once more. What is waited for is the verdict itself.
answer() {
    printf '%s\n' "$text" >&3
    IFS= read -r line <&4 || fail "no answer"
    printf '%s\n' "$line" >"$seen/out"
    expect_json 'o.reason === "'"$1"'"'
}
end() { # STATUS
    exec 3>&-
    wait $scan
    status=$?
    exec 4<&-
    expect_status "$1"
    [ ! -s "$seen/watch" ] || fail "it said: $(cat "$seen/watch")"
    rm in out
}

cp -R "$station" "$work/home.before"
for jobs in 1 4; do
    rm -r "$station"
    cp -R "$work/home.before" "$station"
    begin --jobs $jobs
    answer ok
    answer ok
    if [ $jobs = 1 ]; then
        at $HOUR suspend --as cbp 1
    else
        at $HOUR revoke --as cbp 1 --reason lost
    fi
    # The agency's act reaches this station with the bundle, and not before.
    answer ok
    carry $HOUR
    if [ $jobs = 1 ]; then
        answer suspended
        at $HOUR reinstate --as cbp 1
        carry $HOUR
        answer ok
        end 2
    else
        answer revoked
        end 1
    fi
done

# Whom to trust changes too; and pins, statements and logs that go take nothing away from the verdict
# under way.
rm -r "$station"
cp -R "$work/home.before" "$station"
begin
answer ok
usa=$("$GARITA" --home "$station" trust list --json | sed -n 's/.*"id":"\([0-9a-f]*\)".*"name":"USA anchor".*/\1/p')
must "$GARITA" --home "$station" trust remove "$usa"
answer unknown-issuer
must "$GARITA" --home "$station" trust add usa.auth --anchor
must "$GARITA" --home "$station" trust add dhs.auth cbp.auth
# Its log had stayed.
answer ok
end 1

# What another lane decides and logs meanwhile changes nothing.
begin
answer ok
cp card.txt other.txt
run --home "$station" scan --now $HOUR --log --json other.txt
expect_status 0
answer ok
end 0
