#include "plan.h"

#include <stdlib.h>

static void add(struct plan *plan, int x, int y, bool dark)
{
    plan->module[plan->count++] = (struct plan_module){(unsigned char)x, (unsigned char)y, dark};
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* A finder around (mx, my) with what of its light separator lies in the code: 8 x 8 modules. */
static void add_finder(struct plan *plan, int mx, int my)
{
    for (int y = my - 4; y <= my + 4; y++)
        for (int x = mx - 4; x <= mx + 4; x++) {
            if (x < 0 || y < 0 || x >= plan->side || y >= plan->side)
                continue;
            int ring = larger(abs(x - mx), abs(y - my));
            add(plan, x, y, ring != 2 && ring != 4);
        }
}

static void add_alignment(struct plan *plan, int mx, int my)
{
    for (int y = my - 2; y <= my + 2; y++)
        for (int x = mx - 2; x <= mx + 2; x++)
            add(plan, x, y, larger(abs(x - mx), abs(y - my)) != 1);
}

/* Rows and columns of alignment patterns, ISO/IEC 18004, annex E, as the rule behind its table:
 * from 6 to side - 7, evenly from the far end on, in even steps. Returns how many. */
static int alignment_places(int version, int side, int place[7])
{
    if (version == 1)
        return 0;
    int count = version / 7 + 2;
    int step = version == 32 ? 26 : (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2;
    place[0] = 6;
    for (int i = count - 1, at = side - 7; i > 0; i--, at -= step)
        place[i] = at;
    return count;
}

void plan_make(struct plan *plan, int version)
{
    int side = plan->side = 17 + 4 * version;
    plan->count = 0;
    add_finder(plan, 3, 3);
    add_finder(plan, side - 4, 3);
    add_finder(plan, 3, side - 4);
    for (int i = 8; i < side - 8; i++) {
        add(plan, i, 6, i % 2 == 0);
        add(plan, 6, i, i % 2 == 0);
    }
    plan->edge = plan->count;

    int place[7];
    int count = alignment_places(version, side, place);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++) {
            bool on_finder =
                (i == 0 && j == 0) || (i == 0 && j == count - 1) || (i == count - 1 && j == 0);
            if (!on_finder)
                add_alignment(plan, place[i], place[j]);
        }
}
