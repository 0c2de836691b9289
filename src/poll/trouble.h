/* Trouble of one round: each is logged once, and only so many by name, since nobody reads on where
 * a clock that was set back is the trouble of every file. */
#pragma once

#include <glib.h>

typedef struct {
    guint count;
    GHashTable *said; /* NULL: nothing yet */
    guint unsaid;     /* too many to be named */
} RvTrouble;

/* `device`: whose it is; may be NULL. */
void rv_trouble_add(RvTrouble *trouble, const char *device, const char *what);
/* The same, and clears the error. */
void rv_trouble_take(RvTrouble *trouble, const char *device, GError **error);
/* Says how many were not named. */
void rv_trouble_close(RvTrouble *trouble);
void rv_trouble_clear(RvTrouble *trouble);
