/* garita/limits.h: every bound of the formats and of libgarita, each with its reason.
 *
 * A reader checks a length against its bound before it does anything else with it. core/FORMAT.md
 * repeats the bounds that a second implementation must share.
 */
#ifndef GARITA_LIMITS_H
#define GARITA_LIMITS_H

#include <stdint.h>

/* Whole statements, envelope and signature included, in bytes. A credential or an attestation must
 * fit one QR code (version 40-L holds 2,864 Base45 bytes; 2 KiB leaves the code readable). */
#define GARITA_CREDENTIAL_BYTES_MAX 2048
#define GARITA_ATTESTATION_BYTES_MAX 2048
#define GARITA_AUTHORITY_BYTES_MAX 1024
#define GARITA_HEAD_BYTES_MAX 1024
#define GARITA_NODE_BYTES_MAX 1024
#define GARITA_POLICY_BYTES_MAX (256 * 1024)

/* The largest statement that travels as a QR, and so the largest buffer a scan ever needs. */
#define GARITA_QR_STATEMENT_BYTES_MAX 2048
/* "GT1:", then three characters for two bytes. */
#define GARITA_QR_TEXT_MAX (4 + GARITA_QR_STATEMENT_BYTES_MAX / 2 * 3)

/* Nesting, the statement's map being 1. A credential needs 3 (map, holder, document); the rest is
 * room for keys to come. The others are flat, except a policy, whose rules are trees. */
#define GARITA_CREDENTIAL_DEPTH_MAX 8
#define GARITA_AUTHORITY_DEPTH_MAX 4
#define GARITA_POLICY_DEPTH_MAX 64

/* Map keys up to 63 must be understood; 64 to 127 may be ignored where the type allows it; above
 * there are none, so that every key is one byte. */
#define GARITA_KEY_CRITICAL_MAX 63
#define GARITA_KEY_MAX 127

/* Texts in bytes of UTF-8. ICAO Doc 9303 prints up to 39 characters of a name and truncates the
 * rest; full legal names run longer, and letters outside ASCII take two to four bytes. */
#define GARITA_HOLDER_NAME_BYTES_MAX 200
#define GARITA_DOCUMENT_NUMBER_BYTES_MAX 24 /* 9303-5 allows 22 in a TD1 */
#define GARITA_EMPLOYER_ID_BYTES_MAX 64
#define GARITA_EMPLOYER_NAME_BYTES_MAX 128
#define GARITA_AUTHORITY_NAME_BYTES_MAX 64

/* An ICAO three-letter code, or "D", and its terminating zero. */
#define GARITA_COUNTRY_SIZE 4
/* Addresses of a node, and each: a name as long as DNS allows would leave no room for others. */
#define GARITA_NODE_ADDRESSES_MAX 4
#define GARITA_NODE_ADDRESS_BYTES_MAX 128
/* Countries in a scope: a regional anchor, not the world. */
#define GARITA_COUNTRIES_MAX 16

/* Serials are dense from 1 and stay below 2^32, so that status sets stay small. */
#define GARITA_SERIAL_MAX 0xffffffffu
/* Keys of one authority, numbered from 1: a rotation a year for two lifetimes. */
#define GARITA_KEY_NUMBER_MAX 255
/* Programme codes are bits of a 64-bit set; bit 63 stays free. */
#define GARITA_PROGRAMME_CODE_MAX 62
#define GARITA_DOCUMENT_TYPE_MAX 63
/* Days since 1970-01-01: 65,535 is 2149-06-06, and the number takes three bytes. */
#define GARITA_DAY_MAX 65535
/* Birth years: nobody older than this lives. */
#define GARITA_BIRTH_YEAR_MIN 1850
#define GARITA_BIRTH_YEAR_MAX 2149

/* Authority statements below a pinned anchor. */
#define GARITA_CHAIN_DEPTH_MAX 4
/* Issuer records in one trust set: eight anchors' worth. Each is one key by one statement below one
 * parent, so that rotations and renewals count. Bounds the memory of a checkpoint. */
#define GARITA_ISSUERS_MAX 8192
/* Of these below one anchor, and with all that is below one authority that an anchor certified: a
 * hostile one takes up its own share, never another's. */
#define GARITA_ISSUERS_PER_ANCHOR_MAX 1024
#define GARITA_ISSUERS_PER_BRANCH_MAX 256

/* Carried statements kept of one authority: more nodes than any border has lanes, and the policies
 * of years. A hostile authority fills its own share alone; and one that certifies hundreds of
 * others that of its branch, which is all that is below one authority that an anchor certified.
 * Policies are counted as if each were of the longest, since else it would depend on which came
 * first what there is room for: 2 MiB of an authority, 8 of a branch, 32 of an anchor. Nodes of
 * eight anchors fit a list of what a home has, and take 16 MiB of memory for each anchor. */
#define GARITA_NODES_PER_AUTHORITY_MAX 4096
#define GARITA_NODES_PER_BRANCH_MAX 4096
#define GARITA_NODES_PER_ANCHOR_MAX 8192
#define GARITA_POLICIES_PER_AUTHORITY_MAX 8
#define GARITA_POLICIES_PER_BRANCH_MAX 32
#define GARITA_POLICIES_PER_ANCHOR_MAX 128

/* A head may be this far ahead of the clock: two checkpoints' clocks, each a few minutes off. */
#define GARITA_CLOCK_SKEW_S 300

/* Batches in one log: one a second for a century. */
#define GARITA_LOG_SIZE_MAX 0xffffffffu
/* A batch is what travels and is checked whole: a minute of work for the slowest link, and room on
 * the stack of no one. 65,536 events of one group take 144 KiB at worst. */
#define GARITA_BATCH_EVENTS_MAX 65536
#define GARITA_BATCH_BYTES_MAX (256 * 1024)
/* Causes of an event, in six bits. */
#define GARITA_CAUSE_MAX 63
/* The time of a batch, in 32 bits of seconds from 2020-01-01: until 2156, past the last day. */
#define GARITA_BATCH_TIME_MIN INT64_C(1577836800)
#define GARITA_BATCH_TIME_MAX (GARITA_BATCH_TIME_MIN + 0xffffffff)
/* The last moment that a head may name: the end of the last day. */
#define GARITA_MOMENT_MAX ((GARITA_DAY_MAX + INT64_C(1)) * 86400 - 1)

/* Serials in a chunk, chunks in a set: 2^16 of each. A bitmap of a chunk is 8 KiB, which is what
 * either of its parts takes at most, in memory and encoded, behind three bytes of mode and count.
 */
#define GARITA_CHUNK_SERIALS 65536
#define GARITA_CHUNKS 65536
#define GARITA_CHUNK_BYTES_MAX (2 * (3 + GARITA_CHUNK_SERIALS / 8))
/* Memory of one authority's set: 8,000 full bitmaps, 500 million serials of which any are revoked.
 * A certified but hostile authority could otherwise make everyone hold a gigabyte. */
#define GARITA_SET_BYTES_MAX (64 * 1024 * 1024)

/* Memory of all sets of an authority right below an anchor and of all that is below it. It may
 * certify one key a hundred times over, and so multiply what that one says. */
#define GARITA_BRANCH_SET_BYTES_MAX (128 * 1024 * 1024)
/* And so much of one message is taken for how many authorities of one such branch. */
#define GARITA_BRANCH_OWNERS_MAX 8

/* The longest that a head's next-due counts for, after its signed-at: an issuer's, one of an
 * authority between, an anchor's. Whoever is not heard of for so long is not known to be silent for
 * lack of news. */
#define GARITA_DUE_ISSUER_S (INT64_C(7) * 86400)
#define GARITA_DUE_BETWEEN_S (INT64_C(90) * 86400)
#define GARITA_DUE_ANCHOR_S (INT64_C(400) * 86400)

/* Serials left out after a backup was restored: more than anybody issues between two backups that
 * were not meant to be restored. */
#define GARITA_RESTORED_GAP 65536

/* A proof: form, two heads with their lengths, the number of hashes and the hashes. */
#define GARITA_EQUIVOCATION_BYTES_MAX (1 + 2 * (2 + GARITA_HEAD_BYTES_MAX) + 1 + 65 * 32)

/* A message of a bundle: a policy, or a batch with its inclusion proof and head. */
#define GARITA_MESSAGE_BYTES_MAX (GARITA_BATCH_BYTES_MAX + 4096)
/* Leaf hashes in one message: as many bytes as the longest batch. */
#define GARITA_LEAVES_MAX (GARITA_BATCH_BYTES_MAX / 32)
/* Leaf hashes that go beside the state to who has a part of the log, in the place of a path of a
 * few hashes: who keeps them can show the same to those that stand further back. As many as fit one
 * message: of a batch every quarter of an hour those of 85 days. */
#define GARITA_LEAVES_BESIDE_MAX GARITA_LEAVES_MAX

/* A bundle that is read: 100 authorities' snapshots of a million revocations each. */
#define GARITA_BUNDLE_BYTES_MAX (256 * 1024 * 1024)
/* Messages that stand by themselves in one bundle: what a full trust set, its logs and the evidence
 * about them come to many times over. Each may cost the check of a signature, and anybody can write
 * a bundle. */
#define GARITA_BUNDLE_ITEMS_MAX (1 << 20)
/* Logs and digests in a list of what a home has: those of a full trust set, and a policy and a few
 * nodes for each. */
#define GARITA_HAVE_LOGS_MAX GARITA_ISSUERS_MAX
#define GARITA_HAVE_DIGESTS_MAX (8 * GARITA_ISSUERS_MAX)

/* The name of a lane, and of a reason, in the log of decisions: what a person would still read. */
#define GARITA_LANE_NAME_BYTES_MAX 64
#define GARITA_REASON_BYTES_MAX 32
/* An entry of the log of decisions: those two and a holder's name at their longest, and numbers. */
#define GARITA_DECISION_BYTES_MAX 512
/* The number of an entry: what SQLite can count to. */
#define GARITA_DECISIONS_MAX INT64_MAX
/* A tip of the log of decisions, which takes less than 160: it fits a small QR, or a ledger's line.
 */
#define GARITA_TIP_BYTES_MAX 256

/* --- attestations, policies, parties --- */

#define GARITA_COMPANY_ID_BYTES_MAX GARITA_EMPLOYER_ID_BYTES_MAX
#define GARITA_COMPANY_NAME_BYTES_MAX GARITA_EMPLOYER_NAME_BYTES_MAX
#define GARITA_PLATE_BYTES_MAX 16   /* ISO 7591 leaves it open; nobody has more than ten */
#define GARITA_VEHICLE_BYTES_MAX 64 /* "Nissan Versa, gray, 2021": to compare with what stands there */
#define GARITA_PRODUCT_BYTES_MAX 32 /* "EU/1/20/1528"; the longest of the EU's value set has 26 */
#define GARITA_SCHEME_BYTES_MAX 32
#define GARITA_LEVEL_BYTES_MAX 16
#define GARITA_RECOGNITIONS_MAX 8
#define GARITA_TIER_MAX 9
/* Kinds of attestations, sectors, tests, results: bits of a 64-bit set, as programmes are. */
#define GARITA_ENTRY_CODE_MAX 63

/* Statements in one code: eight signatures alone are 512 of its 2,048 bytes. */
#define GARITA_PACKET_PARTS_MAX 8
/* Attestations of one subject that a verdict looks at: more than any lane asks for, each a
 * signature check. */
#define GARITA_SHOWN_MAX 16
/* Members of a party: a van with its driver. */
#define GARITA_PARTY_MAX 16

/* A lane of a policy: what an author can still oversee, and an officer's wait. */
#define GARITA_LANES_MAX 64
#define GARITA_REQUIREMENTS_MAX 8
#define GARITA_ALTERNATIVES_MAX 8
#define GARITA_RULES_MAX 64
#define GARITA_ROLES_MAX 8
/* Denied ids in one lane: a list of sanctioned firms, searched from end to end in each verdict. */
#define GARITA_DENIED_MAX 4096
#define GARITA_RULE_ID_BYTES_MAX 64
/* A title, and a sentence that an officer reads while somebody waits; in bytes, in each language. */
#define GARITA_TITLE_BYTES_MAX 96
#define GARITA_DESCRIPTION_BYTES_MAX 320
/* The longest maximum age and limit: a century. */
#define GARITA_AGE_MAX_S (INT64_C(36525) * 86400)

/* What rules see, at its largest: GARITA_SHOWN_MAX attestations, with at most eight values each. */
#define GARITA_VIEW_VALUES_MAX 256
#define GARITA_VIEW_MEMBERS_MAX 256
#define GARITA_VIEW_TEXT_MAX 2048

/* --- rules (garita/certlogic.h) --- */

/* A number in a rule or in what it looks at: what JavaScript's numbers hold exactly, since rules
 * are CertLogic's. */
#define GARITA_INTEGER_MAX INT64_C(9007199254740991)
/* Operands of one operation, and elements of a literal array: a list of the products of vaccines,
 * or of countries. */
#define GARITA_OPERANDS_MAX 256
/* Nesting of a rule, itself being 1: a policy's depth, less where its rules stand. */
#define GARITA_RULE_DEPTH_MAX 56
/* One rule in bytes. */
#define GARITA_RULE_BYTES_MAX (16 * 1024)
/* Operations and literals that one evaluation looks at: reduce goes over each attestation there may
 * be, with a long rule; 20 rules of so many steps take milliseconds. */
#define GARITA_RULE_STEPS_MAX 20000
/* Values that one evaluation makes: arrays that it builds. */
#define GARITA_RULE_VALUES_MAX 512
/* Members that one evaluation makes: the two of what a reduce's lambda sees, as deep as reduces can
 * nest and in the accumulators that keep some. */
#define GARITA_RULE_MEMBERS_MAX 128
/* A JSON pointer to a flaw, with its zero; longer ones are cut. */
#define GARITA_RULE_PATH_SIZE 256

/* The transliteration of a name: ICAO 9303-3 needs at most four letters for one (SHCH). */
#define GARITA_MRZ_NAME_MAX (4 * GARITA_HOLDER_NAME_BYTES_MAX + 1)

/* Argon2id as a key file may ask for it: more is an attack on the machine that opens the file. */
#define GARITA_ARGON2_OPS_MAX 16
#define GARITA_ARGON2_MEMORY_BYTES_MAX (1024ull * 1024 * 1024)

#endif
