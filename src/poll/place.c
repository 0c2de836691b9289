#include "poll/place.h"

#include "base/error.h"

RvState *
rv_place_open(const RvConfiguration *configuration, const char *folder, RvStateMode mode,
              GError **error)
{
    g_autofree char *file = NULL;

    if (folder == NULL && configuration->database != NULL)
        return rv_place_open_database(configuration, mode, error);
    file =
        g_build_filename(folder != NULL ? folder : configuration->state_folder, "state.db", NULL);
    return rv_state_open(file, mode, error);
}

RvState *
rv_place_open_database(const RvConfiguration *configuration, RvStateMode mode, GError **error)
{
    g_autofree char *file = g_build_filename(configuration->state_folder, "state.db", NULL);
    g_autoptr(RvSecret) password = NULL;
    g_autoptr(GError) problem = NULL;

    if (configuration->database == NULL) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE,
                            "the site file names no 'database'; see rackvitals.yaml(5)");
        return NULL;
    }
    password = rv_configuration_database_password(configuration, &problem);
    if (problem != NULL) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    return rv_state_open_at(
        &(RvStatePlace){.file = file, .server = configuration->database, .password = password},
        mode, error);
}
