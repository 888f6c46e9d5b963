/* Rules, as fuzz_rule takes them: each operation over its data, and forms that are refused. */
#include "seeds.h"

#include <stdlib.h>
#include <string.h>

#include "world.h"

static const struct {
    const char *name, *hex;
} rules[] = {
    /* {"if":[{"and":[{"var":"a"},{"!":[{"var":"a.none"}]}]},"T",[1,-1,""]]} */
    { "if-and",
      "8102938104928101a161810f918101a6612e6e6f6e65a1549301ffa0" },
    /* {"in":[{"var":"x.0"},[1,2,"x",true]]} */
    { "in-array",
      "8109928101a3782e30940102a178c3" },
    /* {"in":[1,{"var":"y"}]} */
    { "in-nothing",
      "810992018101a179" },
    /* {"===":[{"var":"x.3"},"2021-06-02T16:00:00+02:00"]} */
    { "equal",
      "8103928101a3782e33b9323032312d30362d30325431363a30303a30302b30323a3030" },
    /* {"===":[{"var":"x"},{"var":"a.b"}]} */
    { "equal-arrays",
      "8103928101a1788101a3612e62" },
    /* {"<=":[0,{"var":"x.0"},300]} */
    { "between",
      "810893008101a3782e30cd012c" },
    /* {"and":[{">":[2,1]},{">=":[2,2]},{"<":[-200,-33]}]} */
    { "greater",
      "81049381059202018107920202810692d1ff38d0df" },
    /* {"+":[{"var":"x.1"},{"var":"x.0"}]} */
    { "plus-overflow",
      "810a928101a3782e318101a3782e30" },
    /* {"after":[{"plusTime":[{"var":"x.3"},-14,"day"]},{"plusTime":["2021",0,"month"]}]} */
    { "after",
      "810b928110938101a3782e33f2a3646179811093a43230323100a56d6f6e7468" },
    { "not-before",
      "810e93811093a7323032312d303528a4686f75728111918101a3612e30811093bb313939302d"
      "30312d30315430303a30303a30302e3132333435365affa479656172" },
    /* {"before":[{"var":"x.3"},{"var":"t"}]} */
    { "before-wrong-kind",
      "810c928101a3782e338101a174" },
    /* {"not-after":[{"var":"t"},{"var":"t"}]} */
    { "not-after",
      "810d928101a1748101a174" },
    { "minor",
      "8104928101a3612e30810b928111918101a3612e308110938101a3782e33eea479656172" },
    /* {"reduce":[{"var":"x"},{"+":[{"var":"accumulator"},{"if":[{"var":"current"},1,0]}]},0]} */
    { "reduce-count",
      "8112938101a178810a928101ab616363756d756c61746f728102938101a763757272656e7401"
      "0000" },
    { "reduce-keeps",
      "8112938101a178938101ab616363756d756c61746f728101ab616363756d756c61746f728101"
      "a08101a161" },
    /* {"reduce":[{"var":"x"},{"reduce":[[1,2,3],{"var":""},{"var":"current"}]},0]} */
    { "reduce-nested",
      "8112938101a178811293930102038101a08101a763757272656e7400" },
    /* {"extractFromUVCI":[{"var":"x.4"},1]} */
    { "uvci",
      "8113928101a3782e3401" },
    /* {"var":""} */
    { "whole",
      "8101a0" },
    /* {"!":[{"var":"t"}]} */
    { "not-time",
      "810f918101a174" },
    /* no rules */
    { "null",
      "81039201c0" },
    { "two-names",
      "8201a002a0" },
    { "skipped-bin",
      "810293c2c4010001" },
    { "deep",
      "9191919191919191919191919191919191919191919191919191919191919191919191919191"
      "91919191919191919191919191919191919190" },
    { "number-too-large",
      "cf0020000000000000" },
    { "negative",
      "d3ffe0000000000001" },
};

static uint8_t nibble(char c) {
    const char *digits = "0123456789abcdef";
    const char *at = strchr(digits, c);
    WORLD_REQUIRE(c != '\0' && at != NULL);
    return (uint8_t)(at - digits);
}

void seeds_rule(void) {
    uint8_t bytes[512];
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        size_t len = strlen(rules[i].hex) / 2;
        WORLD_REQUIRE(len <= sizeof bytes);
        for (size_t k = 0; k < len; k++)
            bytes[k] = (uint8_t)(nibble(rules[i].hex[2 * k]) << 4 | nibble(rules[i].hex[2 * k + 1]));
        seed("rule", rules[i].name, bytes, len);
    }
}
