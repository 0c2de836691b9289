#include "ipmi/device.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "ipmi/boards.h"

#define DCMI_NET_FN 0x2C
#define DCMI_GROUP 0xDC /* group extension id, DCMI 1.5 §6 */
#define ASSET_PIECE 16
#define ASSET_MAX 64

static guint16
u16(const guint8 *bytes)
{
    return (guint16)(bytes[0] | bytes[1] << 8);
}

static char *
manufacturer_name(guint32 id)
{
    char name[256] = "";

    return ipmi_iana_enterprise_numbers_string(id, name, sizeof name - 1) > 0
               ? rv_text_clean(name, -1, 0)
               : NULL;
}

gboolean
rv_ipmi_device_ask_id(RvIpmiSession *session, RvIpmiRound *round, RvSdrKey *key)
{
    const guint8 request[] = {0x01}; /* Get Device ID, IPMI 2.0 §20.1 */
    guint8 reply[15] = {0};
    const RvIpmiBoard *board;
    RvIpmiAnswers *answers;

    if (rv_ipmi_session_command(session, 0, IPMI_NET_FN_APP_RQ, request, sizeof request, reply,
                                sizeof reply, NULL) < 11)
        return FALSE;
    key->firmware_major = reply[2] & 0x7F;
    key->firmware_minor = reply[3];
    key->manufacturer_id = (reply[6] | (guint32)reply[7] << 8 | (guint32)reply[8] << 16) & 0xFFFFF;
    key->product_id = u16(reply + 9);
    board = rv_ipmi_board_find(key->manufacturer_id, key->product_id);
    answers = rv_ipmi_round_begin(round);
    answers->has_device_id = TRUE;
    answers->device_id = reply[0];
    answers->device_revision = reply[1] & 0x0F;
    answers->firmware_major = key->firmware_major;
    answers->firmware_minor = (guint8)((reply[3] >> 4) * 10 + (reply[3] & 0x0F));
    answers->ipmi_major = reply[4] & 0x0F;
    answers->ipmi_minor = reply[4] >> 4;
    answers->manufacturer_id = key->manufacturer_id;
    answers->product_id = key->product_id;
    answers->manufacturer = manufacturer_name(key->manufacturer_id);
    answers->board = board != NULL ? g_strdup(board->name) : NULL;
    rv_ipmi_round_end(round);
    return TRUE;
}

void
rv_ipmi_device_ask_guid(RvIpmiSession *session, RvIpmiRound *round, RvSdrKey *key)
{
    const guint8 request[] = {0x37}; /* Get System GUID, §22.14 */
    guint8 reply[16];
    RvIpmiAnswers *answers;

    if (rv_ipmi_session_command(session, 0, IPMI_NET_FN_APP_RQ, request, sizeof request, reply,
                                sizeof reply, NULL) < 16)
        return;
    memcpy(key->guid, reply, sizeof key->guid);
    answers = rv_ipmi_round_begin(round);
    memcpy(answers->guid, reply, sizeof answers->guid);
    answers->has_guid = TRUE;
    rv_ipmi_round_end(round);
}

void
rv_ipmi_device_ask_chassis(RvIpmiSession *session, RvIpmiRound *round)
{
    const guint8 request[] = {0x01}; /* Get Chassis Status, §28.2 */
    guint8 reply[4];
    RvIpmiAnswers *answers;

    if (rv_ipmi_session_command(session, 0, IPMI_NET_FN_CHASSIS_RQ, request, sizeof request, reply,
                                sizeof reply, NULL) < 3)
        return;
    answers = rv_ipmi_round_begin(round);
    answers->has_chassis = TRUE;
    answers->power_on = (reply[0] & 0x01) != 0;
    answers->power_fault = (reply[0] & 0x18) != 0; /* power fault, power control fault */
    answers->intrusion = (reply[2] & 0x01) != 0;
    answers->drive_fault = (reply[2] & 0x04) != 0;
    answers->cooling_fault = (reply[2] & 0x08) != 0;
    rv_ipmi_round_end(round);
}

void
rv_ipmi_device_ask_power(RvIpmiSession *session, RvIpmiHabits *habits, RvIpmiRound *round)
{
    const guint8 request[] = {0x02, DCMI_GROUP, 0x01, 0, 0}; /* Get Power Reading, DCMI §6.6.1 */
    guint8 reply[18], code = 0;
    int length = rv_ipmi_session_command(session, 0, DCMI_NET_FN, request, sizeof request, reply,
                                         sizeof reply, &code);

    if (length == -1)
        return;
    habits->no_dcmi = length < 18 || reply[0] != DCMI_GROUP;
    if (habits->no_dcmi || !(reply[17] & 0x40)) /* power measurement active */
        return;
    rv_ipmi_round_begin(round)->dcmi_power_w = u16(reply + 1);
    rv_ipmi_round_end(round);
}

void
rv_ipmi_device_ask_asset_tag(RvIpmiSession *session, RvIpmiRound *round)
{
    char tag[ASSET_MAX + 1] = "";
    guint have = 0, total = 1;
    g_autofree char *clean = NULL;

    while (have < total && have < ASSET_MAX) {
        const guint8 request[] = {0x06, DCMI_GROUP, (guint8)have,
                                  (guint8)MIN(ASSET_PIECE, ASSET_MAX - have)}; /* DCMI §6.4.2 */
        guint8 reply[2 + ASSET_PIECE];
        int length = rv_ipmi_session_command(session, 0, DCMI_NET_FN, request, sizeof request,
                                             reply, sizeof reply, NULL);

        if (length < 3 || reply[0] != DCMI_GROUP)
            break;
        total = reply[1];
        memcpy(tag + have, reply + 2, (size_t)length - 2);
        have += (guint)length - 2;
    }
    clean = rv_text_clean(tag, (gssize)strnlen(tag, MIN(have, total)), 0);
    if (have == 0 || *clean == '\0')
        return;
    rv_ipmi_round_begin(round)->asset_tag = g_steal_pointer(&clean);
    rv_ipmi_round_end(round);
}
