/* What is known of a code's modules before it is read: the function patterns of ISO/IEC 18004, 6.3,
 * for one version. */
#ifndef GARITA_QR_PLAN_H
#define GARITA_QR_PLAN_H

#include <stdbool.h>

enum {
    PLAN_EDGE_MAX = 3 * 64 + 2 * 161,  /* finders with their separators, timing */
    PLAN_MAX = PLAN_EDGE_MAX + 46 * 25 /* and up to 46 alignment patterns */
};

struct plan_module {
    unsigned char x, y;
    bool dark;
};

struct plan {
    int side;  /* modules */
    int count; /* of modules below */
    int edge;  /* of these, the first so many are finders, separators and timing */
    struct plan_module module[PLAN_MAX];
};

void plan_make(struct plan *plan, int version); /* 1 to 40 */

#endif
