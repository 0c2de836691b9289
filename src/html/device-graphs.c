/* The larger graphs of a device, as pictures in the page. */
#include <string.h>

#include "base/log.h"
#include "html/markup.h"
#include "html/page.h"
#include "html/spans.h"
#include "observation/words.h"
#include "rrd/graph.h"

#define GRAPH_S (7 * 86400)
#define INTERFACE_GRAPHS 8

/* Series that share a graph. */
typedef struct {
    GPtrArray *keys, *labels; /* char*, borrowed; NULL-terminated when drawn */
    gboolean has_class;
    RvClass class;
} Group;

static void
group_free(Group *group)
{
    g_ptr_array_unref(group->keys);
    g_ptr_array_unref(group->labels);
    g_free(group);
}

static const char *
label_of(const RvHtmlDevice *device, const RvRrdSeriesInfo *info)
{
    const char *slash = strchr(info->key, '/');
    const RvObservation *latest = device->latest;

    for (guint i = 0; slash != NULL && latest != NULL && i < latest->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(latest->sensors, i);

        if (info->has_class && strcmp(sensor->key, slash + 1) == 0)
            return sensor->name;
    }
    for (guint i = 0; slash != NULL && latest != NULL && i < latest->interfaces->len; i++) {
        const RvInterface *interface = g_ptr_array_index(latest->interfaces, i);

        if (!info->has_class && strcmp(interface->key, slash + 1) == 0)
            return interface->name;
    }
    return slash != NULL ? slash + 1 : info->key;
}

static void
add_series(const RvHtmlDevice *device, GPtrArray *groups, const RvRrdSeriesInfo *info)
{
    Group *group = NULL;

    for (guint i = 0; info->has_class && i < groups->len; i++) {
        Group *one = g_ptr_array_index(groups, i);

        if (one->has_class && one->class == info->class)
            group = one;
    }
    if (group == NULL) {
        group = g_new0(Group, 1);
        group->keys = g_ptr_array_new();
        group->labels = g_ptr_array_new();
        group->has_class = info->has_class;
        group->class = info->class;
        g_ptr_array_add(groups, group);
    }
    g_ptr_array_add(group->keys, info->key);
    g_ptr_array_add(group->labels, (gpointer)label_of(device, info));
}

/* Ports with a link first; the rest have no graph where there are many. */
static gboolean
is_worth(const RvHtmlDevice *device, const RvRrdSeriesInfo *info, guint *interfaces)
{
    const char *slash = strchr(info->key, '/');

    if (info->template == NULL)
        return FALSE;
    if (info->template->kind != RV_SERIES_INTERFACE)
        return TRUE;
    if (slash == NULL || device->latest == NULL || *interfaces >= INTERFACE_GRAPHS ||
        info->template->sources->len < 2)
        return FALSE;
    for (guint i = 0; i < device->latest->interfaces->len; i++) {
        const RvInterface *interface = g_ptr_array_index(device->latest->interfaces, i);

        if (strcmp(interface->key, slash + 1) == 0 && interface->oper_status == RV_OPER_UP) {
            (*interfaces)++;
            return TRUE;
        }
    }
    return FALSE;
}

static void
put_graph(const RvHtmlDevice *device, Group *group, const GArray *spans, GString *out)
{
    gint64 now_s = device->options->now_ms / 1000;
    g_autofree char *title = NULL;
    g_autofree char *encoded = NULL;
    g_autofree char *note = NULL;
    g_autoptr(GBytes) picture = NULL;
    g_autoptr(GError) error = NULL;
    RvGraphRequest request = {
        .device = device->row->name,
        .start_s = now_s - GRAPH_S,
        .end_s = now_s,
        .language = rv_language_word(device->options->language),
        .spans = (const RvGraphSpan *)spans->data,
        .n_spans = spans->len,
        .width = 620,
        .height = 170,
    };

    title = g_strdup(group->has_class ? rv_say_class(device->options->language, group->class)
                                      : (const char *)g_ptr_array_index(group->labels, 0));
    g_ptr_array_add(group->keys, NULL);
    g_ptr_array_add(group->labels, NULL);
    request.keys = (const char *const *)group->keys->pdata;
    request.labels = (const char *const *)group->labels->pdata;
    picture = rv_rrd_graph(device->store, &request, RV_GRAPH_PNG, &note, &error);
    if (picture == NULL) {
        rv_info("%s: %s: no graph: %s", device->row->name, title, error->message);
        return;
    }
    encoded = g_base64_encode(g_bytes_get_data(picture, NULL), g_bytes_get_size(picture));
    g_string_append_printf(out, "<img src=\"data:image/png;base64,%s\"", encoded);
    rv_markup(out, " loading=\"lazy\" alt=\"%s %s, 7 d\">\n", device->row->name, title);
}

void
rv_html_device_graphs(const RvHtmlDevice *device, GString *out)
{
    g_autoptr(GPtrArray) series = NULL;
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func((GDestroyNotify)group_free);
    g_autoptr(GArray) spans = NULL;
    g_autoptr(GError) error = NULL;
    gint64 now_ms = device->options->now_ms;
    guint interfaces = 0;

    if (device->store == NULL || !device->options->graphs)
        return;
    series = rv_rrd_store_series(device->store, device->row->name);
    for (guint i = 0; i < series->len; i++) {
        const RvRrdSeriesInfo *info = g_ptr_array_index(series, i);

        if (is_worth(device, info, &interfaces))
            add_series(device, groups, info);
    }
    if (groups->len == 0)
        return;
    spans = rv_html_spans(device->state, device->row->name, now_ms - GRAPH_S * (gint64)1000, now_ms,
                          &error);
    if (spans == NULL) {
        rv_info("%s: graphs without shades: %s", device->row->name, error->message);
        spans = g_array_new(FALSE, FALSE, sizeof(RvGraphSpan));
    }
    rv_markup(out, "<h2>%s</h2>\n<div class=\"graphs\">\n",
              RV_SAY(device->options->language, "Graphs of 7 days", "最近 7 天曲线"));
    for (guint i = 0; i < groups->len; i++)
        put_graph(device, g_ptr_array_index(groups, i), spans, out);
    g_string_append(out, "</div>\n");
}
