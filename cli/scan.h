/* cli/scan.h: one code judged and shown; what all parts of `garita scan` share. */
#ifndef GARITA_CLI_SCAN_H
#define GARITA_CLI_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/verify.h>

#include "buffer.h"
#include "context.h"
#include "home_watch.h"
#include "report.h"
#include "scan_code.h"
#include "scan_lane.h"
#include "scan_log.h"
#include "tally.h"
#include "verdict_remarks.h"

struct scan_desk;

/* What every verdict depends on besides its code. Only read once it is filled, by any number of
 * threads, but for what scan_refresh changes. */
struct scan {
    const struct context *context;
    const char *lane_name;
    struct scan_lane lane; /* by that name, at the last refresh */
    struct home_watch *home;
    struct scan_desk *desk; /* what was shown and waits for more */
    struct scan_log *log;   /* null unless verdicts are to be logged */
    size_t jobs;            /* threads */
    size_t party;           /* members that are judged as one; 0: each by itself */
    bool is_alone; /* the input at hand is the only one: nothing else is summed up with it */
    bool is_typed; /* standard input is a terminal, where a party can be ended by Enter alone */
    bool explains; /* --explain */
};

enum scan_style {
    SCAN_STYLE_LINE, /* a line a verdict */
    SCAN_STYLE_BIG   /* to be seen from two metres */
};

/* What is to be written, and what it comes to. A thread has one of its own, so that the order of
 * the codes can be kept. All zero is an empty one. */
struct outlet {
    struct buffer out;
    struct buffer err;
    struct buffer entries; /* for the log */
    struct tally tally;
    const struct code *last; /* the last whose credential could be read, in this group; or null */
    garita_outcome last_outcome;
};

void outlet_free(struct outlet *outlet);

/* Looks whether others have imported or revoked something meanwhile, and what the lane's policy is
 * now: before each verdict, or each group of them that threads share, while none is being given. */
void scan_refresh(struct scan *scan);

/* The setting for a verdict taken now: a scan may go on for days. */
garita_setting scan_setting(const struct scan *scan);

struct screen scan_screen(const struct scan *scan);

/* The style of one of so many verdicts that are shown at once: one fills a terminal, more are a
 * line each with a summary behind them. Off a terminal nothing scrolls away, and the lines of a
 * text are answered in lines. */
enum scan_style scan_style_of(const struct scan *scan, const struct code *code, bool is_only);

/* A verdict that was given before, when less had been shown. */
struct former {
    garita_outcome outcome;
    uint64_t line;
};

/* Judges a code by itself, with the attestations on the desk that it claims to be about, and adds
 * what there is to say: a verdict, or that the code is foreign. With --json the style does not
 * matter. Again: in the place of a former verdict, since something was shown at origin; *former
 * becomes the new one. */
void scan_code(struct outlet *outlet, const struct scan *scan, const struct code *code,
               enum scan_style style);
void scan_code_again(struct outlet *outlet, const struct scan *scan, const struct code *code,
                     const struct origin *origin, enum scan_style style, struct former *former);

/* On a terminal, if it is more than one: adds what they come to in one large word, since the last
 * of them, which is what remains to be seen, may be an accept after a reject. */
void scan_summary(struct outlet *outlet, const struct scan *scan, const struct tally *tally);

/* Adds a failure. */
void scan_failure(struct outlet *outlet, const struct scan *scan, const struct failure *failure,
                  const char *message);

/* The same, written at once. False if it cannot be (see outlet_flush). */
bool scan_write_summary(struct tally *tally, const struct scan *scan);

/* Writes what has gathered, at once and in order, and adds its tally to *total; what is to be
 * logged is logged first. Returns false if that could not be done: memory ran out or standard
 * output is gone; it is in *total then, and scanning on makes no sense. Leaves the outlet empty. */
bool outlet_flush(struct outlet *outlet, struct tally *total, const struct scan *scan);

/* The same for several, one after another; they are logged together. */
bool outlets_flush(struct outlet *outlets, size_t count, struct tally *total,
                   const struct scan *scan);

#endif
