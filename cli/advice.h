/* cli/advice.h: a verdict's reason in plain words, and what the officer does now. */
#ifndef GARITA_CLI_ADVICE_H
#define GARITA_CLI_ADVICE_H

#include <garita/book.h>
#include <garita/party.h>
#include <garita/verify.h>

#include "buffer.h"
#include "verdict_findings.h"

/* The verdict in one word, in capitals: "ACCEPT", "REFER", "REJECT". Translated, never null. */
const char *advice_word(garita_outcome outcome);

/* Adds why, as a sentence, and what to do after the verdict, as another: in the words of the policy
 * where it is the policy's reason. setting is what the verdict was given by. Translated. */
void advice_add_why(struct buffer *out, const garita_verdict *verdict,
                    const garita_setting *setting);
void advice_add_next(struct buffer *out, const garita_verdict *verdict,
                     const garita_setting *setting);

/* Adds the sentence about one finding of the policy's: what it is, and in what words. Translated.
 */
void advice_add_finding(struct buffer *out, const struct finding *finding,
                        const garita_verdict *verdict, const garita_setting *setting);

/* Adds whom a party still lacks: "carrier (Transportes del Norte), company". Nothing where nobody
 * is missing. Translated. */
void advice_add_missing(struct buffer *out, const garita_party *party, const garita_lane *lane,
                        const garita_verdict *const *members);

/* What to do for a reason, whatever gave it. Translated, never null. */
const char *advice_do(garita_reason reason);

/* How to set right what may have made a text or file unreadable on our side, such as a scanner's
 * keyboard layout; or null. Translated. */
const char *advice_hint(garita_error error);

/* Adds how to set right what may be wrong on our side rather than with the credential: the
 * above, old records, a clock. Nothing where there is nothing to say. Translated. setting
 * and book are what the verdict was given by. */
void advice_add_hint(struct buffer *out, const garita_verdict *verdict,
                     const garita_setting *setting, const garita_book *book);

/* Adds how old what is known of revocations is, and by whose log: "revocations known as of 2 h ago,
 * by INM"; or that it was signed ahead of the clock. Nothing where nothing is known. Translated. */
void advice_add_age(struct buffer *out, const garita_verdict *verdict,
                    const garita_setting *setting);

#endif
