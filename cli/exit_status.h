/* cli/exit_status.h: what the exit status says. Scripts and other programs depend on the numbers.
 */
#ifndef GARITA_CLI_EXIT_STATUS_H
#define GARITA_CLI_EXIT_STATUS_H

typedef enum exit_status {
    EXIT_DONE = 0,       /* done; of scan: at least one verdict, and all of them accept */
    EXIT_REJECT = 1,     /* of scan: a verdict was reject */
    EXIT_DAMAGED = 1,    /* of doctor: something is not what was written */
    EXIT_REFER = 2,      /* of scan: a verdict was refer, and none reject */
    EXIT_USAGE = 64,     /* the command line is wrong; an unknown lane too */
    EXIT_BAD_INPUT = 65, /* unreadable or malformed input, or none at all */
    EXIT_NOT_FOUND = 66, /* no such file, key, serial or home */
    EXIT_EXISTS = 73,    /* would overwrite */
    EXIT_IO = 74,        /* reading or writing failed, or memory ran out */
    EXIT_NOT_ALLOWED = 77
} exit_status;

#endif
