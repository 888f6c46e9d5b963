/* cli/advice.h: a verdict's reason in plain words, and what the officer does now. */
#ifndef GARITA_CLI_ADVICE_H
#define GARITA_CLI_ADVICE_H

#include <garita/verify.h>

/* The verdict in one word, in capitals: "ACCEPT", "REFER", "REJECT". Translated, never null. */
const char *advice_word(garita_outcome outcome);

/* Why, as a sentence. Translated, never null. */
const char *advice_why(const garita_verdict *verdict);

/* What to do after the verdict, as a sentence. Translated, never null. */
const char *advice_next(const garita_verdict *verdict);

/* What to do for a reason, whatever gave it. Translated, never null. */
const char *advice_do(garita_reason reason);

/* How to set right what may be wrong on our side, such as a scanner's keyboard layout, rather than
 * with the credential; or null. Translated. */
const char *advice_hint(garita_error error);

#endif
