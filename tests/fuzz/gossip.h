/* gossip.h: scripts for engines, as bytes: what fuzz_engine runs and fuzz_seeds writes. */
#ifndef GARITA_FUZZ_GOSSIP_H
#define GARITA_FUZZ_GOSSIP_H

/* The first byte: one engine, whose peers are the script's; two, of which the script is the
 * network; or one under siege: at the end an honest peer comes, who has all. */
enum { GOSSIP_ONE, GOSSIP_TWO, GOSSIP_SIEGE, GOSSIP_WAYS };

/* The rest, for one engine: the logs and items that it begins with, then events, each a byte modulo
 * ONE_EVENTS and its arguments, a byte each; zeros stand behind the end. */
enum {
    ONE_RAW,    /* link, length, so many bytes: a packet */
    ONE_SAY,    /* a message (see below) behind those that wait */
    ONE_ALTER,  /* place, mask: a byte of what waits */
    ONE_SPEAK,  /* link: what waits, as a packet */
    ONE_ANSWER, /* which, how, piece: of what a link was asked for, as it should be or not */
    ONE_TICK,   /* how much time passes */
    ONE_SENT,   /* link, how much */
    ONE_LOST,   /* link */
    ONE_FLOOD,  /* link, how many packets, full of what waits */
    ONE_OPENED, /* node, how, payload */
    ONE_FAILED, /* which dial */
    ONE_TAKEN,  /* which, result */
    ONE_LOG,    /* log, heads; from here on not under siege */
    ONE_STOCK,  /* what changes, which */
    ONE_CONFIG, /* how many addresses, how many remembered */
    ONE_MOMENT, /* how the wall clock jumps */
    ONE_STOP,
    ONE_EVENTS
};

/* For two: what each begins with, then events. Whichever side is bit 7 of the event. At the end the
 * network is whole again, and the two must come to hold the same. */
enum {
    TWO_DELIVER, /* the first packet to a side */
    TWO_DROP,
    TWO_TWICE,
    TWO_LATER, /* the first goes behind all others */
    TWO_ALTER, /* place, mask: of the first */
    TWO_TICK,  /* how much time passes, for both */
    TWO_TAKEN, /* whether it was kept */
    TWO_LOG,   /* log: one head more */
    TWO_ITEM,  /* item: it is there */
    TWO_CUT,   /* the link, and all that is on its way */
    TWO_OPEN,  /* another, which a side opens */
    TWO_EVENTS
};

#endif
