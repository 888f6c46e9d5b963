/* Policies where memory runs out, at each allocation in turn: nothing is leaked (LeakSanitizer sees
 * to that), an error says so, and no older policy rules for want of it.
 */
#include <garita/policies.h>

#include <stdlib.h>

#include "unit.h"

/* Allocations until one fails: 0 is the next; negative is never. */
static int fail_in = -1;

static bool fails(void)
{
    return fail_in >= 0 && fail_in-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

/* Runs a body with the first allocation failing, then the second, and so on, until none fails. The
 * body gives its error in e. At least so many must have failed. */
#define with_each_failure(at_least, e, body)                                                       \
    do {                                                                                           \
        int failures_ = 0;                                                                         \
        for (bool has_failed_ = true; has_failed_; failures_++) {                                  \
            fail_in = failures_;                                                                   \
            body;                                                                                  \
            has_failed_ = fail_in < 0;                                                             \
            fail_in = -1;                                                                          \
            if (has_failed_)                                                                       \
                assert_error(e, NO_MEMORY);                                                        \
            else                                                                                   \
                assert_ok(e);                                                                      \
        }                                                                                          \
        assert_true(failures_ > (at_least));                                                       \
    } while (0)

static party anchor, agency;
static garita_trust *trust;
static garita_book *book;
static garita_bytes statements[12]; /* serials 1 to 12 */

static void say(garita_bytes *out, uint32_t serial)
{
    static const garita_utf8 denied[] = {{"A", 1}, {"B", 1}};
    garita_lane lane = {.name = "a",
                        .title = {{"Lane", 4}, {"Carril", 6}},
                        .programmes = serial,
                        .denied_count = COUNT(denied),
                        .denied = denied};
    garita_policy p = {.serial = serial,
                       .until = 1000,
                       .country = "USA",
                       .title = lane.title,
                       .lane_count = 1,
                       .lanes = &lane};
    uint8_t *bytes = NULL;
    size_t len = 0;
    garita_fault fault;
    garita_error e;
    with_each_failure(2, e, {
        free(bytes);
        e = garita_policy_issue(&bytes, &len, &fault, &p, &agency.signer);
        assert_int_equal(fault.error, e);
        assert_true((bytes != NULL) == (e == GARITA_OK));
    });
    *out = (garita_bytes){bytes, len};
}

static int set_up(void **state)
{
    (void)state;
    party_make(&anchor, 100);
    party_make(&agency, 101);
    assert_ok(garita_trust_new(&trust));
    pin(trust, &anchor, (grant){.serial = 1});
    add(trust, &anchor, &agency, (grant){.serial = 2});
    assert_ok(garita_book_new(&book, trust));
    for (size_t i = 0; i < COUNT(statements); i++)
        say(&statements[i], (uint32_t)i + 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(statements); i++)
        free((void *)(uintptr_t)statements[i].at);
    garita_book_free(book);
    garita_trust_free(trust);
    return 0;
}

static void reading_without_memory_gives_nothing(void **state)
{
    (void)state;
    garita_policy *p = NULL;
    const garita_issuer *signer;
    garita_fault fault;
    garita_error e;
    with_each_failure(1, e, {
        garita_policy_free(p);
        e = garita_policy_inspect(&p, NULL, &fault, statements[0].at, statements[0].len);
        assert_int_equal(fault.error, e);
        assert_true((p != NULL) == (e == GARITA_OK));
    });
    with_each_failure(2, e, {
        garita_policy_free(p);
        signer = garita_policy_signer(&p, &e, trust, NULL, statements[0].at, statements[0].len);
        assert_true((p != NULL) == (e == GARITA_OK) && (signer != NULL) == (e == GARITA_OK));
    });
    garita_policy_free(p);
}

/* All policies, up to the first for which there is no memory. */
static garita_error load(garita_policies **out)
{
    garita_policies_added added;
    garita_error e = garita_policies_new(out, trust, book, "USA");
    assert_true((*out != NULL) == (e == GARITA_OK));
    for (size_t i = 0; i < COUNT(statements) && e == GARITA_OK;
         i++) { /* more than the first room */
        e = garita_policies_add(*out, &added, statements[i].at, statements[i].len);
        assert_int_equal(added.fate,
                         e == GARITA_OK ? GARITA_POLICIES_ADDED : GARITA_POLICIES_OF_NOBODY);
        assert_int_equal(added.error, e);
    }
    return e;
}

static void a_policy_that_there_is_no_memory_for_is_an_error(void **state)
{
    (void)state;
    garita_policies *policies = NULL;
    garita_lane lane;
    const garita_clock clock = {.is_known = true, .now = 500};
    garita_error e;
    with_each_failure(4 * (int)COUNT(statements), e, {
        garita_policies_free(policies);
        e = load(&policies);
    });
    assert_int_equal(garita_policies_count(policies), COUNT(statements));
    fail_in = 0; /* what a verdict asks takes none */
    assert_int_equal(garita_policies_lane(&lane, NULL, policies, "a", &clock), GARITA_LANE_RULED);
    assert_int_equal(garita_policies_lane(&lane, NULL, policies, "b", &clock), GARITA_LANE_UNKNOWN);
    assert_true(garita_policies_is_current(policies, 0, &clock));
    assert_int_equal(fail_in, 0);
    fail_in = -1;
    assert_int_equal(lane.programmes, COUNT(statements));
    garita_policies_free(policies);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_without_memory_gives_nothing),
        cmocka_unit_test(a_policy_that_there_is_no_memory_for_is_an_error),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
