#include <qpdf/qpdf-c.h>
#include <string.h>

#include "base/error.h"
#include "report/pdf.h"

static void
set_text(qpdf_data pdf, qpdf_oh dictionary, const char *key, const char *text)
{
    qpdf_oh_replace_key(pdf, dictionary, key, qpdf_oh_new_unicode_string(pdf, text));
}

static void
set_name(qpdf_data pdf, qpdf_oh dictionary, const char *key, const char *name)
{
    qpdf_oh_replace_key(pdf, dictionary, key, qpdf_oh_new_name(pdf, name));
}

static char *
pdf_date(gint64 ms)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(ms / 1000);

    return g_date_time_format(time, "D:%Y%m%d%H%M%SZ");
}

/* ISO 32000-1 §7.11.4: the stream; "/" within a name of type MIME is written #2F by the library. */
static qpdf_oh
embedded_file(qpdf_data pdf, const RvAttachment *attachment, const char *date)
{
    qpdf_oh stream = qpdf_oh_new_stream(pdf), dictionary = qpdf_oh_get_dict(pdf, stream);
    qpdf_oh parameters = qpdf_oh_new_dictionary(pdf);
    g_autofree char *type = g_strconcat("/", attachment->type, NULL);
    gsize size;
    const unsigned char *data = g_bytes_get_data(attachment->body, &size);

    qpdf_oh_replace_stream_data(pdf, stream, data, size, qpdf_oh_new_null(pdf),
                                qpdf_oh_new_null(pdf));
    set_name(pdf, dictionary, "/Type", "/EmbeddedFile");
    set_name(pdf, dictionary, "/Subtype", type);
    qpdf_oh_replace_key(pdf, parameters, "/Size", qpdf_oh_new_integer(pdf, (long long)size));
    qpdf_oh_replace_key(pdf, parameters, "/ModDate", qpdf_oh_new_string(pdf, date));
    qpdf_oh_replace_key(pdf, dictionary, "/Params", parameters);
    return stream;
}

static qpdf_oh
file_specification(qpdf_data pdf, const RvAttachment *attachment, const char *date)
{
    qpdf_oh specification = qpdf_oh_new_dictionary(pdf), files = qpdf_oh_new_dictionary(pdf);
    qpdf_oh file = embedded_file(pdf, attachment, date);

    qpdf_oh_replace_key(pdf, files, "/F", file);
    qpdf_oh_replace_key(pdf, files, "/UF", file);
    set_name(pdf, specification, "/Type", "/Filespec");
    set_text(pdf, specification, "/F", attachment->name);
    set_text(pdf, specification, "/UF", attachment->name);
    set_text(pdf, specification, "/Desc", attachment->description);
    set_name(pdf, specification, "/AFRelationship", "/Data");
    qpdf_oh_replace_key(pdf, specification, "/EF", files);
    return qpdf_make_indirect_object(pdf, specification);
}

static void
attach(qpdf_data pdf, qpdf_oh root, const RvAttachment *attachments, guint count, gint64 made_ms)
{
    qpdf_oh names = qpdf_oh_new_array(pdf), related = qpdf_oh_new_array(pdf);
    qpdf_oh tree = qpdf_oh_new_dictionary(pdf), all;
    g_autofree char *date = pdf_date(made_ms);

    /* a name tree is sorted: attachments come in that order */
    for (guint i = 0; i < count; i++) {
        qpdf_oh specification = file_specification(pdf, &attachments[i], date);

        qpdf_oh_append_item(pdf, names, qpdf_oh_new_unicode_string(pdf, attachments[i].name));
        qpdf_oh_append_item(pdf, names, specification);
        qpdf_oh_append_item(pdf, related, specification);
    }
    qpdf_oh_replace_key(pdf, tree, "/Names", names);
    all = qpdf_oh_get_key(pdf, root, "/Names");
    if (!qpdf_oh_is_dictionary(pdf, all)) {
        all = qpdf_oh_new_dictionary(pdf);
        qpdf_oh_replace_key(pdf, root, "/Names", all);
    }
    qpdf_oh_replace_key(pdf, all, "/EmbeddedFiles", tree);
    qpdf_oh_replace_key(pdf, root, "/AF", related);
}

/* ---- what figures show, for who cannot see them: ISO 32000-1 §14.9.3 ---- */

static char *
alternative(const RvChart *chart)
{
    gboolean says = chart->finding != NULL && chart->finding[0] != '\0';

    return g_strdup_printf("%s%s%s%s%s", chart->subject != NULL ? chart->subject : "",
                           chart->subject != NULL ? ", " : "", chart->title, says ? ": " : "",
                           says ? chart->finding : "");
}

/* In the order in which they are drawn. */
static GPtrArray *
alternatives(const RvDocument *document)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < document->blocks->len; i++) {
        const RvBlock *block = g_ptr_array_index(document->blocks, i);

        for (guint j = 0; j < block->charts->len; j++)
            g_ptr_array_add(texts, block->kind == RV_BLOCK_CHART
                                       ? g_strdup(g_ptr_array_index(block->texts, 0))
                                       : alternative(g_ptr_array_index(block->charts, j)));
    }
    return texts;
}

/* Of the children of a structure element, from text `next` on; gives the text after the last. */
static guint
describe_children(qpdf_data pdf, qpdf_oh element, const GPtrArray *texts, guint next)
{
    qpdf_oh children = qpdf_oh_get_key(pdf, element, "/K");
    int count = qpdf_oh_is_array(pdf, children) ? qpdf_oh_get_array_n_items(pdf, children) : 0;

    for (int i = 0; i < count && next < texts->len; i++) {
        qpdf_oh child = qpdf_oh_get_array_item(pdf, children, i);

        if (qpdf_oh_is_dictionary(pdf, child)) {
            qpdf_oh kind = qpdf_oh_get_key(pdf, child, "/S");
            const char *name = qpdf_oh_is_name(pdf, kind) ? qpdf_oh_get_name(pdf, kind) : "";

            if (strcmp(name, "/Figure") == 0)
                set_text(pdf, child, "/Alt", g_ptr_array_index(texts, next++));
            else if (strcmp(name, "/Document") == 0)
                next = describe_children(pdf, child, texts, next);
            qpdf_oh_release(pdf, kind);
        }
        qpdf_oh_release(pdf, child);
    }
    qpdf_oh_release(pdf, children);
    return next;
}

static void
describe_figures(qpdf_data pdf, qpdf_oh root, const RvDocument *document)
{
    g_autoptr(GPtrArray) texts = alternatives(document);
    qpdf_oh tree = qpdf_oh_get_key(pdf, root, "/StructTreeRoot");

    if (qpdf_oh_is_dictionary(pdf, tree))
        describe_children(pdf, tree, texts, 0);
}

static gboolean
failed(qpdf_data pdf, GError **error)
{
    if (!qpdf_has_error(pdf))
        return FALSE;
    g_set_error(error, RV_ERROR, RV_ERROR_INTERNAL, "the report's PDF: qpdf says '%s'",
                qpdf_get_error_full_text(pdf, qpdf_get_error(pdf)));
    return TRUE;
}

static GBytes *
write_out(qpdf_data pdf, GError **error)
{
    /* objects in streams: a third of the size; the identifier: from the content alone */
    if (qpdf_init_write_memory(pdf) != QPDF_SUCCESS && failed(pdf, error))
        return NULL;
    qpdf_set_deterministic_ID(pdf, QPDF_TRUE);
    qpdf_set_object_stream_mode(pdf, qpdf_o_generate);
    qpdf_set_minimum_pdf_version(pdf, "1.7");
    qpdf_write(pdf);
    if (failed(pdf, error))
        return NULL;
    return g_bytes_new(qpdf_get_buffer(pdf), qpdf_get_buffer_length(pdf));
}

GBytes *
rv_pdf_finish(GBytes *pages, const RvDocument *document, const RvAttachment *attachments,
              guint count, GError **error)
{
    qpdf_data pdf = qpdf_init();
    GBytes *whole = NULL;
    gsize size;
    const char *data = g_bytes_get_data(pages, &size);
    qpdf_oh root, viewer;

    qpdf_silence_errors(pdf);
    qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
    qpdf_read_memory(pdf, "report", data, size, NULL);
    if (!failed(pdf, error)) {
        root = qpdf_get_root(pdf);
        viewer = qpdf_oh_new_dictionary(pdf);
        set_text(pdf, root, "/Lang", rv_language_tag(document->language));
        qpdf_oh_replace_key(pdf, viewer, "/DisplayDocTitle", qpdf_oh_new_bool(pdf, QPDF_TRUE));
        qpdf_oh_replace_key(pdf, root, "/ViewerPreferences", viewer);
        set_name(pdf, root, "/PageMode", "/UseOutlines");
        describe_figures(pdf, root, document);
        if (count > 0)
            attach(pdf, root, attachments, count, document->made_ms);
        if (!failed(pdf, error))
            whole = write_out(pdf, error);
    }
    qpdf_cleanup(&pdf);
    return whole;
}
