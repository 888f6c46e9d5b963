/* node/channel/gate.h: who may shake hands, before it costs anything (node/PROTOCOL.md, section 7).
 *
 * Whoever connects is a stranger until the handshake is done, and strangers come in any number. The
 * gate counts them by where they come from, the /24 of IPv4 and the /48 of IPv6, which is a site,
 * or a few neighbours: whoever has one such prefix has one share, however many connections he
 * opens. It has neither sockets nor a clock, and allocates nothing after gate_new.
 *
 * The caller says who entered, whose first message is in, and who left; the gate says whom to drop,
 * and whom to answer next. Only connections that others opened pass it.
 */
#ifndef GARITA_NODE_GATE_H
#define GARITA_NODE_GATE_H

#include <stdbool.h>
#include <stdint.h>

/* Handshakes under way at once. One that has been answered takes 12 KiB, guarded pages and all, and
 * four mappings: 6 MiB and 2,048 of a process's 65,530 at worst, and as many descriptors. */
#define GATE_UNFINISHED_MAX 512
/* Prefixes that are remembered: those of who is inside, and as many that were there before, so that
 * nobody gets a newcomer's place in the queue by coming again. */
#define GATE_PREFIXES_MAX (2 * GATE_UNFINISHED_MAX)
/* From the connection to the last message: three messages, 12 KiB in all, take two seconds at
 * 64 kbit/s, and a lost one is sent again after one. */
#define GATE_DEADLINE_MS 5000
/* Handshakes answered: four multiplications on the curve each, a fifth of a millisecond in all, so
 * that 64 a second are less than 2 % of a core. And how many at once after a quiet time: six
 * milliseconds in which nobody else is served. */
#define GATE_ANSWERS_PER_S 64
#define GATE_ANSWERS_AT_ONCE 32

struct gate;

typedef uint32_t gate_id; /* names a connection; the caller's choice, above 0, never used twice */

/* Null if there is no memory. */
struct gate *gate_new(void);
void gate_free(struct gate *gate); /* null is allowed */

/* A connection came in, from an IPv6 address or an IPv4 one mapped into it (::ffff:a.b.c.d). It is
 * let in; if there was no room, *dropped is who has to go for it, else 0: of the prefix that has
 * most connections the oldest. */
void gate_enter(struct gate *gate, gate_id *dropped, gate_id id, const uint8_t address[16],
                int64_t now_ms);

/* Its first message is whole: it waits to be answered. */
void gate_ready(struct gate *gate, gate_id id);

/* Whom to answer now, each once; 0: nobody, for now. Prefixes take turns, and within one it goes by
 * age. */
gate_id gate_answer(struct gate *gate, int64_t now_ms);

/* It is through, or gone. Harmless for who is not inside (any more). */
void gate_leave(struct gate *gate, gate_id id);

/* Who has to go because his time is over, each once; 0: nobody. */
gate_id gate_expired(struct gate *gate, int64_t now_ms);

/* When gate_expired or gate_answer will have something, unless something happens before; INT64_MAX:
 * never. */
int64_t gate_due(const struct gate *gate);

#endif
