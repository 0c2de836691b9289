#include "snmp/opaque.h"

#include <math.h>
#include <string.h>

#define FLOAT_HEAD "\x9f\x78\x04"
#define DOUBLE_HEAD "\x9f\x79\x08"
#define HEAD_SIZE 3

double
rv_opaque_real(const guint8 *bytes, gsize size)
{
    guint32 word;
    guint64 wide;
    float single;
    double value;

    if (size == HEAD_SIZE + sizeof word && memcmp(bytes, FLOAT_HEAD, HEAD_SIZE) == 0) {
        memcpy(&word, bytes + HEAD_SIZE, sizeof word);
        word = GUINT32_FROM_BE(word);
        memcpy(&single, &word, sizeof single);
        return (double)single;
    }
    if (size == HEAD_SIZE + sizeof wide && memcmp(bytes, DOUBLE_HEAD, HEAD_SIZE) == 0) {
        memcpy(&wide, bytes + HEAD_SIZE, sizeof wide);
        wide = GUINT64_FROM_BE(wide);
        memcpy(&value, &wide, sizeof value);
        return value;
    }
    return NAN;
}

void
rv_opaque_encode(GByteArray *out, double value, gboolean as_double)
{
    float single = (float)value;
    guint32 word;
    guint64 wide;

    g_byte_array_append(out, (const guint8 *)(as_double ? DOUBLE_HEAD : FLOAT_HEAD), HEAD_SIZE);
    memcpy(&word, &single, sizeof word);
    memcpy(&wide, &value, sizeof wide);
    word = GUINT32_TO_BE(word);
    wide = GUINT64_TO_BE(wide);
    if (as_double)
        g_byte_array_append(out, (const guint8 *)&wide, sizeof wide);
    else
        g_byte_array_append(out, (const guint8 *)&word, sizeof word);
}
