/* HOST:PORT as a node statement has it: FORMAT.md, section 17. */
#include <garita/node.h>

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A decimal number without leading zeros that is not larger than max. */
static bool is_number(const char *text, size_t len, unsigned max)
{
    unsigned n = 0;
    if (len < 1 || len > 5 || (len > 1 && text[0] == '0'))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!is_digit(text[i]))
            return false;
        n = n * 10 + (unsigned)(text[i] - '0');
    }
    return n <= max;
}

/* The length up to the next end character, or all. */
static size_t span(const char *text, size_t len, char end)
{
    const char *at = memchr(text, end, len);
    return at ? (size_t)(at - text) : len;
}

static bool is_ipv4(const char *text, size_t len)
{
    for (int i = 0; i < 4; i++) {
        size_t part = span(text, len, '.');
        if (!is_number(text, part, 255) || (part < len) != (i < 3))
            return false;
        if (i < 3) {
            text += part + 1;
            len -= part + 1;
        }
    }
    return true;
}

/* RFC 4291, section 2.2, without a zone: eight groups, of which "::" stands for one or more, and
 * the last two may be an IPv4 address. */
static bool is_ipv6(const char *text, size_t len)
{
    unsigned groups = 0;
    bool has_gap = false;
    size_t at = 0;
    if (len >= 2 && text[0] == ':' && text[1] == ':') {
        has_gap = true;
        at = 2;
    }
    while (at < len) {
        size_t part = span(text + at, len - at, ':');
        if (memchr(text + at, '.', part)) {
            groups += 2;
            if (part < len - at || !is_ipv4(text + at, part))
                return false;
            break;
        }
        if (part < 1 || part > 4 || ++groups > 8)
            return false;
        for (size_t i = 0; i < part; i++)
            if (!is_hex(text[at + i]))
                return false;
        at += part;
        if (at == len)
            break;
        at++; /* the colon, behind which another group stands, or a second colon */
        if (at == len)
            return false;
        if (text[at] == ':') {
            if (has_gap)
                return false;
            has_gap = true;
            at++;
        }
    }
    return has_gap ? groups <= 7 : groups == 8;
}

/* Labels of at most 63 letters, digits and hyphens, none of which begins or ends with a hyphen.
 * What ends with a number is meant as an IPv4 address, and must be one. */
static bool is_name(const char *text, size_t len)
{
    bool has_only_digits = false;
    for (;;) {
        size_t label = span(text, len, '.');
        if (label < 1 || label > 63 || text[0] == '-' || text[label - 1] == '-')
            return false;
        has_only_digits = true;
        for (size_t i = 0; i < label; i++) {
            if (!is_letter(text[i]) && !is_digit(text[i]) && text[i] != '-')
                return false;
            has_only_digits = has_only_digits && is_digit(text[i]);
        }
        if (label == len)
            return !has_only_digits;
        text += label + 1;
        len -= label + 1;
    }
}

bool garita_address_is_wellformed(const char *text, size_t text_len)
{
    size_t host_len = text_len;
    if (text_len > GARITA_NODE_ADDRESS_BYTES_MAX)
        return false;
    while (host_len > 0 && text[host_len - 1] != ':')
        host_len--;
    if (host_len < 2 || !is_number(text + host_len, text_len - host_len, 65535) ||
        text[host_len] == '0')
        return false;
    host_len--; /* the colon */
    if (text[0] == '[')
        return text[host_len - 1] == ']' && is_ipv6(text + 1, host_len - 2);
    return is_ipv4(text, host_len) || is_name(text, host_len);
}
