/* node/engine/bounds.h: every bound of the gossip, each with its reason. PROTOCOL.md repeats those
 * that a second implementation must share.
 */
#ifndef GARITA_NODE_BOUNDS_H
#define GARITA_NODE_BOUNDS_H

#include <garita/limits.h>

/* --- on the wire --- */

/* A packet: what one Noise message carries. On a link of 64 kbit/s it takes two seconds, which is
 * how long a fresh head waits behind it. */
#define ENGINE_PACKET_MAX (16 * 1024)
/* What a handshake carries: a node statement, and at most four authority statements and an anchor's
 * further key above it. */
#define ENGINE_PAYLOAD_STATEMENTS 6
#define ENGINE_PAYLOAD_MAX (ENGINE_PAYLOAD_STATEMENTS * (GARITA_AUTHORITY_BYTES_MAX + 4))
/* A run: what brings one log up to date; the largest set with its framing. Of more, the rest comes
 * by bundle. */
#define ENGINE_RUN_BYTES_MAX (96 * 1024 * 1024)
/* A piece of a run: half a second of 64 kbit/s, and one per cent of framing. */
#define ENGINE_PIECE_BYTES 4096
/* An item with its framing that goes as a message of its own; longer ones (policies, evidence) are
 * fetched as runs are, so that no message is longer than a packet. */
#define ENGINE_ITEM_BYTES_MAX 8192

/* --- links --- */

/* Active links that a node seeks: at six the graph of thousands stays connected though a third
 * fail. */
#define ENGINE_LINKS 6
/* Of the links chosen from the roster, to nodes of one certifier: a hostile minority cannot fill
 * all. */
#define ENGINE_LINKS_PER_CERTIFIER 3
/* Links that others opened: a node of a small roster, whom everybody knows, and a few. */
#define ENGINE_INBOUND_MAX 64
/* Of these to nodes of one certifier, so that there is room for those of others. */
#define ENGINE_INBOUND_PER_CERTIFIER (ENGINE_INBOUND_MAX / 2)
/* Sessions whose node is not known yet: their payloads wait for the writer. The gate of the channel
 * lets no more in. */
#define ENGINE_PENDING_MAX 64
#define ENGINE_REMEMBERED_MAX 64
#define ENGINE_CONFIGURED_MAX 64
/* Dials under way: those that hang must not hold up the others. */
#define ENGINE_DIALS_MAX 8

/* --- time, in milliseconds --- */

#define ENGINE_PERIOD_MS 10000      /* anti-entropy, on each link */
#define ENGINE_CONFIGURED_MS 5000   /* between two dials of a configured peer, at most */
#define ENGINE_BACKOFF_MIN_MS 1000  /* after a dial that failed; doubles, with jitter, */
#define ENGINE_BACKOFF_MAX_MS 60000 /* to this: so long after a partition all is tried again */
/* After one that failed nobody of its certifier is called for so long: who certifies thousands of
 * nodes at somebody's address makes nobody call there more than a few times a second. */
#define ENGINE_CALLS_APART_MS 500
#define ENGINE_STEADY_MS 30000     /* a link that stood so long forgives the failures before it */
#define ENGINE_SILENT_PERIODS_X2 7 /* three and a half: three digests were lost */
#define ENGINE_PENDING_MS 10000    /* for a node to be known: the writer is busy, or hangs */
#define ENGINE_SESSION_MS                                                                          \
    (INT64_C(24) * 3600000)                     /* a session's end; the dialer renews it before    \
                                                 */
#define ENGINE_RENEW_MS (INT64_C(20) * 3600000) /* from here on, */
#define ENGINE_RENEW_SPREAD_MS (INT64_C(3) * 3600000) /* at some time in these */
#define ENGINE_EXPLORE_MS 300000 /* between two tries of another node, more or less */
#define ENGINE_REMEMBER_MS 15000 /* between two lists of links that are to be remembered */
#define ENGINE_RELAY_MS 1000     /* between two relays of one authority's heads: rule of trust 10 */
#define ENGINE_ASK_MS 1000       /* a request, and four times the way there and back, is answered */
#define ENGINE_ASK_OTHER_MS 300  /* with three times the way: where another has it too */
#define ENGINE_HEDGE_MS 10000    /* a run that drips for so long is asked for elsewhere too */
#define ENGINE_PARTIAL_MS 300000 /* a part of a run is kept so long without getting more */
#define ENGINE_OTHER_MS 60000    /* between two pulls of other histories of one log */
#define ENGINE_REFUSED_MS 600000 /* what was refused is not asked for again for so long */
#define ENGINE_OTHER_KEPT_MS (INT64_C(24) * 3600000) /* nor another history's head */
#define ENGINE_RETRY_MS 1000                         /* after the disk failed; doubles */
#define ENGINE_RETRY_MAX_MS 60000
#define ENGINE_CLOGGED_MS 30000                   /* nothing leaves for so long: it does not read */
#define ENGINE_BAN_MS 60000                       /* for the first offence; doubles, */
#define ENGINE_BAN_MAX_MS (INT64_C(24) * 3600000) /* to this */

/* --- what one peer may do --- */

/* Messages and bytes that a link may bring which nobody asked for: as buckets, so that an answer to
 * a vector, which is the most that an honest peer sends at once, fits. For each log known here
 * more, since a vector has an entry for it and its answer a head. */
#define ENGINE_MESSAGES_BURST 2048
#define ENGINE_MESSAGES_PER_S 256
#define ENGINE_MESSAGES_PER_LOG 4
#define ENGINE_BYTES_BURST (2 * 1024 * 1024)
#define ENGINE_BYTES_PER_S (64 * 1024)
#define ENGINE_BYTES_PER_LOG 4096
/* And a second: each log's head may be relayed once in it (rule of trust 10), so that nobody who
 * has many logs can make honest nodes flood each other. So it is with proofs, one of each log. */
#define ENGINE_HEAD_BYTES_PER_S (GARITA_HEAD_BYTES_MAX + 64)
/* Signatures of heads that were not seen before. Of more the heads are not looked at: the next
 * vector says them again. A bad one is no offence: an authority may give two nodes two keys of one
 * number, and what the one has checked the other cannot. */
#define ENGINE_CHECKS_BURST 512
#define ENGINE_CHECKS_PER_S 64
/* Items that nobody asked for: what is new is pushed, and paced by who pushes. */
#define ENGINE_UNASKED_BURST 256
#define ENGINE_UNASKED_PER_S 32
#define ENGINE_PUSH_BURST 64
#define ENGINE_PUSH_PER_S 8
/* Things that are wrong and might be an honest peer's mistake: heads that cannot be read, a run
 * that several vouched for. */
#define ENGINE_STRIKES 8
#define ENGINE_STRIKE_MS 30000 /* one is forgiven in so long */
/* Requests: runs given to one link at once, and how many a second; each reads the store. Of more
 * there is "busy". */
#define ENGINE_GIVING_MAX 8
#define ENGINE_GIVES_BURST 256
#define ENGINE_GIVES_PER_S 16
#define ENGINE_GIVE_COST_BYTES (64 * 1024) /* so many bytes cost as much as another run */
/* Items that wait for one link to take them. */
#define ENGINE_ITEMS_DUE_MAX 512
#define ENGINE_LISTS_DUE_MAX 1024
/* Requests to one link that are not answered yet. */
#define ENGINE_PULLS_PER_LINK 4
#define ENGINE_ASKED_PER_LINK 64
/* Bytes that wait for the network: nothing more is given to a link above the first, and of bulk
 * (runs, vectors, lists, items) only below the second, so that a fresh head is never long behind.
 */
#define ENGINE_QUEUED_MAX (256 * 1024)
#define ENGINE_BULK_QUEUED_MAX (24 * 1024)
/* Messages of a few bytes that wait until there is room; more are dropped, as if lost. */
#define ENGINE_CONTROL_MAX (32 * 1024)
/* Items of one link that wait for the writer. */
#define ENGINE_GATHER_BYTES_MAX (256 * 1024)
#define ENGINE_GATHER_ITEMS_MAX 512

/* --- in all --- */

#define ENGINE_PULLS_MAX 64 /* runs being fetched; and so many more kept in part */
/* Of these, and of what is with the writer: two of the longest. */
#define ENGINE_PARTIAL_BYTES_MAX (192 * 1024 * 1024)
/* A run is taken in only so far beyond its first gap: a length is a stranger's word. */
#define ENGINE_WINDOW_PIECES 256
/* Runs kept while they are given: each link may have its eight, whatever the others do, */
#define ENGINE_RUNS_MAX 1024
#define ENGINE_RUN_SHORT_BYTES (64 * 1024) /* and a short one there is always room for. */
#define ENGINE_RUN_HELD_MS                                                                         \
    20000 /* Else who was given one for so long makes room: he resumes it                          \
           */
#define ENGINE_RUNS_BYTES_MAX (128 * 1024 * 1024) /* their bytes */
#define ENGINE_RUN_KEPT_MS 20000                  /* so long after they were asked for last */
#define ENGINE_WANTED_MAX                                                                          \
    32768 /* items that are missing and that somebody has: half of them only                       \
             for what those list whom this node called itself, */
#define ENGINE_WANTED_PER_LINK 2048                  /* and of one link no more than this */
#define ENGINE_CLAIMS_PER_LOG (2 * ENGINE_LINKS + 4) /* who has more of one log */
/* Of one log so many at once, and then one a second: each is a transaction, and a hostile authority
 * could sign heads without end. */
#define ENGINE_LOG_TAKES_BURST 8
#define ENGINE_LOG_TAKES_PER_S 1
#define ENGINE_TAKES_MAX 256       /* with the writer at once */
#define ENGINE_PAYLOAD_TAKES_MAX 4 /* of these payloads of handshakes, */
#define ENGINE_PAYLOADS_BURST 16   /* and how many, a second: each costs signatures */
#define ENGINE_PAYLOADS_PER_S 4
#define ENGINE_REFUSED_MAX 4096 /* digests of what was refused */
#define ENGINE_SEEN_MAX 4096    /* heads whose signatures were checked */
#define ENGINE_BANS_MAX 256     /* keys kept away */

#endif
