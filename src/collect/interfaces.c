#include "collect/interfaces.h"

#include <string.h>

#include "base/text.h"
#include "base/unique.h"

#define INTERFACE_CEILING 50000
#define IF_LENGTH 10   /* 1.3.6.1.2.1.2.2.1.column */
#define IF_X_LENGTH 11 /* 1.3.6.1.2.1.31.1.1.1.column */
#define GAUGE32_FULL G_MAXUINT32

enum {
    IF_DESCR = 2,
    IF_TYPE = 3,
    IF_MTU = 4,
    IF_SPEED = 5,
    IF_PHYS_ADDRESS = 6,
    IF_ADMIN = 7,
    IF_OPER = 8,
    IF_LAST_CHANGE = 9,
    IF_IN_OCTETS = 10,
    IF_IN_UCAST = 11,
    IF_IN_DISCARDS = 13,
    IF_IN_ERRORS = 14,
    IF_OUT_OCTETS = 16,
    IF_OUT_UCAST = 17,
    IF_OUT_DISCARDS = 19,
    IF_OUT_ERRORS = 20
};
enum {
    IF_NAME = 1,
    IF_HC_IN_OCTETS = 6,
    IF_HC_IN_UCAST = 7,
    IF_HC_OUT_OCTETS = 10,
    IF_HC_OUT_UCAST = 11,
    IF_HIGH_SPEED = 15,
    IF_ALIAS = 18,
    IF_DISCONTINUITY = 19
};

static const RvVarbind *
instance(const RvSnmpAnswers *answers, const guint32 *column, guint length, guint32 index)
{
    guint32 ids[16];
    RvOid oid = {ids, length + 1};

    memcpy(ids, column, length * sizeof *ids);
    ids[length] = index;
    return rv_snmp_answers_get(answers, &oid);
}

static const RvVarbind *
if_cell(const RvSnmpAnswers *answers, guint32 column, guint32 index)
{
    return instance(answers, (const guint32[]){1, 3, 6, 1, 2, 1, 2, 2, 1, column}, IF_LENGTH,
                    index);
}

static const RvVarbind *
if_x_cell(const RvSnmpAnswers *answers, guint32 column, guint32 index)
{
    return instance(answers, (const guint32[]){1, 3, 6, 1, 2, 1, 31, 1, 1, 1, column}, IF_X_LENGTH,
                    index);
}

static char *
text_of(const RvVarbind *varbind)
{
    return varbind != NULL ? rv_varbind_text(varbind) : NULL;
}

static gint64
integer_of(const RvVarbind *varbind, gint64 otherwise)
{
    gint64 value = otherwise;

    return varbind != NULL && rv_varbind_integer(varbind, &value) ? value : otherwise;
}

static guint64
counter_of(const RvVarbind *varbind)
{
    gint64 value;

    return varbind != NULL && rv_varbind_integer(varbind, &value) ? (guint64)value
                                                                  : RV_COUNTER_NONE;
}

/* The 64-bit counter; the 32-bit one where there is none. */
static guint64
better_counter(const RvSnmpAnswers *answers, guint32 wide, guint32 narrow, guint32 index,
               gboolean *is_wide)
{
    const RvVarbind *varbind = if_x_cell(answers, wide, index);
    guint64 value = counter_of(varbind);

    *is_wide = value != RV_COUNTER_NONE;
    return *is_wide ? value : counter_of(if_cell(answers, narrow, index));
}

/* ifHighSpeed counts Mbit/s and holds where ifSpeed is full or says nothing. */
static gint64
speed_of(const RvSnmpAnswers *answers, guint32 index)
{
    gint64 speed = integer_of(if_cell(answers, IF_SPEED, index), -1);
    gint64 high = integer_of(if_x_cell(answers, IF_HIGH_SPEED, index), -1);

    if (high > 0 && high < G_MAXINT64 / 1000000 &&
        (speed < 0 || speed >= GAUGE32_FULL || speed == G_MAXINT32 || speed == 0 ||
         high * 1000000 > GAUGE32_FULL))
        return high * 1000000;
    return speed;
}

static char *
mac_of(const RvVarbind *varbind)
{
    const guint8 *o = varbind != NULL ? varbind->octets : NULL;

    if (o == NULL || varbind->size != 6 || varbind->type != RV_SNMP_OCTETS)
        return NULL;
    return g_strdup_printf("%02x:%02x:%02x:%02x:%02x:%02x", o[0], o[1], o[2], o[3], o[4], o[5]);
}

/* dot3StatsDuplexStatus: unknown(1), halfDuplex(2), fullDuplex(3). */
static char *
duplex_of(const RvSnmpAnswers *answers, guint32 index)
{
    static const guint32 column[] = {1, 3, 6, 1, 2, 1, 10, 7, 2, 1, 19};
    gint64 duplex = integer_of(instance(answers, column, G_N_ELEMENTS(column), index), 0);

    return duplex == 2 ? g_strdup("half") : duplex == 3 ? g_strdup("full") : NULL;
}

char *
rv_interface_name_of(const RvSnmpAnswers *answers, guint32 index, gboolean by_descr)
{
    char *name =
        text_of(by_descr ? if_cell(answers, IF_DESCR, index) : if_x_cell(answers, IF_NAME, index));

    if (name != NULL)
        return name;
    return text_of(by_descr ? if_x_cell(answers, IF_NAME, index)
                            : if_cell(answers, IF_DESCR, index));
}

static void
take(char **field, char *text)
{
    if (text == NULL)
        return;
    g_free(*field);
    *field = text;
}

static void
fill_counters(const RvSnmpAnswers *answers, RvInterface *interface)
{
    guint32 index = interface->index;
    gboolean in_wide, out_wide, ignored;

    interface->in_octets = better_counter(answers, IF_HC_IN_OCTETS, IF_IN_OCTETS, index, &in_wide);
    interface->out_octets =
        better_counter(answers, IF_HC_OUT_OCTETS, IF_OUT_OCTETS, index, &out_wide);
    interface->counters_64bit = in_wide && out_wide;
    interface->in_unicast = better_counter(answers, IF_HC_IN_UCAST, IF_IN_UCAST, index, &ignored);
    interface->out_unicast =
        better_counter(answers, IF_HC_OUT_UCAST, IF_OUT_UCAST, index, &ignored);
    interface->in_errors = counter_of(if_cell(answers, IF_IN_ERRORS, index));
    interface->out_errors = counter_of(if_cell(answers, IF_OUT_ERRORS, index));
    interface->in_discards = counter_of(if_cell(answers, IF_IN_DISCARDS, index));
    interface->out_discards = counter_of(if_cell(answers, IF_OUT_DISCARDS, index));
}

void
rv_interface_read_moving(const RvSnmpAnswers *answers, RvInterface *interface)
{
    guint32 index = interface->index;
    gint64 oper = integer_of(if_cell(answers, IF_OPER, index), 0);

    interface->oper_status = oper >= 1 && oper <= 7 ? (RvOperStatus)oper : RV_OPER_UNKNOWN_TO_US;
    interface->discontinuity_ticks =
        integer_of(if_x_cell(answers, IF_DISCONTINUITY, index), interface->discontinuity_ticks);
    fill_counters(answers, interface);
}

static void
fill(const RvSnmpAnswers *answers, gboolean by_descr, RvInterface *interface)
{
    guint32 index = interface->index;
    gint64 admin = integer_of(if_cell(answers, IF_ADMIN, index), 0);

    take(&interface->name, rv_interface_name_of(answers, index, by_descr));
    take(&interface->description, text_of(if_cell(answers, IF_DESCR, index)));
    take(&interface->alias, text_of(if_x_cell(answers, IF_ALIAS, index)));
    interface->mac = mac_of(if_cell(answers, IF_PHYS_ADDRESS, index));
    interface->duplex = duplex_of(answers, index);
    interface->type = (int)CLAMP(integer_of(if_cell(answers, IF_TYPE, index), 0), 0, G_MAXINT);
    interface->mtu = (int)CLAMP(integer_of(if_cell(answers, IF_MTU, index), 0), 0, G_MAXINT);
    interface->speed_bps = speed_of(answers, index);
    interface->admin_status = admin >= 1 && admin <= 3 ? (RvAdminStatus)admin : RV_ADMIN_UNKNOWN;
    interface->last_change_ticks = integer_of(if_cell(answers, IF_LAST_CHANGE, index), -1);
    rv_interface_read_moving(answers, interface);
}

static guint
count_strange(const RvSnmpAnswers *answers, const RvOid *column)
{
    guint count = 0, strange = 0;
    const RvVarbind *cells = rv_snmp_answers_below(answers, column, &count);
    gint64 value;

    for (guint i = 0; i < count; i++)
        strange += !rv_varbind_integer(&cells[i], &value);
    return strange;
}

void
rv_interfaces_note_types(const RvSnmpAnswers *answers, RvObservation *observation)
{
    static const guint32 columns[] = {IF_OPER,       IF_IN_OCTETS,    IF_IN_DISCARDS, IF_IN_ERRORS,
                                      IF_OUT_OCTETS, IF_OUT_DISCARDS, IF_OUT_ERRORS};
    static const guint32 x_columns[] = {IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS};
    guint32 ids[IF_LENGTH] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 0};
    guint32 x_ids[IF_X_LENGTH] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 0};
    guint strange = 0;

    for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
        ids[IF_LENGTH - 1] = columns[i];
        strange += count_strange(answers, &(RvOid){ids, IF_LENGTH});
    }
    for (guint i = 0; i < G_N_ELEMENTS(x_columns); i++) {
        x_ids[IF_X_LENGTH - 1] = x_columns[i];
        strange += count_strange(answers, &(RvOid){x_ids, IF_X_LENGTH});
    }
    if (strange > 0)
        rv_observation_note(observation,
                            "%u values of interfaces are no numbers, where IF-MIB has numbers: "
                            "left out",
                            strange);
}

static void
collect_indexes(const RvSnmpAnswers *answers, const guint32 *column, guint length, GArray *indexes,
                GHashTable *seen)
{
    RvOid oid = {(guint32 *)column, length};
    guint count = 0;
    const RvVarbind *varbinds = rv_snmp_answers_below(answers, &oid, &count);

    for (guint i = 0; i < count && indexes->len < INTERFACE_CEILING; i++) {
        guint32 index;

        if (varbinds[i].oid.length != length + 1)
            continue;
        index = varbinds[i].oid.ids[length];
        if (g_hash_table_add(seen, GUINT_TO_POINTER(index)))
            g_array_append_val(indexes, index);
    }
}

static void
fill_keys(RvObservation *observation)
{
    g_autoptr(RvUnique) keys = rv_unique_new();

    for (guint i = 0; i < observation->interfaces->len; i++) {
        RvInterface *interface = g_ptr_array_index(observation->interfaces, i);
        g_autofree char *slug = interface->name[0] != '\0'
                                    ? rv_text_slug(interface->name)
                                    : g_strdup_printf("index-%u", interface->index);
        g_autofree char *key = g_strconcat("port/", slug, NULL);

        g_free(interface->key);
        interface->key = rv_unique_take(keys, key, '-');
    }
}

void
rv_collect_interfaces(const RvSnmpAnswers *answers, gboolean by_descr, RvObservation *observation)
{
    static const guint32 descr[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, IF_DESCR};
    static const guint32 type[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, IF_TYPE};
    static const guint32 oper[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, IF_OPER};
    static const guint32 octets[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, IF_IN_OCTETS};
    static const guint32 name[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, IF_NAME};
    g_autoptr(GArray) indexes = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    collect_indexes(answers, descr, G_N_ELEMENTS(descr), indexes, seen);
    collect_indexes(answers, type, G_N_ELEMENTS(type), indexes, seen);
    collect_indexes(answers, oper, G_N_ELEMENTS(oper), indexes, seen);
    collect_indexes(answers, octets, G_N_ELEMENTS(octets), indexes, seen);
    collect_indexes(answers, name, G_N_ELEMENTS(name), indexes, seen);
    for (guint i = 0; i < indexes->len; i++)
        fill(answers, by_descr,
             rv_observation_add_interface(observation, g_array_index(indexes, guint32, i)));
    fill_keys(observation);
}
