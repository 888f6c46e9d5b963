#include "tally.h"

void tally_add_verdict(struct tally *tally, garita_outcome outcome)
{
    tally->verdicts++;
    if (outcome == GARITA_REJECT)
        tally->rejects++;
    else if (outcome != GARITA_ACCEPT)
        tally->refers++;
}

void tally_take_back(struct tally *tally, garita_outcome outcome)
{
    tally->verdicts--;
    if (outcome == GARITA_REJECT)
        tally->rejects--;
    else if (outcome != GARITA_ACCEPT)
        tally->refers--;
}

void tally_add_failure(struct tally *tally, exit_status status)
{
    tally->failures++;
    if (status == EXIT_IO)
        tally->saw_io = true;
    else if (status == EXIT_NOT_FOUND)
        tally->saw_not_found = true;
    else
        tally->saw_bad_input = true;
}

void tally_add(struct tally *tally, const struct tally *other)
{
    tally->verdicts += other->verdicts;
    tally->failures += other->failures;
    tally->rejects += other->rejects;
    tally->refers += other->refers;
    tally->saw_bad_input |= other->saw_bad_input;
    tally->saw_not_found |= other->saw_not_found;
    tally->saw_io |= other->saw_io;
}

void tally_subtract(struct tally *tally, const struct tally *part)
{
    tally->verdicts -= part->verdicts;
    tally->failures -= part->failures;
    tally->rejects -= part->rejects;
    tally->refers -= part->refers;
}

exit_status tally_status(const struct tally *tally)
{
    if (tally->saw_io)
        return EXIT_IO;
    if (tally->rejects > 0)
        return EXIT_REJECT;
    if (tally->saw_bad_input)
        return EXIT_BAD_INPUT;
    if (tally->saw_not_found)
        return EXIT_NOT_FOUND;
    if (tally->refers > 0)
        return EXIT_REFER;
    return tally->verdicts > 0 ? EXIT_DONE : EXIT_BAD_INPUT;
}
