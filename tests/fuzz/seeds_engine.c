/* Seeds of the gossip: scripts that come far, by hand. */
#include "seeds.h"

#include "gossip.h"

/* Of what an engine begins with: all logs with a head each, but for those of step; items. */
#define HOLDS_NOTHING 0, 0, 0
#define HOLDS_FIRST_HEADS 0x1f, 0xff, 0x7f
#define HOLDS_THIRD_HEADS 0x5f, 0xff, 0x7f
#define HOLDS_LAST_HEADS 0x9f, 0xff, 0x7f
#define HOLDS_FEW 0x13, 0x05, 0x02

/* Link 0 to node 1, which came in; what it says. */
#define OPENED ONE_OPENED, 1, 0
#define ALSO_OPENED ONE_OPENED, 2, 0
#define SPEAK ONE_SPEAK, 0
#define SECOND_SPEAKS ONE_SPEAK, 1
#define SENT ONE_SENT, 0, 0
#define A_SECOND ONE_TICK, 4
#define TEN_SECONDS ONE_TICK, 6
#define WHEN_DUE ONE_TICK, 11
#define TAKEN ONE_TAKEN, 0, 0
#define ANSWER_WHOLE ONE_ANSWER, 0, 10, 0
#define KNOWN_RUN ONE_ANSWER, 0, 32, 0 /* the first head's, from the start */
#define KNOWN_RUN_BEFORE ONE_ANSWER, 1, 32, 0

enum {
    HELLO = 0,
    DIGEST = 1,
    VECTOR = 3,
    HEAD = 5,
    WANT = 7,
    LIST,
    ASK,
    LARGE,
    STOP,
    CLOSE,
    SKIPPED,
    ITEM
};
/* A vector's entry: of a head, with or without groups. */
enum { CLAIMED = 8, WITH_GROUPS = 16 + 32 };

static void script(const char *name, const uint8_t *bytes, size_t len)
{
    seed("engine", name, bytes, len);
}

#define SCRIPT(name, ...)                                                                          \
    do {                                                                                           \
        static const uint8_t bytes_[] = {__VA_ARGS__};                                             \
        script(name, bytes_, sizeof bytes_);                                                       \
    } while (0)

static void of_one(void)
{
    SCRIPT("hello", GOSSIP_ONE, HOLDS_FIRST_HEADS, OPENED, ONE_SAY, HELLO, 1, ONE_SAY, SKIPPED,
           SPEAK, SENT, WHEN_DUE, WHEN_DUE, TEN_SECONDS);
    SCRIPT("digest-differs", GOSSIP_ONE, HOLDS_FIRST_HEADS, OPENED, ONE_SAY, DIGEST, 5, 3, SPEAK,
           SENT, TEN_SECONDS, ONE_SAY, DIGEST, 7, 3, SPEAK, SENT);
    SCRIPT("vector-behind", GOSSIP_ONE, HOLDS_LAST_HEADS, OPENED, ONE_SAY, VECTOR, 1, 0x1f,
           CLAIMED + WITH_GROUPS, CLAIMED, CLAIMED + WITH_GROUPS, 0, CLAIMED + 1, SPEAK, SENT,
           SENT);
    SCRIPT("vector-ahead", GOSSIP_ONE, HOLDS_FIRST_HEADS, OPENED, ONE_SAY, VECTOR, 0, 0x1f,
           CLAIMED + 4, CLAIMED + 4, CLAIMED + 4, CLAIMED + 4, CLAIMED + 4, SPEAK, ONE_SAY, VECTOR,
           2, 0x1f, CLAIMED + 4, CLAIMED + 4, CLAIMED + 4, CLAIMED + 4, CLAIMED + 4, SPEAK,
           ANSWER_WHOLE, TAKEN, ONE_ANSWER, 1, 10, 0, TAKEN, ONE_ANSWER, 2, 10, 0, TAKEN, SENT);
    SCRIPT("run-in-parts", GOSSIP_ONE, HOLDS_NOTHING, OPENED, ALSO_OPENED, ONE_SAY, HEAD, 1, 4,
           SPEAK, ONE_SAY, HEAD, 1, 4, SECOND_SPEAKS, ONE_ANSWER, 0, 9, 0, ONE_ANSWER, 0, 9, 3,
           ONE_ANSWER, 0, 9, 1, TEN_SECONDS, ONE_ANSWER, 0, 9, 4, ONE_ANSWER, 0, 9, 2, WHEN_DUE,
           ANSWER_WHOLE, TAKEN, SENT);
    SCRIPT("run-altered", GOSSIP_ONE, HOLDS_NOTHING, OPENED, ALSO_OPENED, ONE_SAY, HEAD, 0, 4,
           SPEAK, ONE_SAY, HEAD, 0, 4, SECOND_SPEAKS, ONE_ANSWER, 0, 12, 1, A_SECOND, ANSWER_WHOLE,
           TAKEN);
    SCRIPT("run-promised", GOSSIP_ONE, HOLDS_NOTHING, OPENED, ONE_SAY, HEAD, 0, 4, SPEAK,
           ONE_ANSWER, 0, 13, 0, ONE_ANSWER, 0, 13, 200, A_SECOND, A_SECOND, ONE_LOST, 0);
    SCRIPT("none", GOSSIP_ONE, HOLDS_FIRST_HEADS, OPENED, ALSO_OPENED, ONE_SAY, HEAD, 0, 4, SPEAK,
           ONE_SAY, HEAD, 0, 4, SECOND_SPEAKS, ONE_ANSWER, 0, 15, 2, A_SECOND, ONE_ANSWER, 0, 15, 1,
           A_SECOND, A_SECOND, A_SECOND);
    SCRIPT("heartbeat", GOSSIP_ONE, HOLDS_FIRST_HEADS, OPENED, ALSO_OPENED, ONE_SAY, HEAD, 0, 1,
           SPEAK, TAKEN, SENT, ONE_SAY, HEAD, 0, 0, SPEAK, ONE_SAY, HEAD, 128, 1, SPEAK);
    SCRIPT("head-forged", GOSSIP_ONE, HOLDS_FIRST_HEADS, OPENED, ONE_SAY, HEAD, 0, 130, SPEAK,
           ONE_SAY, HEAD, 1, 130, SPEAK, ONE_SAY, HEAD, 2, 130, SPEAK, ONE_SAY, HEAD, 4, 130,
           SPEAK);
    SCRIPT("want", GOSSIP_ONE, HOLDS_LAST_HEADS, OPENED, ONE_SAY, WANT, 1, 0, 1, ONE_SAY, WANT, 1,
           6, 2, ONE_SAY, WANT, 4, 1, 3, ONE_SAY, WANT, 1, 8 + 128, 4, 1, 0, SPEAK, SENT, SENT,
           SENT, SENT, SENT, ONE_SAY, STOP, 2, SPEAK, SENT, TEN_SECONDS, TEN_SECONDS, TEN_SECONDS);
    SCRIPT("list", GOSSIP_ONE, HOLDS_FEW, OPENED, ONE_SAY, LIST, 0x60, 0, 1, 99, 98, ONE_SAY, LIST,
           9, 9, SPEAK, SENT, ONE_ANSWER, 0, 0, 0, ONE_ANSWER, 1, 0, 0, TAKEN, TAKEN);
    SCRIPT("large", GOSSIP_ONE, HOLDS_FEW, OPENED, ONE_SAY, LIST, 4, 4, SPEAK, SENT, ONE_ANSWER, 0,
           1, 0, ANSWER_WHOLE, TAKEN, SENT);
    SCRIPT("large-other", GOSSIP_ONE, HOLDS_FEW, OPENED, ONE_SAY, LIST, 4, 4, SPEAK, SENT,
           ONE_ANSWER, 0, 1, 0, ONE_ANSWER, 0, 14, 3, ANSWER_WHOLE, TAKEN, SENT);
    SCRIPT("ask", GOSSIP_ONE, HOLDS_LAST_HEADS, OPENED, ONE_SAY, ASK, 0x60, 0, 1, 99, 98, ONE_SAY,
           ASK, 4, 4, ONE_SAY, ASK, 9 + 0xe0, 50, 51, 52, 53, 54, 55, 56, 57, SPEAK, SENT, SENT);
    SCRIPT("items", GOSSIP_ONE, HOLDS_FEW, OPENED, ALSO_OPENED, ONE_SAY, ITEM, 9, ONE_SAY, ITEM, 12,
           ONE_SAY, ITEM, 1, SPEAK, ONE_SAY, ITEM, 3, SPEAK, TAKEN, TAKEN, SENT, A_SECOND, ONE_SENT,
           1, 0);
    SCRIPT("told", GOSSIP_ONE, HOLDS_FEW, OPENED, ONE_SAY, CLOSE, 5, SPEAK, ONE_LOST, 0);
    SCRIPT("malformed", GOSSIP_ONE, HOLDS_FEW, OPENED, ONE_RAW, 0, 3, 63, 1, 0, ONE_LOST, 0,
           OPENED);
    SCRIPT("payload", GOSSIP_ONE, HOLDS_FEW, ONE_OPENED, 200, 3, ONE_OPENED, 201, 19, ONE_OPENED,
           202, 32, ONE_OPENED, 203, 2, TAKEN, ONE_TAKEN, 0, 1, A_SECOND, ONE_TAKEN, 0, 2,
           TEN_SECONDS);
    SCRIPT("roster", GOSSIP_ONE, HOLDS_FEW, ONE_CONFIG, 0x53, A_SECOND, ONE_OPENED, 1, 64,
           ONE_OPENED, 2, 64, ONE_FAILED, 0, ONE_MOMENT, 5, TEN_SECONDS, ONE_STOCK, 2, 1,
           TEN_SECONDS, ONE_OPENED, 4, 0, ONE_MOMENT, 7, TEN_SECONDS);
    SCRIPT("stock", GOSSIP_ONE, HOLDS_FIRST_HEADS, OPENED, ONE_SAY, HEAD, 1, 4, SPEAK, ONE_STOCK, 3,
           1, ONE_STOCK, 4, 2, ONE_STOCK, 5, 0x1f, ONE_LOG, 0, 4, ONE_ANSWER, 0, 10, 0, SENT,
           A_SECOND);
    /* one log goes, another comes, while something about each is under way */
    SCRIPT("stock-swapped", GOSSIP_ONE, HOLDS_FIRST_HEADS, OPENED, ONE_SAY, ASK, 0x60, 0, 1, 3, 6,
           SPEAK, ONE_STOCK, 3, 2, ONE_STOCK, 4, 2 + 8 * 3, ONE_STOCK, 4, 3 + 8 * 4, ONE_STOCK, 4,
           4 + 8 * 1, ONE_STOCK, 4, 1 + 8 * 0, ONE_STOCK, 4, 0 + 8 * 2, ONE_SAY, VECTOR, 1, 0x1f,
           CLAIMED + 4, CLAIMED + 4, CLAIMED + 4, CLAIMED + 4, CLAIMED + 4, SPEAK, ONE_STOCK, 4,
           2 + 8 * 0, SENT, A_SECOND, ONE_STOCK, 4, 0 + 8 * 3, ANSWER_WHOLE, TAKEN);
    SCRIPT("renewed", GOSSIP_ONE, HOLDS_FEW, ONE_CONFIG, 1, A_SECOND, ONE_OPENED, 0x41, 64,
           ONE_SENT, 0, 0, ONE_TICK, 10, ONE_OPENED, 1, 64, A_SECOND, ONE_STOP);
    SCRIPT("flood", GOSSIP_ONE, HOLDS_FEW, OPENED, ONE_SAY, HELLO, 1, ONE_FLOOD, 0, 0);
    SCRIPT("flood-of-items", GOSSIP_ONE, HOLDS_FEW, OPENED, ONE_SAY, ITEM, 200, 1, ONE_FLOOD, 0, 1);
    SCRIPT("flood-of-wants", GOSSIP_ONE, HOLDS_LAST_HEADS, OPENED, ONE_SAY, WANT, 1, 0, 1, ONE_SAY,
           WANT, 1, 6, 2, ONE_SAY, WANT, 4, 1, 3, ONE_FLOOD, 0, 0, SENT, ONE_TICK, 7);
    SCRIPT("revoked", GOSSIP_ONE, HOLDS_FEW, OPENED, ALSO_OPENED, ONE_STOCK, 2, 1, ONE_STOCK, 1, 2);
    SCRIPT("clogged", GOSSIP_ONE, HOLDS_LAST_HEADS, OPENED, ONE_SAY, ASK, 9 + 0xe0, 50, 51, 52, 53,
           54, 55, 56, 57, SPEAK, ONE_STOCK, 0, 1, ONE_STOCK, 0, 1, ONE_TICK, 7);
}

static void of_two(void)
{
    SCRIPT("two-snapshot", GOSSIP_TWO, HOLDS_NOTHING, HOLDS_LAST_HEADS);
    SCRIPT("two-tail", GOSSIP_TWO, HOLDS_THIRD_HEADS, HOLDS_FIRST_HEADS, TWO_DELIVER, 128,
           TWO_DELIVER, 128, TWO_TICK, 11, TWO_LOG, 0, TWO_LOG + 128, 1, TWO_ITEM, 9);
    SCRIPT("two-lossy", GOSSIP_TWO, HOLDS_FEW, HOLDS_LAST_HEADS, TWO_DELIVER, 128, TWO_DROP, 128,
           TWO_TICK, 11, TWO_DELIVER, 128, TWO_TWICE, TWO_LATER, TWO_DELIVER, 128, TWO_TICK, 4,
           TWO_TAKEN, 3, TWO_CUT, TWO_OPEN + 128, TWO_DELIVER, 128);
    SCRIPT("two-wants-lost", GOSSIP_TWO, HOLDS_FEW, HOLDS_LAST_HEADS, TWO_DELIVER, 128, TWO_DELIVER,
           128, TWO_DROP, TWO_DROP + 128, TWO_DROP, TWO_DROP + 128, TWO_DROP, TWO_DROP + 128);
    SCRIPT("two-wants-lost-later", GOSSIP_TWO, HOLDS_FEW, HOLDS_LAST_HEADS, TWO_DELIVER, 128,
           TWO_DELIVER, 128, TWO_DELIVER, 128, TWO_DROP, TWO_DROP + 128, TWO_DROP, TWO_DROP + 128);
    SCRIPT("two-altered", GOSSIP_TWO, HOLDS_FEW, HOLDS_LAST_HEADS, TWO_DELIVER, 128, TWO_ALTER, 9,
           1, TWO_DELIVER, 128, TWO_TICK, 11, TWO_ALTER + 128, 30, 4, 128);
}

/* What is said in another's name, and answered with something else. */
static void of_siege(void)
{
    SCRIPT("siege-heads", GOSSIP_SIEGE, HOLDS_FIRST_HEADS, OPENED, ONE_SAY, VECTOR, 0, 0x1f,
           CLAIMED + 4, CLAIMED + 4, CLAIMED + 4, CLAIMED + 4, CLAIMED + 4, SPEAK, KNOWN_RUN, TAKEN,
           KNOWN_RUN_BEFORE, TAKEN, ONE_SAY, VECTOR, 2, 0x1f, CLAIMED + 4, CLAIMED + 4, CLAIMED + 4,
           CLAIMED + 4, CLAIMED + 4, SPEAK, KNOWN_RUN, TAKEN, KNOWN_RUN_BEFORE, TAKEN);
    SCRIPT("siege-items", GOSSIP_SIEGE, HOLDS_NOTHING, OPENED, ONE_SAY, LIST, 4, 4, SPEAK, SENT,
           ONE_ANSWER, 0, 1, 0, ONE_ANSWER, 0, 14, 3, TAKEN);
    SCRIPT("siege-other-log", GOSSIP_SIEGE, HOLDS_FIRST_HEADS, OPENED, ONE_SAY, HEAD, 0, 4, SPEAK,
           ONE_SAY, HEAD, 128, 4, SPEAK, ONE_ANSWER, 0, 0, 0, TAKEN);
}

void seeds_engine(void)
{
    of_one();
    of_siege();
    of_two();
}
