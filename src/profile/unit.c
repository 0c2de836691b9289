#include "profile/unit.h"

#include <math.h>
#include <string.h>

#include "observation/words.h"

/* The physical quantity of a word; several classes share one. */
typedef enum {
    QUANTITY_NUMBER,
    QUANTITY_TEMPERATURE,
    QUANTITY_SPEED,
    QUANTITY_VOLTAGE,
    QUANTITY_CURRENT,
    QUANTITY_POWER,
    QUANTITY_LEVEL, /* dBm */
    QUANTITY_ENERGY,
    QUANTITY_RATIO,
    QUANTITY_FREQUENCY,
    QUANTITY_TIME,
    QUANTITY_AIRFLOW,
} Quantity;

struct RvUnit {
    const char *word;
    Quantity quantity;
    double factor, offset; /* value * factor + offset is in the quantity's base unit */
};

static const RvUnit units[] = {
    {"C", QUANTITY_TEMPERATURE, 1, 0},
    {"dC", QUANTITY_TEMPERATURE, 0.1, 0},
    {"mC", QUANTITY_TEMPERATURE, 0.001, 0},
    {"K", QUANTITY_TEMPERATURE, 1, -273.15},
    {"dK", QUANTITY_TEMPERATURE, 0.1, -273.15},
    {"F", QUANTITY_TEMPERATURE, 5.0 / 9, -32 * 5.0 / 9},
    {"dF", QUANTITY_TEMPERATURE, 0.5 / 9, -32 * 5.0 / 9},
    {"rpm", QUANTITY_SPEED, 1, 0},
    {"rps", QUANTITY_SPEED, 60, 0},
    {"V", QUANTITY_VOLTAGE, 1, 0},
    {"dV", QUANTITY_VOLTAGE, 0.1, 0},
    {"cV", QUANTITY_VOLTAGE, 0.01, 0},
    {"mV", QUANTITY_VOLTAGE, 1e-3, 0},
    {"uV", QUANTITY_VOLTAGE, 1e-6, 0},
    {"kV", QUANTITY_VOLTAGE, 1e3, 0},
    {"A", QUANTITY_CURRENT, 1, 0},
    {"dA", QUANTITY_CURRENT, 0.1, 0},
    {"cA", QUANTITY_CURRENT, 0.01, 0},
    {"mA", QUANTITY_CURRENT, 1e-3, 0},
    {"uA", QUANTITY_CURRENT, 1e-6, 0},
    {"2uA", QUANTITY_CURRENT, 2e-6, 0}, /* SFF-8472 counts laser bias so */
    {"W", QUANTITY_POWER, 1, 0},
    {"VA", QUANTITY_POWER, 1, 0},
    {"dW", QUANTITY_POWER, 0.1, 0},
    {"mW", QUANTITY_POWER, 1e-3, 0},
    {"uW", QUANTITY_POWER, 1e-6, 0},
    {"0.1uW", QUANTITY_POWER, 1e-7, 0}, /* SFF-8472 counts light so */
    {"nW", QUANTITY_POWER, 1e-9, 0},
    {"kW", QUANTITY_POWER, 1e3, 0},
    {"kVA", QUANTITY_POWER, 1e3, 0},
    {"MW", QUANTITY_POWER, 1e6, 0},
    {"dBm", QUANTITY_LEVEL, 1, 0},
    {"ddBm", QUANTITY_LEVEL, 0.1, 0},
    {"cdBm", QUANTITY_LEVEL, 0.01, 0},
    {"mdBm", QUANTITY_LEVEL, 0.001, 0},
    {"kWh", QUANTITY_ENERGY, 1, 0},
    {"Wh", QUANTITY_ENERGY, 1e-3, 0},
    {"J", QUANTITY_ENERGY, 1 / 3.6e6, 0},
    {"%", QUANTITY_RATIO, 1, 0},
    {"d%", QUANTITY_RATIO, 0.1, 0},
    {"Hz", QUANTITY_FREQUENCY, 1, 0},
    {"dHz", QUANTITY_FREQUENCY, 0.1, 0},
    {"kHz", QUANTITY_FREQUENCY, 1e3, 0},
    {"MHz", QUANTITY_FREQUENCY, 1e6, 0},
    {"s", QUANTITY_TIME, 1, 0},
    {"min", QUANTITY_TIME, 60, 0},
    {"h", QUANTITY_TIME, 3600, 0},
    {"ticks", QUANTITY_TIME, 0.01, 0},
    {"CFM", QUANTITY_AIRFLOW, 1, 0},
    {"count", QUANTITY_NUMBER, 1, 0},
};

static const struct {
    Quantity quantity;
    double low, high;
} classes[RV_CLASSES] = {
    [RV_CLASS_TEMPERATURE] = {QUANTITY_TEMPERATURE, -100, 1000},
    [RV_CLASS_FAN] = {QUANTITY_SPEED, 0, 200000},
    [RV_CLASS_VOLTAGE] = {QUANTITY_VOLTAGE, -1e6, 1e6},
    [RV_CLASS_CURRENT] = {QUANTITY_CURRENT, -1e5, 1e5},
    [RV_CLASS_POWER] = {QUANTITY_POWER, -1e8, 1e8},
    [RV_CLASS_ENERGY] = {QUANTITY_ENERGY, 0, 1e12},
    [RV_CLASS_HUMIDITY] = {QUANTITY_RATIO, 0, 100},
    [RV_CLASS_OPTICAL_POWER] = {QUANTITY_LEVEL, -60, 40},
    [RV_CLASS_FREQUENCY] = {QUANTITY_FREQUENCY, 0, 1e15},
    [RV_CLASS_PERCENT] = {QUANTITY_RATIO, -1, 100000},
    [RV_CLASS_CHARGE] = {QUANTITY_RATIO, 0, 150},
    [RV_CLASS_RUNTIME] = {QUANTITY_TIME, 0, 1e9},
    [RV_CLASS_AIRFLOW] = {QUANTITY_AIRFLOW, 0, 1e6},
    [RV_CLASS_COUNT] = {QUANTITY_NUMBER, -1e18, 1e18},
    [RV_CLASS_STATE] = {QUANTITY_NUMBER, -1e19, 1e19},
};

const RvUnit *
rv_unit_find(const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (strcmp(units[i].word, word) == 0)
            return &units[i];
    }
    return NULL;
}

const char *const *
rv_unit_words(void)
{
    static const char *words[G_N_ELEMENTS(units) + 1];

    for (guint i = 0; i < G_N_ELEMENTS(units); i++)
        words[i] = units[i].word;
    return words;
}

gboolean
rv_unit_fits(const RvUnit *unit, RvClass class)
{
    return unit->quantity == classes[class].quantity ||
           (class == RV_CLASS_FAN && unit->quantity == QUANTITY_RATIO) ||
           (class == RV_CLASS_OPTICAL_POWER && unit->quantity == QUANTITY_POWER);
}

double
rv_unit_convert(const RvUnit *unit, RvClass class, double value)
{
    double based = value * unit->factor + unit->offset;

    if (class != RV_CLASS_OPTICAL_POWER || unit->quantity != QUANTITY_POWER)
        return based;
    return based > 0 ? 10 * log10(based * 1000) : NAN;
}

const char *
rv_unit_shown(const RvUnit *unit, RvClass class)
{
    if (class == RV_CLASS_FAN && unit != NULL && unit->quantity == QUANTITY_RATIO)
        return "%";
    return rv_class_unit(class);
}

gboolean
rv_class_plausible(RvClass class, double value)
{
    return value >= classes[class].low && value <= classes[class].high;
}
