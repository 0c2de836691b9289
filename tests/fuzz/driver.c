/* Runs a target over each seed of a folder, and over mutations that are the same in every run. */
#include <glib.h>
#include <string.h>

#include "fuzz.h"

#define MUTATIONS 20000 /* of each seed */
#define CEILING 65536

static void
mutate(GRand *rand, GByteArray *bytes)
{
    for (int n = g_rand_int_range(rand, 1, 6); n > 0 && bytes->len > 1; n--) {
        guint at = (guint)g_rand_int_range(rand, 0, (gint32)bytes->len);
        guint length = (guint)g_rand_int_range(rand, 1, (gint32)MIN(bytes->len - at, 64) + 1);

        switch (g_rand_int_range(rand, 0, 5)) {
        case 0:
            bytes->data[at] ^= (guint8)(1u << g_rand_int_range(rand, 0, 8));
            break;
        case 1:
            bytes->data[at] = (guint8)g_rand_int_range(rand, 0, 256);
            break;
        case 2:
            g_byte_array_remove_range(bytes, at, length);
            break;
        case 3: { /* twice the same */
            g_autofree guint8 *part = g_memdup2(bytes->data + at, length);

            if (bytes->len + length <= CEILING)
                g_byte_array_append(bytes, part, length);
            break;
        }
        default:
            g_byte_array_set_size(bytes, at + 1);
        }
    }
}

static void
run(const char *name, const char *seed, gsize length)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(g_str_hash(name));

    LLVMFuzzerTestOneInput((const uint8_t *)seed, length);
    for (int i = 0; i < MUTATIONS; i++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autofree uint8_t *exact = NULL; /* so that a sanitizer sees a byte too far */

        g_byte_array_append(bytes, (const guint8 *)seed, (guint)MIN(length, CEILING));
        mutate(rand, bytes);
        exact = g_memdup2(bytes->data, bytes->len);
        LLVMFuzzerTestOneInput(exact, bytes->len);
    }
}

int
main(int argc, char **argv)
{
    g_autoptr(GDir) folder = argc > 1 ? g_dir_open(argv[1], 0, NULL) : NULL;
    const char *name;
    guint count = 0;

    if (folder == NULL)
        g_error("usage: %s FOLDER-OF-SEEDS", argv[0]);
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(argv[1], name, NULL);
        g_autofree char *seed = NULL;
        gsize length;

        if (!g_file_get_contents(path, &seed, &length, NULL))
            continue;
        run(name, seed, length);
        g_print("ok %u - %s\n", ++count, name);
    }
    g_print("1..%u\n", count);
    return count > 0 ? 0 : 1;
}
