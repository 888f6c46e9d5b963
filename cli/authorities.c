#include "authorities.h"

#include <stdlib.h>

static bool is_there(const struct authorities *list, const garita_issuer *issuer)
{
    for (size_t i = 0; i < list->count; i++)
        if (garita_issuer_same_authority(list->at[i], issuer))
            return true;
    return false;
}

/* Those right below parent (null: the anchors), each followed by its own. The depth is bounded. */
static void add_below(struct authorities *list, const garita_trust *trust,
                      const garita_issuer *parent)
{
    uint8_t level = parent != NULL ? (uint8_t)(parent->level + 1) : 0;

    for (size_t i = 0; i < garita_trust_count(trust); i++) {
        const garita_issuer *issuer = garita_trust_get(trust, i);
        if (issuer->level != level ||
            (parent != NULL && !garita_issuer_same_authority(issuer->parent, parent)) ||
            is_there(list, issuer))
            continue;
        list->at[list->count++] = issuer;
        add_below(list, trust, issuer);
    }
}

bool authorities_of(struct authorities *out, const garita_trust *trust)
{
    *out = (struct authorities){.at = calloc(garita_trust_count(trust) + 1, sizeof *out->at)};
    if (out->at == NULL)
        return false;
    add_below(out, trust, NULL);
    return true;
}

void authorities_free(struct authorities *authorities)
{
    free(authorities->at);
    *authorities = (struct authorities){0};
}
