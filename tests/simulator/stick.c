#include "stick.h"

#include <stdlib.h>

#include "node.h"
#include "world.h"

static void alter(struct sim *sim, struct bytes *bundle)
{
    for (unsigned i = dice_below(&sim->dice, 20) + 1; i > 0; i--)
        bundle->at[dice_below(&sim->dice, (uint32_t)bundle->len)] ^=
            (uint8_t)(1u << dice_below(&sim->dice, 8));
}

/* All that a realm has which nobody here pinned. */
static void stranger(struct sim *sim, struct bytes *out)
{
    garita_message end = {.kind = GARITA_MESSAGE_END};

    if (sim->stranger == NULL) {
        sim->stranger = malloc(sizeof *sim->stranger);
        WORLD_REQUIRE(sim->stranger != NULL);
        realm_make(sim->stranger, &sim->dice, 0, 1);
        struct agency *agency = &sim->stranger->agencies[REALM_COUNTRIES];
        realm_append(sim->stranger, agency, &agency->main, &agency->index, 1,
                     GARITA_STANDING_REVOKED, sim_moment(sim));
        realm_sign(sim->stranger, agency, &agency->main, sim_moment(sim));
    }
    realm_tail(out, &sim->stranger->agencies[REALM_COUNTRIES].main, 0);
    out->len -= 2; /* END */
    for (size_t i = 0; i < sim->stranger->statement_count; i++) {
        const struct bytes *bytes = &sim->stranger->statements[i].bytes;
        bytes_add_statement(out, (garita_bytes){bytes->at, bytes->len});
    }
    garita_bundle_write(bytes_sink, out, &end);
}

static bool gap(struct sim *sim, struct node *to, struct bytes *out)
{
    const struct agency *agency =
        &sim->realm.agencies[dice_below(&sim->dice, (uint32_t)sim->realm.agency_count)];
    const garita_log *log = node_log(to, agency);
    uint64_t held = log == NULL ? 0 : log->frontier.size;

    if (agency->main.log.head.size <= held + 1)
        return false;
    realm_tail(out, &agency->main, held + 1);
    return true;
}

void stick(struct sim *sim, struct node *from, struct node *to)
{
    struct bytes bundle = {0};
    unsigned how = dice_below(&sim->dice, 6);

    if (to == NULL)
        return;
    if (how == 3)
        stranger(sim, &bundle);
    else if (how == 4 && gap(sim, to, &bundle))
        sim_count(sim, SIM_STICK_GAP, 1);
    else
        node_export(from, &bundle);
    switch (how) {
    case 0:
        sim_count(sim, SIM_STICK_CUT, 1);
        bundle.len = dice_below(&sim->dice, (uint32_t)bundle.len);
        break;
    case 1: /* what was made some time ago, and this one for another time */
        if (from->stick.len > 0) {
            struct bytes old = from->stick;
            sim_count(sim, SIM_STICK_OLD, 1);
            from->stick = bundle;
            bundle = old;
        } else {
            bytes_add(&from->stick, bundle.at, bundle.len);
        }
        break;
    case 2:
        sim_count(sim, SIM_STICK_HOSTILE, 1);
        alter(sim, &bundle);
        break;
    case 3:
        sim_count(sim, SIM_STICK_FOREIGN, 1);
        break;
    default:
        sim_count(sim, SIM_STICK, 1);
        break;
    }
    trace_line(&sim->trace, sim->now, "a stick goes from %s to %s, of kind %u", from->name,
               to->name, how);
    node_bring(to, &bundle);
}
