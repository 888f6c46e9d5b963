/* Rules: any bytes as one, over data that has something of every kind. Whatever is evaluated is
 * evaluated without a check before; what the check takes has one encoding.
 */
#include "fuzz.h"

#include <garita/certlogic.h>

enum { WALKED_MAX = 10000 };

#define TEXT(literal)                                                                              \
    {                                                                                              \
        .kind = GARITA_VALUE_TEXT, .as.text = {literal, sizeof(literal) - 1}                       \
    }

static const garita_value numbers[] = {
    { .kind = GARITA_VALUE_INTEGER, .as.integer = 1 },
    { .kind = GARITA_VALUE_INTEGER, .as.integer = GARITA_INTEGER_MAX },
    { .kind = GARITA_VALUE_BOOLEAN, .as.boolean = true },
    TEXT("2021-06-02T16:00:00+02:00"),
    TEXT("URN:UVCI:01:NL:187/37512422923"),
    TEXT(""),
    { .kind = GARITA_VALUE_NULL },
};

static const garita_member inner[] = {
    { { "0", 1 }, TEXT("2004-02") },
    { { "b", 1 }, { .kind = GARITA_VALUE_ARRAY, .as.array = { numbers, 7 } } },
};

static const garita_member outer[] = {
    { { "a", 1 }, { .kind = GARITA_VALUE_OBJECT, .as.object = { inner, 2 } } },
    { { "x", 1 }, { .kind = GARITA_VALUE_ARRAY, .as.array = { numbers, 7 } } },
    { { "t", 1 }, { .kind = GARITA_VALUE_TIME, .as.time = 1 } },
};

static const garita_value data = { .kind = GARITA_VALUE_OBJECT, .as.object = { outer, 3 } };

/* Looks at every byte of a value, up to a bound: it may share parts. */
static unsigned walk(const garita_value *value, unsigned left) {
    volatile uint8_t seen = 0;
    if (left == 0)
        return 0;
    left--;
    switch (value->kind) {
    case GARITA_VALUE_TEXT:
        for (size_t i = 0; i < value->as.text.len; i++)
            seen = (uint8_t)(seen ^ (uint8_t)value->as.text.at[i]);
        break;
    case GARITA_VALUE_ARRAY:
        for (size_t i = 0; i < value->as.array.count; i++)
            left = walk(&value->as.array.at[i], left);
        break;
    case GARITA_VALUE_OBJECT:
        for (size_t i = 0; i < value->as.object.count; i++)
            left = walk(&value->as.object.at[i].value, left);
        break;
    case GARITA_VALUE_TIME: {
        char text[GARITA_TIME_TEXT_SIZE];
        garita_time_format(text, value->as.time);
        WORLD_REQUIRE(strlen(text) >= 24 && strlen(text) < sizeof text);
        break;
    }
    default:
        break;
    }
    return left;
}

static void evaluate(const uint8_t *rule, size_t len, bool is_rule) {
    static garita_value values[GARITA_RULE_VALUES_MAX];
    static garita_member members[GARITA_RULE_MEMBERS_MAX];
    garita_room room = { values, GARITA_RULE_VALUES_MAX, 0, members, GARITA_RULE_MEMBERS_MAX, 0 };
    garita_value out;
    char place[GARITA_RULE_PATH_SIZE];
    bool yes;
    size_t at = SIZE_MAX;
    garita_rule_error e = garita_rule_evaluate(&out, &at, &room, rule, len, &data);
    WORLD_REQUIRE(at <= len && e != GARITA_RULE_NOT_A_DECISION);
    WORLD_REQUIRE(!is_rule || e != GARITA_RULE_NOT_A_RULE);
    WORLD_REQUIRE(e == GARITA_RULE_OK || out.kind == GARITA_VALUE_NULL);
    walk(&out, WALKED_MAX);
    if (out.kind != GARITA_VALUE_ARRAY && out.kind != GARITA_VALUE_OBJECT)
        WORLD_REQUIRE(room.value_used == 0 && room.member_used == 0);
    garita_rule_place(place, rule, len, at);
    WORLD_REQUIRE(strlen(place) < sizeof place);

    room.value_used = room.member_used = 0;
    garita_rule_error decided = garita_rule_decide(&yes, NULL, &room, rule, len, &data);
    WORLD_REQUIRE(decided == e || (e == GARITA_RULE_OK && decided == GARITA_RULE_NOT_A_DECISION));
    WORLD_REQUIRE(yes == (e == GARITA_RULE_OK && out.kind == GARITA_VALUE_BOOLEAN && out.as.boolean));
    WORLD_REQUIRE(room.value_used == 0 && room.member_used == 0);

    /* With no room at all it errs, or gives the same. */
    garita_room none = { 0 };
    garita_rule_error again = garita_rule_decide(&yes, NULL, &none, rule, len, &data);
    WORLD_REQUIRE(again == decided || again == GARITA_RULE_ROOM);
}

/* JSON's value and back gives the same bytes. */
static void round_trip(const uint8_t *rule, size_t len) {
    garita_room room = { malloc(len * sizeof(garita_value)), len, 0,
                         malloc((len / 2 + 1) * sizeof(garita_member)), len / 2, 0 };
    uint8_t *again = malloc(len);
    garita_value value;
    const char *why;
    char place[GARITA_RULE_PATH_SIZE];
    size_t again_len;
    WORLD_REQUIRE(room.values != NULL && room.members != NULL && again != NULL);
    WORLD_REQUIRE(garita_rule_decode(&value, &room, rule, len) == GARITA_OK);
    WORLD_REQUIRE(garita_rule_encode(again, &again_len, len, place, &why, &value) == GARITA_OK);
    WORLD_REQUIRE(again_len == len && memcmp(again, rule, len) == 0);
    WORLD_REQUIRE(garita_rule_encode(again, &again_len, len - 1, place, &why, &value) ==
                  GARITA_E_NO_SPACE && again_len == 0);
    free(room.values);
    free(room.members);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    /* A copy of the exact size: a byte read behind it is found. */
    uint8_t *rule = malloc(size > 0 ? size : 1);
    size_t at = SIZE_MAX;
    WORLD_REQUIRE(rule != NULL);
    memcpy(rule, bytes, size);
    bool is_rule = garita_rule_check(&at, rule, size) == GARITA_OK;
    WORLD_REQUIRE(at <= size);
    evaluate(rule, size, is_rule);
    if (is_rule)
        round_trip(rule, size);
    free(rule);
    return 0;
}
