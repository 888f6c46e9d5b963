/* CertLogic's own test suite, whole. It lies beside the checkout, not in it: where it is absent the
 * test says so, and is skipped. */
#include "certlogic_case.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXIT_SKIPPED = 77 };

static const char *folder;

static struct {
    unsigned files, gave, skipped_gave, skipped_erred;
} counts;

/* The suite skips some assertions, whose expectation its own specification contradicts (in over
 * what is no array): they may err, but give nothing else than expected. */
static void judge(const char *file, const char *name, const case_rule *rule, json_t *assertion)
{
    const char *directive = json_string_value(json_object_get(assertion, "directive"));
    bool is_skipped = directive != NULL && strcmp(directive, "skip") == 0;
    json_t *got;
    size_t at;
    garita_rule_error error = case_evaluate(&got, &at, rule, json_object_get(assertion, "data"));
    if (error != GARITA_RULE_OK && !is_skipped)
        fail_msg("%s, %s: %s at %zu", file, name, garita_rule_error_name(error), at);
    if (error == GARITA_RULE_OK && !json_equal(got, json_object_get(assertion, "expected")))
        fail_msg("%s, %s: gives %s", file, name, json_dumps(got, JSON_ENCODE_ANY));
    counts.gave += !is_skipped;
    counts.skipped_gave += is_skipped && error == GARITA_RULE_OK;
    counts.skipped_erred += error != GARITA_RULE_OK;
    json_decref(got);
}

static void run_file(const char *name)
{
    char path[4096];
    json_error_t error;
    json_t *test, *assertion;
    size_t i, j;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    json_t *suite = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (suite == NULL)
        fail_msg("%s, line %d: %s", path, error.line, error.text);
    assert_true(json_array_size(json_object_get(suite, "cases")) > 0);
    json_array_foreach(json_object_get(suite, "cases"), i, test)
    {
        const char *test_name = json_string_value(json_object_get(test, "name"));
        json_t *own = json_object_get(test, "certLogicExpression");
        case_rule rule = {0};
        if (own != NULL)
            assert_ok(case_encode(&rule, NULL, own));
        json_array_foreach(json_object_get(test, "assertions"), j, assertion)
        {
            case_rule other = {0};
            json_t *its = json_object_get(assertion, "certLogicExpression");
            if (its != NULL)
                assert_ok(case_encode(&other, NULL, its));
            judge(name, test_name, its != NULL ? &other : &rule, assertion);
            free(other.bytes);
        }
        free(rule.bytes);
    }
    counts.files++;
    json_decref(suite);
}

static void the_suite_passes(void **state)
{
    (void)state;
    DIR *listing = opendir(folder);
    assert_non_null(listing);
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        size_t len = strlen(entry->d_name);
        if (len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0)
            run_file(entry->d_name);
    }
    closedir(listing);
    assert_true(counts.gave > 0);
    printf("CertLogic's suite: %u files, %u assertions as expected; of those that it skips "
           "itself %u as expected, %u errors\n",
           counts.files, counts.gave, counts.skipped_gave, counts.skipped_erred);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_suite_passes),
    };
    if (argc != 2)
        return 1;
    folder = argv[1];
    DIR *listing = opendir(folder);
    if (listing == NULL) {
        printf("no CertLogic vectors beside the checkout (shared/vectors/certlogic)\n");
        return EXIT_SKIPPED;
    }
    closedir(listing);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
