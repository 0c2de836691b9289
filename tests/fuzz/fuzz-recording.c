/* Recordings, as people send them: what is read prints, and is read again from what is saved. */
#include <string.h>

#include "fuzz.h"
#include "snmp/recording.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    guint skipped, n;
    g_autoptr(RvSnmpAnswers) answers = rv_snmp_recording_parse((const char *)data, size, &skipped);
    g_autoptr(GString) out = g_string_new(NULL);
    guint32 arc = 1;
    RvOid root = {.ids = &arc, .length = 1};
    const RvVarbind *varbinds = rv_snmp_answers_below(answers, &root, &n);

    for (guint i = 0; i < n; i++) {
        rv_varbind_print(&varbinds[i], out);
        g_assert_true(i == 0 || rv_oid_compare(&varbinds[i - 1].oid, &varbinds[i].oid) < 0);
    }
    g_assert_true(g_utf8_validate(out->str, (gssize)out->len, NULL));
    return 0;
}
