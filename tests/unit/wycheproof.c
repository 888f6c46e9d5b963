/* Project Wycheproof's Ed25519 vectors, verified as garita_statement_verify does. The file lies
 * beside the checkout, not in it: where it is absent the test says so and is skipped. */
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include <jansson.h>

#include <garita/key.h>

#include "unit.h"

enum { EXIT_SKIPPED = 77, MESSAGE_MAX = 4096 };

static json_t *vectors;

static const char *text_of(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    assert_non_null(text);
    return text;
}

static bool is_good(json_t *test, const uint8_t *public_key)
{
    uint8_t message[MESSAGE_MAX], signature[512];
    size_t message_len = unhex(message, sizeof message, text_of(test, "msg"));
    size_t signature_len = unhex(signature, sizeof signature, text_of(test, "sig"));
    /* In a statement a signature of another length is no envelope. */
    return signature_len == GARITA_SIGNATURE_SIZE &&
           crypto_sign_verify_detached(signature, message, message_len, public_key) == 0;
}

static void signatures_are_judged_as_wycheproof_says(void **state)
{
    (void)state;
    size_t g, t, good = 0, bad = 0;
    json_t *group, *test;
    json_array_foreach(json_object_get(vectors, "testGroups"), g, group)
    {
        uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
        const char *hex = text_of(json_object_get(group, "publicKey"), "pk");
        assert_int_equal(unhex(public_key, sizeof public_key, hex), sizeof public_key);
        assert_ok(garita_key_check(public_key));
        json_array_foreach(json_object_get(group, "tests"), t, test)
        {
            bool valid = strcmp(text_of(test, "result"), "valid") == 0;
            if (is_good(test, public_key) != valid)
                fail_msg("tcId %d: %s", (int)json_integer_value(json_object_get(test, "tcId")),
                         text_of(test, "comment"));
            valid ? good++ : bad++;
        }
    }
    assert_int_equal(good + bad, json_integer_value(json_object_get(vectors, "numberOfTests")));
    assert_true(good > 0 && bad > 0);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_judged_as_wycheproof_says),
    };
    json_error_t error;
    if (argc != 2 || garita_init() != GARITA_OK)
        return 1;
    if (access(argv[1], F_OK) != 0) {
        printf("no Wycheproof vectors beside the checkout (shared/vectors/ed25519)\n");
        return EXIT_SKIPPED;
    }
    vectors = json_load_file(argv[1], 0, &error);
    if (vectors == NULL) {
        printf("%s:%d: %s\n", argv[1], error.line, error.text);
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    json_decref(vectors);
    return failed;
}
