/* What only long periods show: quarter and year. */
#include <math.h>
#include <string.h>

#include "report/sections.h"

/* ---- period over period ---- */

static void
add_periods(RvDocument *document, const RvReport *report)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE,
                                       SAY("This period beside those before", "本周期与往期对比"));

    rv_table_column(table, SAY("Period", "周期"), 22, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Devices", "设备"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Availability", "可用率"), 18, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Down", "中断"), 18, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Faults", "故障"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Met", "达标"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Not met", "未达标"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Score", "评分"), 12, RV_ALIGN_RIGHT);
    for (guint i = 0; i < report->history->len; i++) {
        const RvReportMonth *month = g_ptr_array_index(report->history, i);

        rv_table_row(table);
        rv_table_cell(table, "%s", month->label);
        if (!month->known) {
            for (int j = 0; j < 7; j++)
                rv_table_cell(table, "–");
            continue;
        }
        rv_table_cell(table, "%u", month->devices);
        rv_table_take(table, rv_write_availability(month->a));
        rv_table_take(table, rv_write_duration(document->language, month->down_ms));
        rv_table_cell(table, "%u", month->faults);
        rv_table_cell(table, "%u", month->met);
        rv_table_cell(table, "%u", month->not_met);
        rv_table_take(table, rv_write_number(month->score, 0));
    }
}

/* ---- Pareto ---- */

static void
add_pareto(RvDocument *document, const RvReport *report)
{
    RvChart *chart;
    g_autofree char *caption = NULL;
    guint all = 0, sum = 0, few = 0;

    for (guint i = 0; i < report->causes->len; i++)
        all += ((RvReportCause *)g_ptr_array_index(report->causes, i))->faults;
    if (all == 0) {
        rv_document_text(document, RV_BLOCK_TEXT, "%s",
                         SAY("There was no fault, so there are no causes to weigh.",
                             "没有故障，因此没有原因分布。"));
        return;
    }
    chart = rv_chart_new(RV_CHART_BARS, SAY("Faults by cause", "故障原因分布"), "");
    for (guint i = 0; i < report->causes->len; i++) {
        const RvReportCause *cause = g_ptr_array_index(report->causes, i);
        gboolean vital = sum < all * 0.8;
        g_autofree char *text = NULL;

        sum += cause->faults;
        few += vital;
        text = g_strdup_printf(SAY("%u  (%.0f%% with those above)", "%u（累计 %.0f%%）"),
                               cause->faults, 100.0 * sum / all);
        rv_chart_bar(chart, rv_say_group(document->language, cause->cause), cause->faults, text,
                     vital);
    }
    caption = report->causes->len == 1
                  ? g_strdup(SAY("All faults have one cause", "全部故障属于同一类原因"))
                  : g_strdup_printf(SAY("%u of %u causes make 80%% of the faults",
                                        "%2$u 类原因中，%1$u 类占全部故障的 80%%"),
                                    few, report->causes->len);
    rv_document_chart(document, chart, caption);
}

/* ---- recurring ---- */

typedef struct {
    const char *device, *cause;
    guint times;
    gint64 last_ms;
} Recurring;

static int
compare_recurring(gconstpointer a, gconstpointer b)
{
    const Recurring *left = a, *right = b;
    int order;

    if (left->times != right->times)
        return left->times > right->times ? -1 : 1;
    order = strcmp(left->device, right->device);
    return order != 0 ? order : strcmp(left->cause, right->cause);
}

static GArray *
find_recurring(const RvReport *report)
{
    GArray *found = g_array_new(FALSE, TRUE, sizeof(Recurring));
    g_autoptr(GHashTable) at = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < report->faults->len; i++) {
        const RvFault *fault = ((RvReportFault *)g_ptr_array_index(report->faults, i))->fault;
        char *key;
        gpointer place;

        if (fault->cause == NULL || fault->cause[0] == '\0')
            continue;
        key = g_strdup_printf("%s\n%s", fault->device, fault->cause);
        place = g_hash_table_lookup(at, key);
        if (place == NULL) {
            Recurring one = {fault->device, fault->cause, 0, 0};

            g_array_append_val(found, one);
            place = GUINT_TO_POINTER(found->len);
            g_hash_table_insert(at, g_strdup(key), place);
        }
        g_free(key);
        g_array_index(found, Recurring, GPOINTER_TO_UINT(place) - 1).times++;
        g_array_index(found, Recurring, GPOINTER_TO_UINT(place) - 1).last_ms = fault->opened_ms;
    }
    g_array_sort(found, compare_recurring);
    return found;
}

static void
add_recurring(RvDocument *document, const RvReport *report)
{
    g_autoptr(GArray) found = find_recurring(report);
    RvTable *table = rv_document_table(
        document, RV_BLOCK_TABLE,
        SAY("Faults that came back: same device, same cause", "重复故障：同一设备、同一原因"));

    rv_table_column(table, SAY("Device", "设备"), 28, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Cause", "原因"), 40, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Times", "次数"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Last", "最近一次"), 20, RV_ALIGN_LEFT);
    table->none = g_strdup(SAY("No fault came back.", "没有重复发生的故障。"));
    for (guint i = 0; i < found->len; i++) {
        const Recurring *one = &g_array_index(found, Recurring, i);

        if (one->times < 2 || rv_table_full(document, table, 20, found->len))
            break;
        rv_table_row(table);
        rv_device_cell(table, report, one->device);
        rv_table_cell(table, "%s",
                      strcmp(one->cause, RV_CAUSE_REACHABILITY) == 0
                          ? rv_say_group(document->language, one->cause)
                          : one->cause + (g_str_has_prefix(one->cause, "part:") ? 5 : 0));
        rv_table_cell(table, "%u", one->times);
        rv_table_take(table, rv_write_time(document->language, one->last_ms, report->zone));
    }
}

void
rv_section_over_time(RvDocument *document, const RvReport *report)
{
    rv_document_heading(document, 1, "over-time", SAY("Over time", "同比与环比"));
    add_periods(document, report);
    add_pareto(document, report);
    add_recurring(document, report);
}

/* ---- year: what to renew ---- */

typedef struct {
    const char *model;
    guint devices, findings, faults, suspects;
} Ageing;

static int
compare_ageing(gconstpointer a, gconstpointer b)
{
    const Ageing *left = a, *right = b;
    double l = (double)(left->findings + left->suspects) / left->devices;
    double r = (double)(right->findings + right->suspects) / right->devices;

    return l != r ? (l > r ? -1 : 1) : strcmp(left->model, right->model);
}

static GArray *
by_model(const RvReport *report)
{
    GArray *all = g_array_new(FALSE, TRUE, sizeof(Ageing));

    for (guint i = 0; i < report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(report->devices, i);
        Ageing *one = NULL;

        for (guint j = 0; j < all->len && one == NULL; j++)
            if (strcmp(g_array_index(all, Ageing, j).model, device->model) == 0)
                one = &g_array_index(all, Ageing, j);
        if (one == NULL) {
            Ageing fresh = {.model = device->model};

            g_array_append_val(all, fresh);
            one = &g_array_index(all, Ageing, all->len - 1);
        }
        one->devices++;
        one->findings += device->findings;
        one->faults += device->faults;
        for (guint j = 0; j < report->suspects->len; j++)
            one->suspects +=
                strcmp(
                    ((RvReportSuspect *)g_ptr_array_index(report->suspects, j))->evidence->device,
                    device->name) == 0;
    }
    g_array_sort(all, compare_ageing);
    return all;
}

void
rv_section_prevention(RvDocument *document, const RvReport *report)
{
    g_autoptr(GArray) all = by_model(report);
    RvTable *table;

    rv_document_heading(document, 1, "prevention",
                        SAY("Ageing, prevention and replacement", "老化、预防与更换预算"));
    table =
        rv_document_table(document, RV_BLOCK_TABLE,
                          SAY("Models by findings for each device: where replacement pays first",
                              "按型号统计（单台发现数）：优先更换对象"));
    rv_table_column(table, SAY("Model", "型号"), 36, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Devices", "设备数"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Faults", "故障"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Bad parts", "异常部件"), 14, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Suspects", "关注部件"), 14, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("For each device", "单台发现数"), 16, RV_ALIGN_RIGHT);
    table->none = g_strdup(SAY("There is no device.", "没有设备。"));
    for (guint i = 0; i < all->len; i++) {
        const Ageing *one = &g_array_index(all, Ageing, i);

        if (rv_table_full(document, table, 30, all->len))
            break;
        rv_table_row(table);
        rv_table_cell(table, "%s", rv_or_dash(one->model));
        rv_table_cell(table, "%u", one->devices);
        rv_table_cell(table, "%u", one->faults);
        rv_table_cell(table, "%u", one->findings);
        rv_table_cell(table, "%u", one->suspects);
        rv_table_take(table,
                      rv_write_number((double)(one->findings + one->suspects) / one->devices, 2));
    }
    rv_document_text(
        document, RV_BLOCK_TEXT, "%s",
        SAY("Budget: one spare for each part that is critical or suspected, and a "
            "replacement for models at the top of the table. Prices are not known to "
            "rackvitals; fill them in from the contract.",
            "预算建议：为每个严重或被关注的部件准备一件备件，并为上表靠前的型号安排更换。"
            "本软件不掌握价格，请按合同填写。"));
}
