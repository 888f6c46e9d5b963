/* HOST:PORT: what a node statement may name as a place where a node is reached. */
#include <garita/node.h>

#include <stdlib.h>

#include "unit.h"

static bool is_wellformed(const char *text)
{
    size_t len = strlen(text);
    char *copy = (char *)exact_copy(text, len);
    bool is = garita_address_is_wellformed(copy, len);
    free(copy);
    return is;
}

static void addresses_that_can_be_reached_are_taken(void **state)
{
    (void)state;
    static const char *const good[] = {
        "a:1",
        "sy1.example.net:7701",
        "SY-1.Example.NET:65535",
        "1st-lane:80",
        "xn--caf-dma.example:7701",
        "192.0.2.1:7701",
        "0.0.0.0:1",
        "255.255.255.255:9",
        "10.0.0.1.example:7701",
        "[::]:1",
        "[::1]:7701",
        "[1::]:7701",
        "[2001:db8::1]:7701",
        "[2001:DB8:0:0:0:0:0:1]:7701",
        "[1:2:3:4:5:6:7:8]:7701",
        "[1:2:3:4:5:6:7::]:7701",
        "[::2:3:4:5:6:7:8]:7701",
        "[::ffff:192.0.2.1]:7701",
        "[1:2:3:4:5:6:192.0.2.1]:7701",
        "[64:ff9b::192.0.2.33]:7701",
    };
    for (size_t i = 0; i < COUNT(good); i++)
        if (!is_wellformed(good[i]))
            fail_msg("%s is refused", good[i]);
}

static void addresses_of_another_form_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        ":",
        ":1",
        "a",
        "a:",
        "a:0",
        "a:00",
        "a:01",
        "a:65536",
        "a:99999",
        "a:100000",
        "a:4294967297",
        "a:-1",
        "a:+1",
        "a: 1",
        "a:1 ",
        "a:1x",
        "a:b:1",
        " a:1",
        "a b:1",
        "a_b:1",
        "a/b:1",
        "a@b:1",
        "a*:1",
        "\xc3\xb1:1",
        "a\n:1",
        ".a:1",
        "a.:1",
        "a..b:1",
        "-a:1",
        "a-:1",
        "a.-b:1",
        "a-.b:1",
        "1:1", /* what ends with a number is an IPv4 address, */
        "a.1:1",
        "192.0.2:1",
        "192.0.2.256:1",
        "192.0.2.01:1", /* which nobody reads as octal */
        "192.0.2.1.5:1",
        "192.0.2.1.:1",
        ".192.0.2.1:1",
        "::1:7701",
        "[]:1",
        "[:]:1",
        "[::1:1",
        "::1]:1",
        "[::1]1",
        "[::1]",
        "[::1]:",
        "[:::]:1",
        "[::1::]:1",
        "[1::2::3]:1",
        "[:1:2:3:4:5:6:7]:1",
        "[1:2:3:4:5:6:7:]:1",
        "[1:2:3:4:5:6:7]:1",
        "[1:2:3:4:5:6:7:8:9]:1",
        "[1:2:3:4:5:6:7:8::]:1",
        "[::1:2:3:4:5:6:7:8]:1",
        "[12345::]:1",
        "[g::]:1",
        "[::192.0.2]:1",
        "[::192.0.2.1:5]:1",
        "[192.0.2.1]:1",
        "[1:2:3:4:5:6:7:192.0.2.1]:1",
        "[fe80::1%eth0]:1",
        "[a]:1",
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        if (is_wellformed(bad[i]))
            fail_msg("%s is taken", bad[i]);
    assert_false(garita_address_is_wellformed("a\0b:1", 5));
}

static void a_label_has_63_letters_and_an_address_128_bytes(void **state)
{
    (void)state;
    char text[GARITA_NODE_ADDRESS_BYTES_MAX + 2];
    for (size_t len = 62; len <= 65; len++) {
        memset(text, 'a', len);
        memcpy(text + len, ":1", 2);
        assert_int_equal(garita_address_is_wellformed(text, len + 2), len <= 63);
    }
    for (size_t len = GARITA_NODE_ADDRESS_BYTES_MAX - 1; len <= sizeof text; len++) {
        memset(text, 'a', len);
        for (size_t at = 50; at + 3 < len; at += 50)
            text[at] = '.';
        memcpy(text + len - 2, ":1", 2);
        char *copy = (char *)exact_copy(text, len);
        assert_int_equal(garita_address_is_wellformed(copy, len),
                         len <= GARITA_NODE_ADDRESS_BYTES_MAX);
        free(copy);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_that_can_be_reached_are_taken),
        cmocka_unit_test(addresses_of_another_form_are_refused),
        cmocka_unit_test(a_label_has_63_letters_and_an_address_128_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
