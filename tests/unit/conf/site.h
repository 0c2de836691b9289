/* A site of files in a temporary folder, of which a test changes one. */
#pragma once

#include "conf/configuration.h"

typedef struct {
    char *folder;
} Site;

/* All files are there and right. */
Site *site_new(void);
void site_free(Site *site);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Site, site_free)

/* `name` in the folder; mode 0600. */
void site_write(const Site *site, const char *name, const char *text);
RvConfiguration *site_load(const Site *site, RvConfigurationParts parts, GError **error);
/* What is wrong with it, without the folder in front of the files' names; "" for nothing. */
char *site_problems(const Site *site, RvConfigurationParts parts);
