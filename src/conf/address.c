#include "conf/address.h"

#include <arpa/inet.h>
#include <string.h>

#define NAME_CEILING 253 /* RFC 1035 §2.3.4, as text */
#define LABEL_CEILING 63

static const char *
check_ipv4(const char *text)
{
    struct in_addr address;
    guint32 number;

    if (inet_pton(AF_INET, text, &address) != 1)
        return "no IPv4 address: four numbers from 0 to 255, without zeros in front";
    number = ntohl(address.s_addr);
    if (number >> 24 == 0 || number >> 28 >= 14)
        return "not the address of one host";
    return NULL;
}

static const char *
check_ipv6(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "%", 2);
    struct in6_addr address;

    if (strchr(text, '.') != NULL && strchr(text, ':') == strrchr(text, ':'))
        return "no address; give the port by 'port'";
    if (inet_pton(AF_INET6, parts[0], &address) != 1 || (parts[1] != NULL && *parts[1] == '\0'))
        return "no IPv6 address; a port is given by 'port', without brackets";
    if (IN6_IS_ADDR_UNSPECIFIED(&address) || IN6_IS_ADDR_MULTICAST(&address))
        return "not the address of one host";
    return NULL;
}

static gboolean
is_label(const char *label)
{
    gsize length = strlen(label);

    if (length == 0 || length > LABEL_CEILING || *label == '-' || label[length - 1] == '-')
        return FALSE;
    for (; *label != '\0'; label++)
        if (!g_ascii_isalnum(*label) && *label != '-' && *label != '_')
            return FALSE;
    return TRUE;
}

const char *
rv_address_problem(const char *text)
{
    g_auto(GStrv) labels = NULL;
    gsize length = strlen(text);

    if (strstr(text, "://") != NULL)
        return "no address; leave out what stands before '://'";
    if (strchr(text, ':') != NULL)
        return check_ipv6(text);
    if (strspn(text, "0123456789.") == length)
        return check_ipv4(text);
    if (length > NAME_CEILING)
        return "no host name: longer than 253 characters";
    labels = g_strsplit(text, ".", -1);
    for (char **label = labels; *label != NULL; label++) {
        gboolean root = **label == '\0' && label[1] == NULL && label > labels;

        if (!root && !is_label(*label))
            return "neither an address nor a host name";
    }
    return NULL;
}
