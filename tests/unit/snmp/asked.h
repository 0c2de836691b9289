/* A fake agent, and what the engine hears from it. */
#pragma once

#include "snmp/agent.h"

typedef struct {
    GPid pid;
    int in, out; /* its standard input (orders, with --control) and output */
    guint16 port;
} Fake;

/* Starts RACKVITALS_FAKE_AGENT with `arguments` (words between spaces) and the text of a recording
 * (NULL: none). */
void fake_start(Fake *fake, const char *arguments, const char *recording);
void fake_stop(Fake *fake);
/* Gives an order; its answer, which begins with "ok". Caller frees. */
char *fake_order(Fake *fake, const char *order);

typedef struct {
    RvSnmpOutcome outcome; /* its strings are owned */
    RvSnmpAnswers *answers;
    guint calls;
} Asked;

void asked_clear(Asked *asked);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

/* "g1.3.6.1.2.1.1.3.0 w1.3.6.1.2.1.2.2.1:2,10/55": instances and walks, columns, rows known. */
GArray *questions_parse(const char *text);

/* Asks once, on a loop of its own, and waits for the outcome. */
void ask_once(const RvSnmpAccess *access, const char *questions, gint64 budget_ms, Asked *asked);
void ask_with(RvSnmpLoop *loop, GMainContext *context, const RvSnmpAccess *access,
              const char *questions, gint64 budget_ms, Asked *asked);
