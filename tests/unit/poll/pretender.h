/* An asker that asks nobody: devices behave as their names say, up to the first '-'. */
#pragma once

#include "poll/asker.h"

/* up: answers at once with a sensor and an interface. down: is silent after 5 ms. slow: answers
 * after 200 ms. never: does not call back. crash: ends the process. */
extern const RvAsker pretender;

/* Tasks that were asked of devices so far, "up-1:7 down-1:1", in this process; caller frees. */
char *pretender_asked(void);
void pretender_forget(void);

/* Time of the next observations; 0: the clock's. */
extern gint64 pretender_now_ms;
/* Counter of the next interfaces. */
extern guint64 pretender_octets;
