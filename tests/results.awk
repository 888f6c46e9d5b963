# Reads what ctest printed, which alone tells a skip from a pass, then its LastTest.log; writes
# "OUTCOME<tab>NAME<tab>REASON" for each test: passed, failed, skipped (REASON is the last line that
# it printed), and part for each test that cmocka skipped inside one.
function flush() {
    if (name == "") return
    print outcome "\t" name "\t" (outcome == "skipped" ? last : "")
    for (i = 1; i <= parts; i++) print "part\t" name "\t" part[i]
    name = ""
}
FNR == NR {
    if (/ Test +#[0-9]+: .*\*\*\*Skipped/) {
        sub(/^.* Test +#[0-9]+: /, "")
        sub(/ .*$/, "")
        was_skipped[$0] = 1
    }
    next
}
/^[0-9]+\/[0-9]+ Test: / {
    flush()
    name = $0
    sub(/^[0-9]+\/[0-9]+ Test: /, "", name)
    outcome = "failed"; last = "no reason given"; parts = 0; inside = 0
    next
}
/^Output:$/ { inside = 1; next }
/^<end of output>$/ { inside = 0; next }
inside && /^\[  SKIPPED \] [^0-9]/ { # cmocka says it twice
    skipped = substr($0, 13)
    sub(/^ +/, "", skipped)
    if (!((name, skipped) in seen)) part[++parts] = skipped
    seen[name, skipped] = 1
}
inside && /[^- \t]/ { last = $0 }
/^Test Passed\.$/ { outcome = name in was_skipped ? "skipped" : "passed" }
END { flush() }
