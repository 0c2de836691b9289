#include "ipmi/boards.h"

#define ANY 0xFFFF /* the manufacturer's other boards; after the boards themselves */

/* Workarounds by FreeIPMI's list of confirmed boards (ipmi-sensors(8), KNOWN ISSUES). Sorted by
 * manufacturer, then product. */
static const RvIpmiBoard boards[] = {
    {2, 14, "IBM x3755", "unexpectedauth"},
    {2, 20566, "IBM x3455", "authcap"},
    {2, ANY, "IBM", NULL},
    {11, 8192, "HP ProLiant DL160 G8", NULL},
    {11, ANY, "HPE iLO", NULL},
    {42, ANY, "Sun or Oracle ILOM", "sun20"},
    {343, 40, "Intel S5000PAL", "intel20"},
    {343, 62, "Intel S5500WB or SR1625", NULL},
    {343, 64, "Quanta QSSC-S4R", NULL},
    {343, 73, "Intel S2600GZ", NULL},
    {343, 77, "Intel S2600JF", NULL},
    {343, 78, "Intel S2600WP", NULL},
    {343, 111, "Intel S2600KP", NULL},
    {343, 112, "Intel S2600WT or S2600KPR", NULL},
    {343, 256, "Intel SR870BN4", "intel20"},
    {343, ANY, "Intel", NULL},
    {674, 0, "Dell PowerEdge C410x", NULL},
    {674, 51, "Dell Xanadu II", NULL},
    {674, 52, "Dell Xanadu III", NULL},
    {674, 256, "Dell PowerEdge with iDRAC", NULL},
    {674, ANY, "Dell", NULL},
    {2011, ANY, "Huawei iBMC", NULL},
    {4128, ANY, "Arm server", NULL},
    {5771, ANY, "Cisco CIMC", NULL},
    {7154, ANY, "IPMI Forum reference", NULL},
    {7244, ANY, "Quanta", NULL},
    {10368, ANY, "Fujitsu iRMC", NULL},
    {10437, ANY, "Peppercon", NULL},
    {10876, ANY, "Supermicro", "supermicro20"},
    {11129, ANY, "Google", NULL},
    {11161, ANY, "Wistron", NULL},
    {15370, ANY, "Gigabyte", NULL},
    {19046, ANY, "Lenovo XClarity Controller", NULL},
    {20301, ANY, "IBM eServer X or Lenovo IMM", NULL},
    {25506, ANY, "H3C HDM", NULL},
    {27768, ANY, "NVIDIA or Mellanox", NULL},
    {37945, ANY, "Inspur", NULL},
    {40092, ANY, "Wiwynn", NULL},
    {40981, ANY, "Facebook or Meta", NULL},
    {42817, ANY, "OpenPOWER", NULL},
    {47196, ANY, "HPE", NULL},
    {47488, ANY, "Supermicro", "supermicro20"},
    {48482, ANY, "Wiwynn", NULL},
};

const RvIpmiBoard *
rv_ipmi_board_find(guint32 manufacturer_id, guint16 product_id)
{
    for (guint i = 0; i < G_N_ELEMENTS(boards); i++)
        if (boards[i].manufacturer_id == manufacturer_id &&
            (boards[i].product_id == product_id || boards[i].product_id == ANY))
            return &boards[i];
    return NULL;
}
