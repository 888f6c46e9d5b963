/* cli/scan.h: one text or statement judged and shown; what all parts of `garita scan` share. */
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
#include "scan_log.h"
#include "tally.h"

/* What every verdict depends on besides its text. Only read once it is filled, by any number of
 * threads, but for what the watch sees when scan_refresh is called. */
struct scan {
    const struct context *context;
    const garita_lane *lane;
    struct home_watch *home;
    struct scan_log *log; /* null unless verdicts are to be logged */
    bool is_alone; /* the input at hand is the only one: nothing else is summed up with it */
};

/* Where a text came from. */
struct origin {
    const char *source; /* the path, or "-" */
    uint64_t line;      /* from 1; 0 if the source has no lines */
};

enum scan_style {
    SCAN_STYLE_LINE, /* a line a verdict */
    SCAN_STYLE_BIG   /* to be seen from two metres */
};

/* What is to be written, and what it comes to. A thread has one of its own, so that the order of
 * the texts can be kept. All zero is an empty one. */
struct outlet {
    struct buffer out;
    struct buffer err;
    struct buffer entries; /* for the log */
    struct tally tally;
};

void outlet_free(struct outlet *outlet);

/* Looks whether others have imported or revoked something meanwhile: before each verdict, or each
 * group of them that threads share, while none is being given. */
void scan_refresh(const struct scan *scan);

/* Judges the text of one QR code, without its line ending, and adds what there is to say: a
 * verdict, or that the code is foreign. With --json the style does not matter. */
void scan_text(struct outlet *outlet, const struct scan *scan, struct origin origin,
               enum scan_style style, const char *text, size_t text_len);

/* The same for a statement's bytes. */
void scan_statement(struct outlet *outlet, const struct scan *scan, struct origin origin,
                    enum scan_style style, const uint8_t *bytes, size_t bytes_len);

/* The style for verdicts of which there are so many to show at once: one fills a terminal, more are
 * a line each with a summary behind them. Off a terminal nothing scrolls away. */
enum scan_style scan_style_for(const struct scan *scan, size_t count);

/* On a terminal, if it is more than one: adds what they come to in one large word, since the last
 * of them, which is what remains to be seen, may be an accept after a reject. */
void scan_summary(struct outlet *outlet, const struct scan *scan, const struct tally *tally);

/* Adds a failure. */
void scan_failure(struct outlet *outlet, const struct scan *scan, const struct failure *failure,
                  const char *message);

/* The same, written at once. False if it cannot be (see outlet_flush). */
bool scan_write_summary(struct tally *tally, const struct scan *scan);

/* Writes what has gathered, at once and in order, and adds its tally to *total; what is to be logged
 * is logged first. Returns false if that could not be done: memory ran out or standard output is
 * gone; it is in *total then, and scanning on makes no sense. Leaves the outlet empty. */
bool outlet_flush(struct outlet *outlet, struct tally *total, const struct scan *scan);

/* The same for several, one after another; they are logged together. */
bool outlets_flush(struct outlet *outlets, size_t count, struct tally *total,
                   const struct scan *scan);

#endif
