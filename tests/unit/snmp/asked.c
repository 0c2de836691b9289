#include "asked.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

static char *
first_line(int fd)
{
    GString *line = g_string_new(NULL);
    char c;

    while (read(fd, &c, 1) == 1 && c != '\n')
        g_string_append_c(line, c);
    return g_string_free(line, FALSE);
}

void
fake_start(Fake *fake, const char *arguments, const char *recording)
{
    g_autofree char *path = NULL, *line = NULL, *command = NULL;
    g_auto(GStrv) argv = NULL;
    g_autoptr(GError) error = NULL;
    int fd = -1;

    if (recording != NULL) {
        fd = g_file_open_tmp("rackvitals-XXXXXX.snmprec", &path, &error);
        g_assert_no_error(error);
        g_assert_cmpint(write(fd, recording, strlen(recording)), ==, (gssize)strlen(recording));
        close(fd);
    }
    command = g_strdup_printf("%s %s %s", g_getenv("RACKVITALS_FAKE_AGENT"), arguments,
                              path != NULL ? path : "");
    g_assert_true(g_shell_parse_argv(command, NULL, &argv, &error));
    g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &fake->pid,
                             &fake->in, &fake->out, NULL, &error);
    g_assert_no_error(error);
    line = first_line(fake->out);
    g_assert_true(g_str_has_prefix(line, "port "));
    fake->port = (guint16)atoi(line + 5);
    if (path != NULL)
        g_unlink(path);
}

void
fake_stop(Fake *fake)
{
    kill(fake->pid, SIGTERM);
    waitpid(fake->pid, NULL, 0);
    close(fake->in);
    close(fake->out);
}

char *
fake_order(Fake *fake, const char *order)
{
    g_autofree char *line = g_strconcat(order, "\n", NULL);
    char *answer;

    g_assert_cmpint(write(fake->in, line, strlen(line)), ==, (gssize)strlen(line));
    answer = first_line(fake->out);
    g_assert_true(g_str_has_prefix(answer, "ok"));
    return answer;
}

void
asked_clear(Asked *asked)
{
    g_clear_pointer(&asked->answers, rv_snmp_answers_free);
    g_clear_pointer(&asked->outcome.detail, g_free);
    g_clear_pointer(&asked->outcome.note, g_free);
}

static void
question_clear(gpointer data)
{
    RvSnmpQuestion *question = data;

    rv_oid_clear(&question->oid);
    g_free(question->columns);
}

static void
read_columns(RvSnmpQuestion *question, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);

    question->n_columns = g_strv_length(words);
    question->columns = g_new(guint32, question->n_columns);
    for (guint i = 0; i < question->n_columns; i++)
        question->columns[i] = (guint32)strtoul(words[i], NULL, 10);
}

GArray *
questions_parse(const char *text)
{
    GArray *questions = g_array_new(FALSE, TRUE, sizeof(RvSnmpQuestion));
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    g_array_set_clear_func(questions, question_clear);
    for (char **word = words; *word != NULL; word++) {
        RvSnmpQuestion question = {.walk = **word == 'w'};
        g_auto(GStrv) parts = g_strsplit(*word + 1, "/", 2);
        g_auto(GStrv) halves = g_strsplit(parts[0], ":", 2);

        g_assert_true(rv_oid_parse(halves[0], &question.oid));
        if (halves[1] != NULL)
            read_columns(&question, halves[1]);
        if (parts[1] != NULL)
            question.rows_hint = (guint)atoi(parts[1]);
        g_array_append_val(questions, question);
    }
    return questions;
}

static void
on_done(RvSnmpAgent *agent, const RvSnmpOutcome *outcome, gpointer user_data)
{
    Asked *asked = user_data;

    asked->outcome = *outcome;
    asked->outcome.detail = g_strdup(outcome->detail);
    asked->outcome.note = g_strdup(outcome->note);
    asked->calls++;
}

void
ask_with(RvSnmpLoop *loop, GMainContext *context, const RvSnmpAccess *access, const char *text,
         gint64 budget_ms, Asked *asked)
{
    g_autoptr(RvSnmpAgent) agent = rv_snmp_agent_new(loop, access);
    g_autoptr(GArray) questions = questions_parse(text);

    *asked = (Asked){.answers = rv_snmp_answers_new()};
    rv_snmp_agent_ask(agent, (RvSnmpQuestion *)(gpointer)questions->data, questions->len,
                      rv_clock_monotonic_ms() + budget_ms, asked->answers, on_done, asked);
    /* it never calls back from within the call */
    g_assert_cmpuint(asked->calls, ==, 0);
    while (asked->calls == 0)
        g_main_context_iteration(context, TRUE);
}

void
ask_once(const RvSnmpAccess *access, const char *text, gint64 budget_ms, Asked *asked)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(RvSnmpLoop) loop = rv_snmp_loop_new(context, &error);

    g_assert_no_error(error);
    ask_with(loop, context, access, text, budget_ms, asked);
    g_assert_cmpuint(asked->calls, ==, 1);
}
