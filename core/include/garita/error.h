/* garita/error.h: errors are values with stable names.
 *
 * Every function that can fail on its input returns a garita_error. Zero is success. The names are
 * part of the interface: they appear in --json output and in the golden vectors and never change
 * meaning. A caller's own mistake (a null pointer where one is not allowed) is an assertion, not an
 * error.
 */
#ifndef GARITA_ERROR_H
#define GARITA_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/* X(constant, stable name, one English sentence) */
#define GARITA_ERRORS(X)                                                                           \
    X(OK, "ok", "success")                                                                         \
    /* text around a statement (core/FORMAT.md, "The QR text") */                                  \
    X(NOT_OURS, "not-ours", "the text does not begin with GT1:")                                   \
    X(TEXT_ALTERED, "text-altered", "the text was altered by a keyboard layout or caps lock")      \
    X(BASE45, "base45", "not Base45 (RFC 9285)")                                                   \
    /* the envelope and the canonical form */                                                      \
    X(TOO_LONG, "too-long", "longer than its type allows")                                         \
    X(TRUNCATED, "truncated", "ends before it should")                                             \
    X(TRAILING, "trailing", "bytes follow where nothing may")                                      \
    X(ENVELOPE, "envelope", "not an array of a map and a 64-byte signature")                       \
    X(WRONG_KIND, "wrong-kind", "a value of another kind than the field needs")                    \
    X(NOT_MINIMAL, "not-minimal", "an integer or a length is not in its shortest form")            \
    X(FORBIDDEN_KIND, "forbidden-kind", "a float, an extension or a 32-bit length")                \
    X(KEY_ORDER, "key-order", "map keys are not ascending, or one occurs twice")                   \
    X(KEY_KIND, "key-kind", "a map key is not an unsigned integer")                                \
    X(UNKNOWN_KEY, "unknown-key", "a key that this version does not know and may not ignore")      \
    X(MISSING_KEY, "missing-key", "a key that must be there is not")                               \
    X(UTF8, "utf8", "text that is not valid UTF-8")                                                \
    X(UNSAFE_TEXT, "unsafe-text", "text with a control or direction-override character")           \
    X(DEPTH, "depth", "nested deeper than its type allows")                                        \
    X(RANGE, "range", "a value outside its range")                                                 \
    X(COUNTRY, "country", "not a country code as in ICAO Doc 9303-3")                              \
    X(DATE, "date", "not a date of the calendar")                                                  \
    X(DATE_ORDER, "date-order", "ends before it begins")                                           \
    X(EMPTY, "empty", "a text or list that must not be empty is")                                  \
    X(ID_MISMATCH, "id-mismatch", "an authority id that is not its first public key's")            \
    /* versions and types */                                                                       \
    X(UNSUPPORTED_VERSION, "unsupported-version", "a version that this program does not read")     \
    X(UNKNOWN_TYPE, "unknown-type", "a statement type that this program does not read")            \
    X(WRONG_TYPE, "wrong-type", "a statement of another type than was asked for")                  \
    /* keys and signatures */                                                                      \
    X(BAD_SIGNATURE, "bad-signature", "the signature is not this key's over these bytes")          \
    X(BAD_KEY, "bad-key", "not a usable public key")                                               \
    X(KEY_FILE, "key-file", "not a key file of a kind that this program reads")                    \
    X(PASSPHRASE, "passphrase", "the passphrase is wrong, or the key file was altered")            \
    /* trust */                                                                                    \
    X(UNKNOWN_ISSUER, "unknown-issuer", "signed by nobody whose chain reaches a pinned anchor")    \
    X(OUT_OF_SCOPE, "out-of-scope", "more than the signer may give")                               \
    X(TOO_DEEP, "too-deep", "further from its anchor than the signer or the format allows")        \
    X(NOT_SELF_SIGNED, "not-self-signed", "an anchor must be signed by the key it names")          \
    X(KEY_NUMBER_TAKEN, "key-number-taken", "another key of this authority has this number")       \
    X(SERIAL_TAKEN, "serial-taken", "another statement of this authority has this serial")         \
    X(ALREADY_KNOWN, "already-known", "exactly this is there already")                             \
    X(FULL, "full", "a bound on how much is kept was reached")                                     \
    X(NOT_PROVEN, "not-proven", "the proof does not show what it should")                          \
    /* rules and policies */                                                                       \
    X(RULE, "rule", "not a rule of CertLogic 1.3.3")                                               \
    X(SHAPE, "shape", "not of the shape that its programme or kind has")                           \
    X(TWICE, "twice", "a name that must be there once occurs twice")                               \
    /* the rest */                                                                                 \
    X(NO_SPACE, "no-space", "the caller's buffer is too small")                                    \
    X(NO_MEMORY, "no-memory", "out of memory")                                                     \
    X(UNTRANSLATABLE, "untranslatable", "no letter of the name has a form in the Latin alphabet")

typedef enum garita_error {
#define GARITA_ERROR_ENUM(constant, name, text) GARITA_E_##constant,
    GARITA_ERRORS(GARITA_ERROR_ENUM)
#undef GARITA_ERROR_ENUM
} garita_error;

#define GARITA_OK GARITA_E_OK

/* The stable name of an error, such as "key-order"; never null ("?" for a number that is none). */
const char *garita_error_name(garita_error error);

/* One English sentence, without a full stop, that says what the error means. */
const char *garita_error_text(garita_error error);

#ifdef __cplusplus
}
#endif

#endif
