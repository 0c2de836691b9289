#include <freeipmi/freeipmi.h>

#include "base/text.h"
#include "ipmi/fru.h"

#define CUSTOM_MAX 64
#define AREAS_MAX 128

/* The date of a board that has none: 00h three times, which libfreeipmi makes 1 January 1996. */
#define MADE_UNSPECIFIED 820454400

typedef enum { FIELD_BINARY, FIELD_BCD_PLUS, FIELD_SIX_BIT, FIELD_TEXT } FieldType; /* §13 */

/* Digits, space, dash and dot; libfreeipmi takes only digits. */
static char *
bcd_plus_text(const guint8 *bytes, guint length)
{
    static const char digits[] = "0123456789 -.???";
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < length; i++)
        g_string_append_printf(text, "%c%c", digits[bytes[i] >> 4], digits[bytes[i] & 0x0F]);
    return g_string_free(text, FALSE);
}

static gboolean
is_ascii(const guint8 *bytes, guint length)
{
    for (guint i = 0; i < length; i++)
        if (bytes[i] >= 0x80 || (bytes[i] < 0x20 && bytes[i] != 0))
            return FALSE;
    return length < 2 || bytes[1] != 0; /* "A" 00h is two bytes of UTF-16 */
}

/* Of another language than English: 2-byte Unicode, low byte first; not every maker knows that. */
static char *
foreign_text(const guint8 *bytes, guint length)
{
    char *text = NULL;

    if (length % 2 == 0 && !is_ascii(bytes, length) &&
        !g_utf8_validate((const char *)bytes, (gssize)length, NULL))
        text =
            g_convert((const char *)bytes, (gssize)length, "UTF-8", "UTF-16LE", NULL, NULL, NULL);
    return text != NULL ? text : g_strndup((const char *)bytes, length);
}

static char *
library_text(ipmi_fru_ctx_t context, const ipmi_fru_field_t *field, guint8 language)
{
    char text[IPMI_FRU_AREA_STRING_MAX + 1] = "";
    unsigned int length = IPMI_FRU_AREA_STRING_MAX;

    if (ipmi_fru_type_length_field_to_string(context, field->type_length_field,
                                             field->type_length_field_length, language, text,
                                             &length) < 0)
        return NULL;
    return g_strdup(text);
}

static char *
text_of(ipmi_fru_ctx_t context, const ipmi_fru_field_t *field, guint8 language)
{
    const guint8 *bytes = field->type_length_field;
    gboolean english = language == IPMI_FRU_LANGUAGE_CODE_ENGLISH || language == 0;
    g_autofree char *text = NULL, *clean = NULL;
    guint length;

    if (field->type_length_field_length == 0)
        return NULL;
    length = MIN(bytes[0] & 0x3Fu, field->type_length_field_length - 1);
    if (bytes[0] >> 6 == FIELD_BCD_PLUS)
        text = bcd_plus_text(bytes + 1, length);
    else if (bytes[0] >> 6 == FIELD_TEXT && !english)
        text = foreign_text(bytes + 1, length);
    else
        text = library_text(context, field, language);
    if (text == NULL)
        return NULL;
    clean = rv_text_clean(text, -1, 0);
    return *clean != '\0' ? g_steal_pointer(&clean) : NULL;
}

/* A field and the member it goes to. */
typedef struct {
    const ipmi_fru_field_t *field;
    char **to;
} Pair;

static void
set_texts(ipmi_fru_ctx_t context, guint8 language, const Pair *pairs, guint count,
          const ipmi_fru_field_t *custom, RvIpmiFru *fru)
{
    for (guint i = 0; i < count; i++)
        if (*pairs[i].to == NULL)
            *pairs[i].to = text_of(context, pairs[i].field, language);
    for (guint i = 0; i < CUSTOM_MAX && custom[i].type_length_field_length > 0; i++) {
        char *text = text_of(context, &custom[i], language);

        if (text != NULL)
            g_ptr_array_add(fru->custom, text);
    }
}

static int
decode_chassis(ipmi_fru_ctx_t context, const guint8 *area, unsigned int length, RvIpmiFru *fru)
{
    g_autofree ipmi_fru_field_t *fields = g_new0(ipmi_fru_field_t, 2 + CUSTOM_MAX);
    const Pair pairs[] = {{&fields[0], &fru->chassis_part}, {&fields[1], &fru->chassis_serial}};
    guint8 type;

    if (ipmi_fru_chassis_info_area(context, area, length, &type, &fields[0], &fields[1], &fields[2],
                                   CUSTOM_MAX) < 0)
        return -1;
    if (!IPMI_FRU_CHASSIS_TYPE_VALID(type))
        type = IPMI_FRU_CHASSIS_TYPE_UNKNOWN;
    g_free(fru->chassis_type);
    fru->chassis_type = g_strdup(ipmi_fru_chassis_types[type]);
    set_texts(context, IPMI_FRU_LANGUAGE_CODE_ENGLISH, pairs, G_N_ELEMENTS(pairs), &fields[2], fru);
    return 0;
}

static int
decode_board(ipmi_fru_ctx_t context, const guint8 *area, unsigned int length, RvIpmiFru *fru)
{
    g_autofree ipmi_fru_field_t *fields = g_new0(ipmi_fru_field_t, 5 + CUSTOM_MAX);
    const Pair pairs[] = {{&fields[0], &fru->board_manufacturer},
                          {&fields[1], &fru->board_product},
                          {&fields[2], &fru->board_serial},
                          {&fields[3], &fru->board_part},
                          {&fields[4], &fru->board_file_id}};
    guint8 language;
    guint32 made;

    if (ipmi_fru_board_info_area(context, area, length, &language, &made, &fields[0], &fields[1],
                                 &fields[2], &fields[3], &fields[4], &fields[5], CUSTOM_MAX) < 0)
        return -1;
    fru->board_made = made != MADE_UNSPECIFIED ? made : 0;
    set_texts(context, language, pairs, G_N_ELEMENTS(pairs), &fields[5], fru);
    return 0;
}

static int
decode_product(ipmi_fru_ctx_t context, const guint8 *area, unsigned int length, RvIpmiFru *fru)
{
    g_autofree ipmi_fru_field_t *fields = g_new0(ipmi_fru_field_t, 7 + CUSTOM_MAX);
    const Pair pairs[] = {
        {&fields[0], &fru->product_manufacturer}, {&fields[1], &fru->product_name},
        {&fields[2], &fru->product_part},         {&fields[3], &fru->product_version},
        {&fields[4], &fru->product_serial},       {&fields[5], &fru->asset_tag},
        {&fields[6], &fru->product_file_id}};
    guint8 language;

    if (ipmi_fru_product_info_area(context, area, length, &language, &fields[0], &fields[1],
                                   &fields[2], &fields[3], &fields[4], &fields[5], &fields[6],
                                   &fields[7], CUSTOM_MAX) < 0)
        return -1;
    set_texts(context, language, pairs, G_N_ELEMENTS(pairs), &fields[7], fru);
    return 0;
}

/* Power Supply Information (§18.1): the first 12 bits are the overall capacity in watts. */
static int
decode_supply(ipmi_fru_ctx_t context, const guint8 *area, unsigned int length, RvIpmiFru *fru)
{
    if (length >= 2)
        fru->supply_capacity = area[0] | (guint)(area[1] & 0x0F) << 8;
    return 0;
}

static const struct {
    unsigned int type;
    int (*decode)(ipmi_fru_ctx_t, const guint8 *, unsigned int, RvIpmiFru *);
} areas[] = {
    {IPMI_FRU_AREA_TYPE_CHASSIS_INFO_AREA, decode_chassis},
    {IPMI_FRU_AREA_TYPE_BOARD_INFO_AREA, decode_board},
    {IPMI_FRU_AREA_TYPE_PRODUCT_INFO_AREA, decode_product},
    {IPMI_FRU_AREA_TYPE_MULTIRECORD_POWER_SUPPLY_INFORMATION, decode_supply},
};

static void
note_problem(ipmi_fru_ctx_t context, RvIpmiFru *fru)
{
    if (fru->problem == NULL)
        fru->problem = g_strdup(ipmi_fru_ctx_errormsg(context));
}

/* Each kind once: where data end too soon, libfreeipmi gives an area twice. */
static void
decode_area(ipmi_fru_ctx_t context, guint8 *buffer, guint *seen, RvIpmiFru *fru)
{
    unsigned int type, length;

    if (ipmi_fru_read_data_area(context, &type, &length, buffer, IPMI_FRU_AREA_SIZE_MAX) < 0) {
        note_problem(context, fru);
        return;
    }
    for (guint i = 0; length > 0 && i < G_N_ELEMENTS(areas); i++) {
        if (areas[i].type != type || (*seen & (1u << i)))
            continue;
        *seen |= 1u << i;
        if (areas[i].decode(context, buffer, length, fru) < 0)
            note_problem(context, fru);
    }
}

void
rv_ipmi_fru_decode(const guint8 *bytes, guint length, gboolean skip_checksums, RvIpmiFru *fru)
{
    ipmi_fru_ctx_t context = ipmi_fru_ctx_create(NULL);
    g_autofree guint8 *buffer = g_malloc(IPMI_FRU_AREA_SIZE_MAX + 1);
    guint count = 0, seen = 0;

    if (context == NULL)
        return;
    (void)ipmi_fru_ctx_set_flags(context, skip_checksums ? IPMI_FRU_FLAGS_SKIP_CHECKSUM_CHECKS
                                                         : IPMI_FRU_FLAGS_DEFAULT);
    if (ipmi_fru_open_device_id_with_buffer(context, bytes, length) < 0) {
        note_problem(context, fru);
    } else {
        do
            decode_area(context, buffer, &seen, fru);
        while (ipmi_fru_next(context) == 1 && ++count < AREAS_MAX);
    }
    ipmi_fru_ctx_destroy(context);
}
