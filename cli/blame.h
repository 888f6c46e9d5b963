/* cli/blame.h: whose log it is that a verdict is short of, in the chain of who signed what is
 * judged.
 */
#ifndef GARITA_CLI_BLAME_H
#define GARITA_CLI_BLAME_H

#include <garita/verify.h>

/* The authority nearest to the credential whose log gave the verdict's reason: no log, a stale one,
 * two histories, a serial that it does not know, a suspension, a revocation of an authority. Null
 * for every other reason. setting is what the verdict was given by. */
const garita_issuer *blame_of(const garita_verdict *verdict, const garita_setting *setting);

/* The same of an attestation that was shown, and its own reason. */
const garita_issuer *blame_of_shown(const garita_shown *shown, const garita_setting *setting);

#endif
