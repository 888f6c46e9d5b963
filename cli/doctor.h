/* cli/doctor.h: what `garita doctor` looks at, and what it finds. */
#ifndef GARITA_CLI_DOCTOR_H
#define GARITA_CLI_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/bundle.h>
#include <garita/head.h>
#include <garita/merkle.h>
#include <garita/store.h>
#include <garita/trust.h>

#include "context.h"
#include "exit_status.h"
#include "progress.h"

enum doctor_weight {
    DOCTOR_WARNING, /* nothing is lost, but somebody should know */
    DOCTOR_DAMAGE   /* something is not what was written */
};

/* What was gone over. */
struct doctor_counts {
    uint64_t anchors, statements, entries, logs, batches, evidence, decisions, keys;
};

/* A log, and what is wrong with it. */
struct doctor_log {
    garita_hash id;
    uint8_t first_key[GARITA_PUBLIC_KEY_SIZE];
    bool is_damaged; /* it does not hold together */
    bool has_bad_evidence;
};

/* Zero it, and set the context, before first use. */
struct doctor {
    const struct context *context;
    garita_store *store;   /* read as of one moment; null where it cannot be opened */
    garita_trust *trust;   /* for verdicts; null where it cannot be loaded, */
    garita_trust *signers; /* as with this home's own, which is a superset */
    garita_event *events;  /* room for a batch */
    struct progress progress;
    uint64_t steps;
    uint64_t damages, warnings;
    struct doctor_counts counts;
    struct doctor_log *damaged; /* for whoever repairs */
    size_t damaged_count, damaged_cap;
    bool out_of_memory;
};

/* --- telling --- */

/* Says what was found, where, and what to do (hint may be null). On standard output, at once. */
void doctor_tell(struct doctor *doctor, enum doctor_weight weight, const char *where,
                 const char *hint, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The store failed in the middle: damage if it is that, and otherwise a failure of this run, which
 * is reported and returned. EXIT_DONE for damage: what else there is can still be looked at. */
exit_status doctor_tell_store(struct doctor *doctor, const char *where, garita_store_error error);

/* One more piece has been looked at. */
void doctor_step(struct doctor *doctor);

/* --- looking: each returns EXIT_DONE, whatever it finds, or another status after a report --- */

/* The modes of the home's directory and files, and the key files. Needs no store. */
exit_status doctor_check_files(struct doctor *doctor);

/* The file as SQLite keeps it. */
exit_status doctor_check_store(struct doctor *doctor);

/* Pins and trusted statements; loads trust and signers. */
exit_status doctor_check_trust(struct doctor *doctor);

/* Every entry of the register, and the counter against restored backups. */
exit_status doctor_check_register(struct doctor *doctor);

/* Every log. */
exit_status doctor_check_logs(struct doctor *doctor);

/* Whether a head was signed by the authority whose log this is. *out is then what it says. */
bool doctor_is_signed(garita_head *out, const struct doctor *doctor, const garita_hash *log,
                      garita_bytes statement);

/* Whether evidence proves that its batch is in the log of this authority. */
bool doctor_is_proven(const struct doctor *doctor, const garita_hash *log,
                      const garita_message *evidence);

/* The log of decisions. */
exit_status doctor_check_decisions(struct doctor *doctor);

/* --- repairing --- */

/* Whether these are bundles that can be read, whether they will be needed or not; "-" is not looked
 * at. EXIT_DONE, or after a report EXIT_NOT_FOUND, EXIT_BAD_INPUT or EXIT_IO. */
exit_status doctor_check_bundles(const struct context *context, char *const *bundles,
                                 size_t bundle_count);

/* Takes the damaged logs that were found anew: from their own batches where those still make what
 * the head says, and from bundles. */
exit_status doctor_repair(struct doctor *doctor, char *const *bundles, size_t bundle_count);

#endif
