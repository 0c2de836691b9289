#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/secret.h"

static void
test_kept(void)
{
    char text[] = "p\xc3\xa4ss word";
    RvSecret *secret = rv_secret_new(text);
    RvSecret *second = rv_secret_ref(secret);

    rv_secret_wipe(text);
    g_assert_cmpint(text[0], ==, 0);
    g_assert_cmpint(text[3], ==, 0);
    rv_secret_unref(secret);
    g_assert_cmpstr(rv_secret_reveal(second), ==, "p\xc3\xa4ss word");
    rv_secret_unref(second);
    rv_secret_unref(NULL);
    rv_secret_wipe(NULL);
}

static void
test_file(void)
{
    static const struct {
        const char *shows, *bytes;
        gssize length; /* -1: as long as the text */
        guint mode;
        const char *secret; /* NULL: refused */
        int code;
    } rows[] = {
        {"a line", "topsecret\n", -1, 0600, "topsecret", 0},
        {"without an end of line", "topsecret", -1, 0400, "topsecret", 0},
        {"from Windows", "topsecret\r\nmore", -1, 0600, "topsecret", 0},
        {"space is part of it", " a b \n", -1, 0600, " a b ", 0},
        {"others can read it", "topsecret\n", -1, 0640, NULL, RV_ERROR_PERMISSION},
        {"others can write it", "topsecret\n", -1, 0602, NULL, RV_ERROR_PERMISSION},
        {"empty", "", -1, 0600, NULL, RV_ERROR_DATA},
        {"an empty line", "\ntopsecret\n", -1, 0600, NULL, RV_ERROR_DATA},
        {"a NUL within", "top\0secret\n", 11, 0600, NULL, RV_ERROR_DATA},
    };
    g_autofree char *folder = g_dir_make_tmp("rackvitals-secret-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "secret", NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(RvSecret) secret = NULL;

        g_test_message("%s", rows[i].shows);
        g_assert_true(g_file_set_contents_full(path, rows[i].bytes, rows[i].length,
                                               G_FILE_SET_CONTENTS_NONE, 0600, NULL));
        g_assert_cmpint(g_chmod(path, (int)rows[i].mode), ==, 0);
        secret = rv_secret_read_file(path, &error);
        g_unlink(path);
        if (rows[i].secret != NULL) {
            g_assert_no_error(error);
            g_assert_cmpstr(rv_secret_reveal(secret), ==, rows[i].secret);
        } else {
            g_assert_error(error, RV_ERROR, rows[i].code);
            g_assert_null(secret);
            g_assert_true(g_str_has_prefix(error->message, path));
            g_assert_null(strstr(error->message + strlen(path), "topsecret"));
        }
    }
    g_rmdir(folder);
}

static void
test_no_file(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(rv_secret_read_file("/nonexistent/secret", &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_NO_INPUT);
}

static void
test_long_file(void)
{
    g_autofree char *folder = g_dir_make_tmp("rackvitals-secret-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "secret", NULL);
    g_autofree char *text = g_strnfill(5000, 'x');
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    g_assert_null(rv_secret_read_file(path, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_DATA);
    g_unlink(path);
    g_rmdir(folder);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/secret/kept", test_kept);
    g_test_add_func("/secret/file", test_file);
    g_test_add_func("/secret/no-file", test_no_file);
    g_test_add_func("/secret/long-file", test_long_file);
    return g_test_run();
}
