/* SNMPv3 from run to run: what an agent is asked beside the questions, counted by the agent. */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asked.h"
#include "observation/words.h"
#include "snmp/loop.h"

#define RECORDING                                                                                  \
    "1.3.6.1.2.1.1.1.0|4|a switch\n1.3.6.1.2.1.1.3.0|67|4200\n1.3.6.1.2.1.2.2.1.2.1|4|eth1\n"
#define QUESTIONS "g1.3.6.1.2.1.1.1.0 g1.3.6.1.2.1.1.3.0 w1.3.6.1.2.1.2.2.1:2"
#define VALUES 3
#define PASSWORD "fake-password"
#define PATIENT 3000

static RvSnmpAccess *
access_to(const Fake *fake, const char *address, RvSnmpAuth auth, RvSnmpPriv priv)
{
    RvSnmpAccess *access = rv_snmp_access_new();

    access->address = g_strdup(address);
    access->port = fake->port;
    access->version = RV_SNMP_3;
    access->level = RV_LEVEL_AUTH_PRIV;
    access->user = g_strdup("monitor");
    access->auth = auth;
    access->priv = priv;
    access->auth_password = rv_secret_new(PASSWORD);
    access->priv_password = rv_secret_new(PASSWORD);
    access->timeout_ms = PATIENT;
    access->retries = 1;
    return access;
}

/* A run: a loop of its own, which knows of earlier ones what lies in the file `engines`. */
static void
run(Fake *fake, const char *address, const char *engines, Asked *asked)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    g_autoptr(RvSnmpLoop) loop = rv_snmp_loop_new(context, NULL);
    g_autoptr(RvSnmpAccess) access = access_to(fake, address, RV_AUTH_SHA256, RV_PRIV_AES128);
    g_autofree char *folder = g_path_get_dirname(engines);

    rv_snmp_loop_load(loop, folder);
    ask_with(loop, context, access, QUESTIONS, 20000, asked);
    g_assert_true(rv_snmp_loop_save(loop, folder, NULL));
}

typedef struct {
    guint requests, discoveries, not_in_window, refused;
} Count;

static Count
count(Fake *fake)
{
    g_autofree char *line = fake_order(fake, "count");
    Count seen;
    guint answers;

    g_assert_cmpint(sscanf(line,
                           "ok requests=%u answers=%u discoveries=%u not-in-window=%u "
                           "refused=%u",
                           &seen.requests, &answers, &seen.discoveries, &seen.not_in_window,
                           &seen.refused),
                    ==, 5);
    return seen;
}

static char *
engines_new(void)
{
    g_autofree char *folder = g_dir_make_tmp("rackvitals-XXXXXX", NULL);

    return g_build_filename(folder, "engines", NULL);
}

static void
engines_remove(char *path)
{
    g_autofree char *lock = g_strconcat(path, ".lock", NULL);
    g_autofree char *folder = g_path_get_dirname(path);

    g_unlink(path);
    g_unlink(lock);
    g_rmdir(folder);
    g_free(path);
}

/* ---- every pair of protocols ---- */

static void
test_protocols(void)
{
    for (RvSnmpAuth auth = RV_AUTH_MD5; auth <= RV_AUTH_SHA512; auth++)
        for (RvSnmpPriv priv = RV_PRIV_DES; priv <= RV_PRIV_AES256_CISCO; priv++) {
            g_autofree char *arguments =
                g_strdup_printf("--user monitor --protocols %s/%s", rv_snmp_auth_word(auth),
                                rv_snmp_priv_word(priv));
            g_autoptr(RvSnmpAccess) access = NULL;
            g_auto(Asked) asked = {0};
            Fake fake;

            fake_start(&fake, arguments, RECORDING);
            access = access_to(&fake, "127.0.0.1", auth, priv);
            ask_once(access, QUESTIONS, 20000, &asked);
            fake_stop(&fake);
            g_test_message("%s", arguments);
            g_assert_null(asked.outcome.detail);
            g_assert_cmpuint(rv_snmp_answers_count(asked.answers), ==, VALUES);
        }
}

/* ---- from run to run ---- */

typedef struct {
    const char *words, *arguments;
    const char *orders;               /* between the first run and the second, joined by ';' */
    guint discoveries, not_in_window; /* in the second run */
} Row;

static const Row rows[] = {
    {"the engine is known: nothing is asked beside the questions", "", "", 0, 0},
    {"its clock jumped by an hour: one resync", "", "pass 3600", 0, 1},
    {"the agent started again: one resync", "", "restart", 0, 1},
    {"it started again, often", "", "restart;restart;restart", 0, 1},
    {"its discovery tells no clock", "--misbehave blank-time", "", 0, 0},
};

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    g_autofree char *arguments = g_strdup_printf(
        "--address 127.0.0.1 --control --user monitor --protocols SHA-256/AES %s", row->arguments);
    g_auto(GStrv) orders = g_strsplit(row->orders, ";", -1);
    g_auto(Asked) first = {0}, second = {0}, third = {0};
    char *engines = engines_new();
    Count seen;
    Fake fake;

    fake_start(&fake, arguments, RECORDING);
    run(&fake, "127.0.0.1", engines, &first);
    seen = count(&fake);
    g_assert_cmpuint(seen.discoveries, ==, 1);
    for (char **order = orders; *order != NULL && **order != '\0'; order++)
        g_free(fake_order(&fake, *order));

    run(&fake, "127.0.0.1", engines, &second);
    seen = count(&fake);
    g_assert_null(second.outcome.detail);
    g_assert_cmpuint(rv_snmp_answers_count(second.answers), ==, VALUES);
    g_assert_cmpuint(seen.discoveries, ==, row->discoveries);
    g_assert_cmpuint(seen.not_in_window, ==, row->not_in_window);
    g_assert_cmpuint(seen.requests, ==, second.outcome.requests + row->not_in_window);

    /* what the second learned the third knows */
    run(&fake, "127.0.0.1", engines, &third);
    seen = count(&fake);
    g_assert_cmpuint(seen.discoveries + seen.not_in_window + seen.refused, ==, 0);
    g_assert_cmpuint(seen.requests, ==, third.outcome.requests);
    fake_stop(&fake);
    engines_remove(engines);
}

/* Another device took the address: its engine is another, and it says so. */
static void
test_replaced(void)
{
    char *engines = engines_new();
    g_auto(Asked) first = {0}, second = {0};
    Fake old, new;
    g_autofree char *arguments = NULL;
    Count seen;

    fake_start(&old, "--user monitor --protocols SHA-256/AES", RECORDING);
    run(&old, "127.0.0.1", engines, &first);
    fake_stop(&old);
    arguments = g_strdup_printf(
        "--port %u --twins --control --user monitor --protocols SHA-256/AES", old.port);
    fake_start(&new, arguments, RECORDING);
    run(&new, "127.0.0.1", engines, &second);
    seen = count(&new);
    g_assert_cmpuint(rv_snmp_answers_count(second.answers), ==, VALUES);
    g_assert_cmpuint(seen.discoveries, ==, 1);
    g_assert_cmpuint(seen.requests, ==, second.outcome.requests + 1);
    fake_stop(&new);
    engines_remove(engines);
}

/* An agent that never finds us in its window is asked a few times and then refused by a reason. */
static void
test_never_in_window(void)
{
    char *engines = engines_new();
    g_auto(Asked) asked = {0};
    Fake fake;
    Count seen;

    fake_start(&fake, "--control --user monitor --protocols SHA-256/AES --misbehave no-window",
               RECORDING);
    run(&fake, "127.0.0.1", engines, &asked);
    seen = count(&fake);
    g_assert_cmpstr(rv_reachability_word(asked.outcome.state), ==, "down");
    g_assert_nonnull(strstr(asked.outcome.detail, "time window"));
    g_assert_cmpuint(seen.requests, <=, 8);
    fake_stop(&fake);
    engines_remove(engines);
}

/* Two devices with one engine ID are both asked, and each is told of the other. */
static void
test_twins(void)
{
    char *engines = engines_new();
    g_auto(Asked) first = {0}, second = {0};
    Fake fake;

    fake_start(&fake, "--address 0.0.0.0 --twins --user monitor --protocols SHA-256/AES",
               RECORDING);
    run(&fake, "127.7.0.1", engines, &first);
    run(&fake, "127.7.0.2", engines, &second);
    g_assert_null(first.outcome.note);
    g_assert_cmpuint(rv_snmp_answers_count(second.answers), ==, VALUES);
    g_assert_nonnull(strstr(second.outcome.note, "127.7.0.1"));
    fake_stop(&fake);
    engines_remove(engines);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/snmp/secure/protocols", test_protocols);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/snmp/secure/%s", rows[i].words);

        g_test_add_data_func(path, &rows[i], test_row);
    }
    g_test_add_func("/snmp/secure/replaced", test_replaced);
    g_test_add_func("/snmp/secure/never-in-window", test_never_in_window);
    g_test_add_func("/snmp/secure/twins", test_twins);
    return g_test_run();
}
