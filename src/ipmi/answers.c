#include "ipmi/answers.h"

#include <math.h>

static void
sensor_free(gpointer data)
{
    RvIpmiSensor *sensor = data;

    if (sensor == NULL)
        return;
    g_free(sensor->name);
    g_free(sensor->entity);
    g_free(sensor->unit);
    g_strfreev(sensor->event_words);
    g_free(sensor);
}

static void
sel_entry_free(gpointer data)
{
    RvIpmiSelEntry *entry = data;

    g_free(entry->sensor);
    g_free(entry->text);
    g_free(entry);
}

static void
fru_free(gpointer data)
{
    RvIpmiFru *fru = data;

    g_free(fru->name);
    g_free(fru->chassis_type);
    g_free(fru->chassis_part);
    g_free(fru->chassis_serial);
    g_free(fru->board_manufacturer);
    g_free(fru->board_product);
    g_free(fru->board_serial);
    g_free(fru->board_part);
    g_free(fru->board_file_id);
    g_free(fru->product_manufacturer);
    g_free(fru->product_name);
    g_free(fru->product_part);
    g_free(fru->product_version);
    g_free(fru->product_serial);
    g_free(fru->product_file_id);
    g_free(fru->asset_tag);
    g_ptr_array_unref(fru->custom);
    g_free(fru->problem);
    g_free(fru);
}

RvIpmiAnswers *
rv_ipmi_answers_new(void)
{
    RvIpmiAnswers *answers = g_new0(RvIpmiAnswers, 1);

    answers->state = RV_STATE_NOT_ASKED;
    answers->dcmi_power_w = NAN;
    answers->cipher = -1;
    answers->sensors = g_ptr_array_new_with_free_func(sensor_free);
    answers->sel = g_ptr_array_new_with_free_func(sel_entry_free);
    answers->frus = g_ptr_array_new_with_free_func(fru_free);
    answers->notes = g_ptr_array_new_with_free_func(g_free);
    return answers;
}

void
rv_ipmi_answers_free(RvIpmiAnswers *answers)
{
    if (answers == NULL)
        return;
    g_free(answers->detail);
    g_free(answers->manufacturer);
    g_free(answers->board);
    g_free(answers->asset_tag);
    g_ptr_array_unref(answers->sensors);
    g_ptr_array_unref(answers->sel);
    g_ptr_array_unref(answers->frus);
    g_ptr_array_unref(answers->notes);
    g_free(answers);
}

RvIpmiSensor *
rv_ipmi_sensor_new(void)
{
    RvIpmiSensor *sensor = g_new0(RvIpmiSensor, 1);

    sensor->value = NAN;
    sensor->lower_nonrecoverable = sensor->lower_critical = sensor->lower_noncritical = NAN;
    sensor->upper_noncritical = sensor->upper_critical = sensor->upper_nonrecoverable = NAN;
    return sensor;
}

void
rv_ipmi_sensor_free(RvIpmiSensor *sensor)
{
    sensor_free(sensor);
}

RvIpmiSelEntry *
rv_ipmi_sel_entry_new(void)
{
    return g_new0(RvIpmiSelEntry, 1);
}

RvIpmiFru *
rv_ipmi_fru_new(void)
{
    RvIpmiFru *fru = g_new0(RvIpmiFru, 1);

    fru->custom = g_ptr_array_new_with_free_func(g_free);
    return fru;
}

void
rv_ipmi_answers_note(RvIpmiAnswers *answers, const char *format, ...)
{
    va_list arguments;

    if (answers->notes->len >= RV_IPMI_NOTES_CEILING)
        return;
    va_start(arguments, format);
    g_ptr_array_add(answers->notes, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}
