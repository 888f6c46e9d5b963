/* cli/verdict_rows.h: the rows and sentences that verdicts for people are made of. */
#ifndef GARITA_CLI_VERDICT_ROWS_H
#define GARITA_CLI_VERDICT_ROWS_H

#include <stdbool.h>

#include <garita/verify.h>

#include "buffer.h"
#include "verdict_remarks.h"

/* --- texts --- */

void verdict_rows_add_bold(struct buffer *out, const char *text, bool has_color);

/* A text, wrapped where the screen ends, and a line feed. */
void verdict_rows_add_sentence(struct buffer *out, const char *text, const struct screen *screen);
void verdict_rows_add_bold_sentence(struct buffer *out, const char *text,
                                    const struct screen *screen);

/* The same for a text that was composed, which it frees; of a row each line but the first is
 * indented. */
void verdict_rows_add_paragraph(struct buffer *out, struct buffer *text, bool is_bold,
                                const struct screen *screen);
void verdict_rows_add_row(struct buffer *out, struct buffer *text, const struct screen *screen);

/* "standard input:3" */
void verdict_rows_add_origin(struct buffer *out, const struct origin *origin);

/* " (remark)"; nothing for null. */
void verdict_rows_add_remark(struct buffer *out, const char *remark);

/* --- of a verdict --- */

/* What to compare, who issued it, how fresh the records are, and the attestations. */
void verdict_rows_add_data(struct buffer *out, const garita_verdict *verdict,
                           const struct remarks *remarks, const struct screen *screen);

/* "✓ code authority signature  ✗ lane": with a sign for those that were not made, or waived. */
void verdict_rows_add_checks(struct buffer *out, const garita_verdict *verdict,
                             const struct screen *screen);

/* "malformed: not Base45 (RFC 9285)", without a line feed. */
void verdict_rows_add_reason(struct buffer *out, const garita_verdict *verdict);

/* All that the policy finds wrong, in the same line: " (Missing: …)". */
void verdict_rows_add_findings(struct buffer *out, const garita_verdict *verdict,
                               const garita_setting *setting);

/* Whether a lane accepted without knowing of revocations. */
bool verdict_is_unchecked(const garita_verdict *verdict);

/* What to do. */
void verdict_rows_add_next(struct buffer *out, const garita_verdict *verdict,
                           const garita_setting *setting, const struct screen *screen);
void verdict_rows_add_hint(struct buffer *out, const char *hint, const struct screen *screen);

/* What --explain shows; nothing without it. */
void verdict_rows_add_explanation(struct buffer *out, const garita_verdict *verdict,
                                  const struct remarks *remarks, const struct screen *screen);

#endif
