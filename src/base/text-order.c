#include "base/text-order.h"

#include <string.h>

/* Of the numbers at `*left` and `*right`, past which both are moved. */
static int
compare_numbers(const char **left, const char **right)
{
    const char *l = *left + strspn(*left, "0"), *r = *right + strspn(*right, "0");
    gsize n = strspn(l, "0123456789"), m = strspn(r, "0123456789");

    *left = l + n;
    *right = r + m;
    return n != m ? (n < m ? -1 : 1) : memcmp(l, r, n);
}

static int
compare_parts(const char *left, const char *right)
{
    for (;;) {
        if (g_ascii_isdigit(*left) && g_ascii_isdigit(*right)) {
            int order = compare_numbers(&left, &right);

            if (order != 0)
                return order;
        } else if (*left != *right || *left == '\0') {
            return (guchar)*left - (guchar)*right;
        } else {
            left++;
            right++;
        }
    }
}

int
rv_text_compare(const char *left, const char *right)
{
    gsize both = MIN(strlen(left), strlen(right)), same = 0;
    int order;

    while (same + 8 <= both &&
           memcmp(left + same, right + same, 8) == 0) /* long keys begin alike */
        same += 8;
    while (left[same] == right[same] && left[same] != '\0')
        same++;
    if (left[same] == right[same])
        return 0;
    while (same > 0 && g_ascii_isdigit(left[same - 1])) /* the number in which they differ */
        same--;
    order = compare_parts(left + same, right + same);
    return order != 0 ? order : strcmp(left, right);
}
