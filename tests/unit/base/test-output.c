/* Files that people asked for: replaced whole, and nothing but files replaced. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/output.h"

static char *folder;

static void
assert_holds(const char *path, const char *text)
{
    g_autofree char *is = NULL;

    g_assert_true(g_file_get_contents(path, &is, NULL, NULL));
    g_assert_cmpstr(is, ==, text);
}

static void
test_regular(void)
{
    g_autofree char *path = g_build_filename(folder, "report", NULL);
    GError *error = NULL;
    struct stat what;

    for (int round = 0; round < 2; round++) { /* new, then replaced */
        const char *text = round == 0 ? "first, and longer" : "second";

        g_assert_true(rv_output_write(path, text, strlen(text), 0640, &error));
        g_assert_no_error(error);
        assert_holds(path, text);
        g_assert_cmpint(stat(path, &what), ==, 0);
        g_assert_cmpint(what.st_mode & 0777, ==, 0640);
    }
}

/* A pipe stands for the nodes below /dev, which a test must not risk. */
static void
test_node(void)
{
    g_autofree char *path = g_build_filename(folder, "pipe", NULL);
    g_autofree char *link = g_build_filename(folder, "link", NULL);
    GError *error = NULL;
    char heard[8] = "";
    struct stat what;
    int fd;

    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    g_assert_cmpint(symlink(path, link), ==, 0);
    fd = open(path, O_RDONLY | O_NONBLOCK);
    g_assert_cmpint(fd, >=, 0);
    g_assert_true(rv_output_write(link, "told", 4, 0640, &error));
    g_assert_no_error(error);
    g_assert_cmpint(read(fd, heard, sizeof heard - 1), ==, 4);
    g_assert_cmpstr(heard, ==, "told");
    g_assert_cmpint(lstat(path, &what), ==, 0);
    g_assert_true(S_ISFIFO(what.st_mode));
    g_assert_cmpint(lstat(link, &what), ==, 0);
    g_assert_true(S_ISLNK(what.st_mode));
    close(fd);
}

static void
test_refused(void)
{
    g_autofree char *path = g_build_filename(folder, "no", "such", "file", NULL);
    GError *error = NULL;

    g_assert_false(rv_output_write(path, "x", 1, 0640, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_CREATE);
    /* what was asked for, what is not there, and no temporary name */
    g_assert_true(g_str_has_prefix(error->message, path));
    g_assert_true(g_str_has_suffix(error->message, "/no/such"));
    g_clear_error(&error);
    g_assert_false(rv_output_write(folder, "x", 1, 0640, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_CREATE);
    g_clear_error(&error);
}

int
main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("rackvitals-output-XXXXXX", NULL);
    g_test_add_func("/output/regular", test_regular);
    g_test_add_func("/output/node", test_node);
    g_test_add_func("/output/refused", test_refused);
    status = g_test_run();
    for (const char *const *name = (const char *const[]){"report", "pipe", "link", NULL};
         *name != NULL; name++) {
        g_autofree char *path = g_build_filename(folder, *name, NULL);

        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
    return status;
}
