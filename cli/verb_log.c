#include "i18n.h"
#include "log_verbs.h"

static const struct verb subverbs[] = {
    {
        .name = "show",
        .summary = N_("show what was decided"),
        .synopsis = "garita log show [--from TIME] [--until TIME]",
        .help =
            N_("Shows the entries in their order: number, time, verdict, reason, lane, authority\n"
               "and serial; the holder's name only where \"garita scan --log-names\" kept it.\n"
               "TIME is a day or a moment. An entry without a time is in every range.\n"
               "\n"
               "  garita log show --from 2027-06-01 --until 2027-06-30\n"
               "  garita log show --json | jq 'select(.verdict != \"accept\")'"),
        .options = log_show_options,
        .options_size = sizeof(struct log_show_options),
        .needs_home = true,
        .run = log_show_run,
    },
    {
        .name = "verify",
        .summary = N_("find out whether the log was cut or altered"),
        .synopsis = "garita log verify [--tip FILE] [--key PUBFILE]",
        .help = N_(
            "Computes every hash anew and checks every tip: an entry that was changed, moved or\n"
            "taken out is named. Whoever has the run of this machine could take away the end of\n"
            "the log with its tips; so keep a tip elsewhere now and then, and check with it.\n"
            "\n"
            "  garita log tip -o monday.tip         and away with it\n"
            "  garita log verify --tip monday.tip\n"
            "\n"
            "Exit status: 0 whole, 1 damaged, 65 no tip, 66 no longer kept or no such file."),
        .options = log_verify_options,
        .options_size = sizeof(struct log_verify_options),
        .needs_home = true,
        .run = log_verify_run,
    },
    {
        .name = "tip",
        .summary = N_("sign how far the log has come, to be kept elsewhere"),
        .synopsis = "garita log tip [-o FILE]",
        .help = N_(
            "Writes a small file, signed by the key \"node\" of this home, that vouches for every\n"
            "entry so far. Kept where nobody of this station can alter it, it shows later whether\n"
            "the log was cut or rewritten: \"garita log verify --tip FILE\".\n"
            "\n"
            "  garita log tip -o /media/usb/lane4-2027-06-01.tip"),
        .options = log_tip_options,
        .options_size = sizeof(struct log_tip_options),
        .needs_home = true,
        .run = log_tip_run,
    },
    {
        .name = "prune",
        .summary = N_("let go of old entries"),
        .synopsis = "garita log prune --older-than 90d",
        .help = N_("Takes away the entries from before that many days (d) or hours (h), from the\n"
                   "beginning on, and enters that it did so. What stays can be checked as before.\n"
                   "A log that is damaged is left as it is.\n"
                   "\n"
                   "  garita log prune --older-than 90d"),
        .options = log_prune_options,
        .options_size = sizeof(struct log_prune_options),
        .needs_home = true,
        .run = log_prune_run,
    },
    VERB_END,
};

const struct verb verb_log = {
    .name = "log",
    .summary = N_("the log of what was decided here"),
    .synopsis = "garita log show [--from TIME] [--until TIME]\n"
                "garita log verify [--tip FILE] [--key PUBFILE]\n"
                "garita log tip [-o FILE]\n"
                "garita log prune --older-than 90d",
    .help =
        N_("\"garita scan --log\" fills it. Each entry is bound to all before it, and signed tips\n"
           "bind the station to its entries."),
    .subverbs = subverbs,
};
