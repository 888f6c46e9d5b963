/* cli/home_view.h: what this home knows when something is judged: whom it trusts, the status logs
 * and the policies of those, and the clock's floor, all of one moment.
 */
#ifndef GARITA_CLI_HOME_VIEW_H
#define GARITA_CLI_HOME_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/book.h>
#include <garita/policies.h>
#include <garita/store.h>
#include <garita/trust.h>
#include <garita/verify.h>

#include "buffer.h"
#include "context.h"

/* Filled, it is only read, by any number of threads. All zero is an empty one. */
struct home_view {
    garita_trust *trust;
    garita_book *book;         /* for this trust set */
    garita_policies *policies; /* of the home's country */
    bool has_floor;            /* the later of what is kept and what the heads in the book attest */
    int64_t floor;
    struct buffer notices; /* what people are to be told of, a line each */
};

/* Loads it; notices are not shown yet. On an error nothing is left to free. */
garita_store_error home_view_load(const struct context *context, struct home_view *out,
                                  garita_store *store);
void home_view_free(struct home_view *view);

/* Warns of what stands in the notices: statements that no longer fit, logs that are damaged, ids
 * that two authorities share, policies that this program cannot read, a home that trusts nobody. */
void home_view_warn(const struct context *context, const struct home_view *view);

/* The clock at this moment, with the view's floor. */
garita_clock home_view_clock(const struct context *context, const struct home_view *view);

/* The setting for a judgement at this moment. Valid as long as the view. */
garita_setting home_view_setting(const struct context *context, const struct home_view *view,
                                 const garita_lane *lane);

#endif
