#!/bin/sh
# garita policy eval: what a rule gives, on standard output; what is wrong with it, and where.
. "$(dirname "$0")/lib.sh"

# eval_of RULE DATA [OPTION...]: both in a file
eval_of() {
    printf '%s' "$1" >rule.json
    printf '%s' "$2" >data.json
    shift 2
    run policy eval rule.json data.json "$@"
}

gives() {
    eval_of "$1" "$2"
    expect_status 0
    expect_out "$3"
    expect_out_lines 1
    expect_err_empty
    expect_no_new_files
}

# refuses RULE DATA CODE MESSAGE [SOURCE [LINE]]: as a message, and as an object
refuses() {
    eval_of "$1" "$2"
    expect_status 65
    expect_out_empty
    expect_err_has "$4"
    eval_of "$1" "$2" --json
    expect_status 65
    expect_out_lines 1
    expect_json "o.error === \"$3\" && o.source === \"${5:-rule.json}\" && o.line === ${6:-null}"
    expect_json 'o.message !== "" && Object.keys(o).length >= 4'
}

# --- values ---
minor='{"and":[{"var":"dob"},{"after":[{"dccDateOfBirth":[{"var":"dob"}]},
    {"plusTime":[{"var":"now"},-18,"year"]}]}]}'
gives "$minor" '{"dob":"2004-01","now":"2022-01-30T13:37:00.042Z"}' true
gives "$minor" '{"dob":"2004-01","now":"2022-01-31T00:00:00Z"}' false
gives "$minor" '{"dob":""}' '""'
gives "$minor" '{}' null
gives '{"plusTime":["2020-02-29",1,"year"]}' null '"2021-03-01T00:00:00.000Z"'
gives '{"var":""}' '{"b":[1,-2,true,null,"ñ"],"a":{}}' '{"b":[1,-2,true,null,"ñ"],"a":{}}'
gives '{"reduce":[{"var":""},{"+":[{"var":"current"},{"var":"accumulator"}]},0]}' '[1,2,3]' 6
gives '"a"' 'null' '"a"'
gives '[]' '0' '[]'
gives '{"+":[9007199254740990,1]}' null 9007199254740991
# An editor's mark at the beginning, and white space, are no flaw.
gives "$(printf '\357\273\277 [1 ,2]\n')" ' {} ' '[1,2]'
# Whatever the data hold, a terminal is not moved by it.
gives '{"var":"x"}' '{"x":"a\u001b[31m\u202eb"}' '"a\u001b[31m\u202eb"'
# The same with --json: what is printed is JSON already.
eval_of '{"if":[{"var":"x"},[1],{"a":[1]}]}' '{}' --json
expect_status 65
eval_of '[{"var":"x"}]' '{"x":"y"}' --json
expect_status 0
expect_out '["y"]'

# --- standard input ---
echo '{"!":[{"var":"x"}]}' >rule.json
printf '{"x":0}' | { run policy eval rule.json - && expect_status 0 && expect_out true; } || exit 1
printf '{"var":"x"}' | { run policy eval - data.json && expect_status 0 && expect_out '"y"'; } ||
    exit 1
printf '{"or":[1]}' | { run policy eval - data.json
    expect_status 65
    expect_err_has "standard input: /or: there is no operation of this name"; } || exit 1
run policy eval - -
expect_status 64
expect_err_has "only one of the two"

# --- no rule ---
refuses '{"or":[1,2]}' null rule "/or: there is no operation of this name"
expect_json 'o.hint.includes("one of: var if === and")'
refuses '{"and":[true,{"plustime":["2021",0,"day"]}]}' null rule "/and/1/plustime: there is no"
expect_json 'o.hint.includes("plusTime")'
refuses '{"===":[1]}' null rule "/===: too few or too many operands"
refuses '{"if":[1,null,2]}' null rule "/if/1: null cannot be written in a rule"
refuses '{"plusTime":["2021",0,"days"]}' null rule '/plusTime/2: the unit must be "year"'
refuses '{"var":3}' null rule "/var: var takes a path"
refuses '{"var":"a","if":[1,2,3]}' null rule "rule.json: an object in a rule is an operation"
refuses '["a\u202eb"]' null unsafe-text "/0: a text with a control"
refuses '{"===":[1,2.5]}' null wrong-kind "/===/1: a number that is not an integer"
refuses '[9007199254740992]' null range "/0: a number beyond 9007199254740991"
refuses '[99999999999999999999]' null range "rule.json:1: a number beyond" rule.json 1
refuses '{"!":[
    ' null json "not JSON" rule.json 2
refuses '{"!":[1],"!":[2]}' null json "duplicate object key" rule.json 1
refuses '' null json "not JSON" rule.json 1
i=0 deep=1
while [ $i -lt 40 ]; do
    deep="{\"!\":[$deep]}" i=$((i + 1))
done
refuses "$deep" null depth "nested deeper than a rule may be"
awk 'BEGIN { printf "[\"%17000s\"]", "a" }' >long.json
run policy eval long.json data.json
expect_status 65
expect_err_has "longer than 16 KiB"

# --- no data ---
refuses '{"var":"a.0"}' '{"a":[1,{"b/c~":0.5}]}' wrong-kind \
    "data.json: /a/1/b~1c~0: a number that is not an integer" data.json
refuses 1 '{' json "data.json:1: not JSON" data.json 1

# --- a rule that errs, though it is one ---
refuses '{"and":[true,{"<":[1,{"var":"x"}]}]}' '{}' wrong-kind "/and/1/<: an operand is of a kind"
expect_json 'o.hint.includes("null")'
refuses '{"if":[{"plusTime":["2021",0,"day"]},1,2]}' '{}' neither "/if: a value that is neither"
refuses '{"plusTime":[{"var":"d"},0,"day"]}' '{"d":"2021-09-99"}' time "/plusTime: a text that is no"
refuses '{"+":[{"var":"n"},1]}' '{"n":9007199254740991}' number "/+: a number or a date"
# Rules that would take for ever, or all memory, end.
ones=$(awk 'BEGIN { printf "[1"; for (i = 0; i < 200; i++) printf ",1"; printf "]" }')
refuses "{\"reduce\":[$ones,{\"reduce\":[$ones,{\"+\":[1,1]},0]},0]}" null steps \
    "more steps than a rule may take"
refuses "{\"reduce\":[$ones,[{\"var\":\"accumulator\"},{\"var\":\"accumulator\"}],0]}" null room \
    "more memory than a rule may take"
# What shares its parts is written as often as it is met: within the room, and 2^40 times.
forty=$(awk 'BEGIN { printf "[1"; for (i = 1; i < 40; i++) printf ",1"; printf "]" }')
refuses "{\"reduce\":[$forty,[{\"var\":\"accumulator\"},{\"var\":\"accumulator\"}],0]}" null \
    too-long "what the rule gives is too long to be written"

# --- usage, and files ---
run policy eval rule.json
expect_status 64
run policy eval nothing.json data.json
expect_status 66
expect_err_has "nothing.json: there is no such file"
run policy eval rule.json nothing.json
expect_status 66
run policy eval . data.json
expect_status 65
