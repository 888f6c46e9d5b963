#include "audit.h"

#include <string.h>

#include <garita/date.h>
#include <garita/equivocation.h>
#include <garita/store_logs.h>

#include "equivocation_text.h"
#include "i18n.h"
#include "json_out.h"
#include "report.h"
#include "safe_text.h"
#include "store_report.h"
#include "text_out.h"

/* What is found out about one authority. */
struct finding {
    const garita_issuer *authority;
    const garita_log *log; /* null, or without a head: nothing is known */
    uint8_t proof[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t proof_len;         /* 0: none */
    garita_error proof_error; /* OK: it was checked again, and holds */
    uint64_t evidence;        /* pieces that are kept */
    uint64_t gaps;            /* of them: of batches that the log has not come to */
};

/* --- finding out --- */

static bool count_evidence(void *context, const garita_message *evidence)
{
    struct finding *finding = context;

    finding->evidence++;
    if (finding->log == NULL || evidence->index >= finding->log->frontier.size)
        finding->gaps++;
    return true;
}

/* Whether the proof is one about this authority. */
static garita_error check(const garita_trust *trust, const struct finding *finding)
{
    garita_error error = GARITA_OK;
    const garita_issuer *of =
        garita_equivocation_check(NULL, &error, trust, NULL, finding->proof, finding->proof_len);

    if (of == NULL)
        return error;
    while (of != NULL && !garita_issuer_same_authority(of, finding->authority))
        of = garita_equivocation_check(NULL, NULL, trust, of, finding->proof, finding->proof_len);
    return of != NULL ? GARITA_OK : GARITA_E_UNKNOWN_ISSUER;
}

static exit_status find_out(struct finding *out, const struct audit *audit,
                            const struct authority_log *each)
{
    garita_store *store = audit->stock.store;

    memset(out, 0, sizeof *out);
    out->authority = each->authority;
    out->log = each->log;
    garita_store_error error =
        garita_store_get_proof(store, out->proof, &out->proof_len, &each->id);
    if (error == GARITA_STORE_ABSENT) {
        out->proof_len = 0;
        error = GARITA_STORE_OK;
    } else if (error == GARITA_STORE_OK) {
        out->proof_error = check(audit->stock.trust, out);
    }
    if (error == GARITA_STORE_OK)
        error = garita_store_each_evidence(store, &each->id, count_evidence, out);
    return error == GARITA_STORE_OK
               ? EXIT_DONE
               : store_report(audit->context, error, garita_store_detail(store));
}

static bool is_proven(const struct finding *finding)
{
    return finding->proof_len > 0 && finding->proof_error == GARITA_OK;
}

static bool has_form_4(const struct finding *finding)
{
    return finding->log != NULL && finding->log->set_differs;
}

static uint64_t union_size(const struct finding *finding)
{
    return finding->log != NULL && finding->log->elsewhere != NULL
               ? garita_set_revoked(finding->log->elsewhere)
               : 0;
}

/* --- as JSON --- */

static json_t *to_json(const struct finding *finding)
{
    const garita_log *log = finding->log;
    garita_bytes proof = {finding->proof, finding->proof_len};
    unsigned form = is_proven(finding)    ? equivocation_text_form_of(proof)
                    : has_form_4(finding) ? GARITA_FORM_SET
                                          : 0;
    char id[GARITA_ID_TEXT_SIZE];

    garita_id_format(id, &finding->authority->id);
    return json_pack(
        "{s:s, s:s, s:b, s:o, s:s?, s:b, s:o, s:s?, s:o, s:b, s:I, s:I, s:I, s:I, s:I, s:b, s:b}",
        "authority", id, "name", finding->authority->name, "equivocated", (int)(form != 0), "form",
        form != 0 ? json_integer(form) : json_null(), "form_name",
        form != 0 ? garita_equivocation_form_name(form) : NULL, "proven",
        (int)is_proven(finding), "heads",
        is_proven(finding) ? equivocation_text_heads_json(proof) : json_null(), "proof_error",
        finding->proof_len > 0 && !is_proven(finding) ? garita_error_name(finding->proof_error)
                                                      : NULL,
        "set_differs_at",
        has_form_4(finding) ? json_integer((json_int_t)log->set_differs_at) : json_null(),
        "has_head", (int)(log != NULL && log->has_head), "size",
        (json_int_t)(log != NULL ? log->frontier.size : 0), "start",
        (json_int_t)(log != NULL ? log->batches_from : 0), "union", (json_int_t)union_size(finding),
        "evidence", (json_int_t)finding->evidence, "gaps", (json_int_t)finding->gaps, "damaged",
        (int)(log != NULL && log->is_damaged), "shares_id", (int)finding->authority->shares_id);
}

/* --- for people --- */

static void add_log(struct buffer *out, const struct finding *finding)
{
    const garita_log *log = finding->log;
    char moment[GARITA_MOMENT_TEXT_SIZE];

    if (log == NULL || !log->has_head) {
        buffer_add_format(out, "  %s\n", _("no status log has come here yet"));
        return;
    }
    garita_moment_format(moment, log->head.signed_at);
    buffer_add_text(out, "  ");
    buffer_add_format(out, P_("%lu batch", "%lu batches", log->head.size),
                      (unsigned long)log->head.size);
    buffer_add_format(out, _(", signed %s"), moment);
    if (log->batches_from > 0)
        buffer_add_format(out, _("; followed from batch number %llu on"),
                          (unsigned long long)log->batches_from);
    buffer_add_char(out, '\n');
}

static void add_form_4(struct buffer *out, uint64_t size)
{
    buffer_add_format(out, _("  EQUIVOCATION FOUND at %llu batches, form 4 (%s): %s\n"),
                      (unsigned long long)size, garita_equivocation_form_name(GARITA_FORM_SET),
                      equivocation_text_form(GARITA_FORM_SET));
}

static void add_flaws(struct buffer *out, const struct finding *finding)
{
    uint64_t in_union = union_size(finding);

    if (finding->proof_len > 0 && !is_proven(finding))
        buffer_add_format(out,
                          _("  the proof that is kept does not hold (%s); see: garita doctor\n"),
                          _(garita_error_text(finding->proof_error)));
    if (has_form_4(finding))
        add_form_4(out, finding->log->set_differs_at);
    if (in_union > 0)
        buffer_add_format(out,
                          P_("  %lu serial is revoked by another of its histories alone\n",
                             "  %lu serials are revoked by another of its histories alone\n",
                             in_union),
                          (unsigned long)in_union);
    if (finding->gaps > 0)
        buffer_add_format(out,
                          P_("  %lu batch is known from evidence that its log has not come to\n",
                             "  %lu batches are known from evidence that its log has not come to\n",
                             finding->gaps),
                          (unsigned long)finding->gaps);
    if (finding->authority->shares_id)
        buffer_add_format(out, "  %s\n",
                          _("another authority has this id: each has a log of its own"));
}

static void add_name(struct buffer *out, const garita_issuer *authority)
{
    char id[GARITA_ID_TEXT_SIZE];

    garita_id_format(id, &authority->id);
    buffer_add_format(out, "%s  ", id);
    safe_text_add(out, authority->name, strlen(authority->name));
    buffer_add_format(out, ", %s\n", authority->country);
}

static void add_proof(struct buffer *out, garita_bytes proof)
{
    unsigned form = equivocation_text_form_of(proof);

    buffer_add_format(out, _("  EQUIVOCATION PROVEN, form %u (%s): %s\n"), form,
                      garita_equivocation_form_name(form), equivocation_text_form(form));
    equivocation_text_add_heads(out, proof);
}

static exit_status tell(const struct audit *audit, const struct finding *finding)
{
    struct buffer text = {0};

    if (audit->context->json)
        return json_out(audit->context, to_json(finding));
    add_name(&text, finding->authority);
    add_log(&text, finding);
    if (is_proven(finding))
        add_proof(&text, (garita_bytes){finding->proof, finding->proof_len});
    add_flaws(&text, finding);
    return text_out(audit->context, &text, 4);
}

/* --- --- */

exit_status audit_home(struct audit *audit)
{
    struct finding finding;
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < audit->stock.logs.count && status == EXIT_DONE; i++) {
        status = find_out(&finding, audit, &audit->stock.logs.at[i]);
        if (status != EXIT_DONE)
            break;
        audit->found += is_proven(&finding) || has_form_4(&finding);
        status = tell(audit, &finding);
    }
    return status;
}

exit_status audit_print_proof(struct audit *audit, const garita_issuer *authority,
                              garita_bytes proof, const char *source)
{
    struct buffer text = {0};
    char id[GARITA_ID_TEXT_SIZE];
    unsigned form = equivocation_text_form_of(proof);

    audit->found++;
    if (audit->context->json) {
        garita_id_format(id, &authority->id);
        return json_out(audit->context,
                        json_pack("{s:s, s:s, s:b, s:i, s:s, s:b, s:o, s:o}", "authority", id,
                                  "name", authority->name, "equivocated", 1, "form", (int)form,
                                  "form_name", garita_equivocation_form_name(form), "proven", 1,
                                  "heads", equivocation_text_heads_json(proof), "source",
                                  json_out_text_or_null(source)));
    }
    safe_text_add(&text, source, strlen(source));
    buffer_add_text(&text, ": ");
    add_name(&text, authority);
    add_proof(&text, proof);
    return text_out(audit->context, &text, 4);
}

exit_status audit_print_set(struct audit *audit, const garita_issuer *authority, uint64_t size,
                            const char *source)
{
    struct buffer text = {0};
    char id[GARITA_ID_TEXT_SIZE];

    audit->found++;
    if (audit->context->json) {
        garita_id_format(id, &authority->id);
        return json_out(
            audit->context,
            json_pack("{s:s, s:s, s:b, s:i, s:s, s:b, s:I, s:o}", "authority", id, "name",
                      authority->name, "equivocated", 1, "form", (int)GARITA_FORM_SET, "form_name",
                      garita_equivocation_form_name(GARITA_FORM_SET), "proven", 0, "set_differs_at",
                      (json_int_t)size, "source", json_out_text_or_null(source)));
    }
    safe_text_add(&text, source, strlen(source));
    buffer_add_text(&text, ": ");
    add_name(&text, authority);
    add_form_4(&text, size);
    return text_out(audit->context, &text, 4);
}
