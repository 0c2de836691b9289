#include "db/libpq.h"

#include <dlfcn.h>

#include "base/error.h"

#define LIBRARY "libpq.so.5"

static const struct {
    const char *name;
    gsize offset;
} functions[] = {
#define RV_LIBPQ_ROW(name) {#name, offsetof(RvLibpq, name)},
    RV_LIBPQ_FUNCTIONS(RV_LIBPQ_ROW)
#undef RV_LIBPQ_ROW
};

static gboolean
fail(GError **error)
{
    g_set_error(error, RV_ERROR, RV_ERROR_UNAVAILABLE,
                "a state in PostgreSQL needs its client library: %s; apt-get install libpq5",
                dlerror());
    return FALSE;
}

static gboolean
load(RvLibpq *library, GError **error)
{
    void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL); /* stays: it has handlers of its own */

    if (handle == NULL)
        return fail(error);
    for (gsize i = 0; i < G_N_ELEMENTS(functions); i++) {
        void *function = dlsym(handle, functions[i].name);

        if (function == NULL)
            return fail(error);
        G_STRUCT_MEMBER(void *, library, functions[i].offset) = function;
    }
    return TRUE;
}

const RvLibpq *
rv_libpq(GError **error)
{
    static RvLibpq library;
    static gboolean loaded;

    if (!loaded)
        loaded = load(&library, error);
    return loaded ? &library : NULL;
}
