/* cli/verdict_text.h: a verdict for people. */
#ifndef GARITA_CLI_VERDICT_TEXT_H
#define GARITA_CLI_VERDICT_TEXT_H

#include <stdbool.h>

#include <garita/verify.h>

#include "buffer.h"
#include "tally.h"
#include "verdict_remarks.h"

/* To be seen from two metres: the data to compare with the document, the papers or the plate, then
 * each check, the word in large letters with a sign beside it (color is never the only difference),
 * why, and what to do. It fits a terminal of 24 rows. A credential whose signature is not good
 * shows no data. */
void verdict_text_add_big(struct buffer *out, const garita_verdict *verdict,
                          const struct remarks *remarks, const struct screen *screen);

/* All of it in one line (on a terminal, wrapped). */
void verdict_text_add_line(struct buffer *out, const garita_verdict *verdict,
                           const struct remarks *remarks, const struct screen *screen);

/* That what was shown is no credential, in large letters of a neutral sign: so that no verdict
 * about the one before stays in sight; and the same for what is only the beginning. */
void verdict_text_add_none(struct buffer *out, const struct screen *screen);
void verdict_text_add_hold(struct buffer *out, const struct screen *screen);

/* What several verdicts come to, after a line for each: the worst in large letters, and how many. A
 * failure counts as refer, for a person has to look at it. */
void verdict_text_add_summary(struct buffer *out, const struct tally *tally,
                              const struct screen *screen);

#endif
