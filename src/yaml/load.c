#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "yaml/node-private.h"

#define FILE_CEILING (10 * 1024 * 1024)
#define DEPTH_CEILING 48
#define NODE_CEILING 500000
#define BLOCK_SIZE 16384
#define PIECE 512 /* bytes at a time where only a head is wanted */

/* ---- memory: blocks that go, wiped, with the file ---- */

typedef struct {
    gsize size, used;
    char bytes[];
} Block;

static void
block_free(gpointer data)
{
    Block *block = data;

    explicit_bzero(block->bytes, block->used);
    g_free(block);
}

static gpointer
allocate(RvYaml *yaml, gsize size)
{
    Block *block =
        yaml->blocks->len > 0 ? g_ptr_array_index(yaml->blocks, yaml->blocks->len - 1) : NULL;
    gpointer memory;

    size = (size + 7) & ~(gsize)7;
    if (block == NULL || block->size - block->used < size) {
        gsize whole = MAX(size, BLOCK_SIZE - sizeof(Block));

        block = g_malloc(sizeof(Block) + whole);
        block->size = whole;
        block->used = 0;
        g_ptr_array_add(yaml->blocks, block);
    }
    memory = block->bytes + block->used;
    block->used += size;
    return memory;
}

static RvYaml *
yaml_new(const char *file, gboolean secret)
{
    RvYaml *yaml = g_new0(RvYaml, 1);

    yaml->file = g_intern_string(file);
    yaml->secret = secret;
    yaml->blocks = g_ptr_array_new_with_free_func(block_free);
    return yaml;
}

void
rv_yaml_free(RvYaml *yaml)
{
    if (yaml == NULL)
        return;
    g_ptr_array_unref(yaml->blocks);
    g_free(yaml);
}

const RvYamlNode *
rv_yaml_root(const RvYaml *yaml)
{
    return yaml->root;
}

/* ---- building ---- */

/* A list or map that is not complete yet. */
typedef struct {
    RvYamlNode *node;
    guint first;  /* of its children in Loader.children */
    gsize weight; /* nodes below it, aliases expanded */
    char *anchor; /* may be NULL */
} Open;

typedef struct {
    const RvYamlNode *node;
    gsize weight;
} Anchored;

typedef struct {
    RvYaml *yaml;
    RvProblems *problems;
    yaml_parser_t parser;
    const char *text;        /* being parsed */
    gsize length, given;     /* of it; bytes that the parser has been given */
    const char *const *head; /* keys of the root that are wanted; NULL: all */
    GArray *open;            /* Open, outermost first */
    GPtrArray *children;     /* of all that is open: keys and values alternate in maps */
    GHashTable *anchors;     /* name → Anchored* */
    gboolean failed, done;
} Loader;

static void
open_clear(gpointer data)
{
    g_free(((Open *)data)->anchor);
}

static void G_GNUC_PRINTF(3, 4)
    refuse(Loader *loader, const yaml_mark_t *mark, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    rv_problems_add(loader->problems, loader->yaml->file, (guint)mark->line + 1,
                    (guint)mark->column + 1, "%s", message);
    loader->failed = TRUE;
}

/* What libyaml says, and what it mostly comes from. */
static const struct {
    const char *problem, *advice;
} advice[] = {
    {"found character that cannot start any token",
     "a tab in the indentation, or a value that begins with @, ` or %: quote the value"},
    {"did not find expected key", "the indentation does not fit the lines above, or a quote or "
                                  "bracket was closed too early"},
    {"mapping values are not allowed in this context",
     "a ':' where none may stand: quote the value, or check the indentation"},
    {"could not find expected ':'", "a key without ':' and a space behind it"},
    {"did not find expected ',' or ']'", "a '[' was not closed, or a ',' is missing"},
    {"did not find expected ',' or '}'", "a '{' was not closed, or a ',' is missing"},
    {"did not find expected '-' indicator", "the indentation of a list does not fit"},
    {"found unexpected end of stream", "the file ends within a quoted text"},
    {"found a tab character that violates indentation", "indent with spaces"},
    {"did not find expected <document start>", "text behind the end of the document"},
};

static void
refuse_syntax(Loader *loader)
{
    const char *problem = loader->parser.problem != NULL ? loader->parser.problem : "no YAML";

    for (gsize i = 0; i < G_N_ELEMENTS(advice); i++) {
        if (strcmp(problem, advice[i].problem) == 0) {
            refuse(loader, &loader->parser.problem_mark, "not valid YAML: %s (%s)", problem,
                   advice[i].advice);
            return;
        }
    }
    refuse(loader, &loader->parser.problem_mark, "not valid YAML: %s", problem);
}

/* libyaml gives a byte offset, not a mark, for what it cannot read as characters. */
static void
refuse_bytes(Loader *loader)
{
    gsize offset = MIN(loader->parser.problem_offset, loader->length);
    yaml_mark_t mark = {0};

    for (gsize i = 0; i < offset; i++) {
        if (loader->text[i] == '\n') {
            mark.line++;
            mark.column = 0;
        } else if (((guchar)loader->text[i] & 0xc0) != 0x80) {
            mark.column++;
        }
    }
    if (g_strcmp0(loader->parser.problem, "control characters are not allowed") == 0)
        refuse(loader, &mark, "a control character (U+%04X); is this a text file?",
               (guint)loader->parser.problem_value);
    else
        refuse(loader, &mark, "not UTF-8; save the file in that encoding");
}

static RvYamlNode *
new_node(Loader *loader, RvYamlKind kind, const yaml_mark_t *mark)
{
    RvYamlNode *node = allocate(loader->yaml, sizeof *node);

    memset(node, 0, sizeof *node);
    node->yaml = loader->yaml;
    node->kind = kind;
    if (kind == RV_YAML_NONE)
        node->text = "";
    node->line = (guint)mark->line + 1;
    node->column = (guint)mark->column + 1;
    return node;
}

static Open *
innermost(Loader *loader)
{
    return loader->open->len > 0 ? &g_array_index(loader->open, Open, loader->open->len - 1) : NULL;
}

/* Whether the next node is a key of the map that is open. */
static gboolean
is_key(Loader *loader)
{
    const Open *open = innermost(loader);

    return open != NULL && open->node->kind == RV_YAML_MAP &&
           (loader->children->len - open->first) % 2 == 0;
}

static gboolean
check_key(Loader *loader, const RvYamlNode *node, const yaml_mark_t *mark)
{
    if (node->kind != RV_YAML_TEXT) {
        refuse(loader, mark, "a key must be one text");
        return FALSE;
    }
    if (strcmp(node->text, "<<") == 0 && !node->quoted) {
        refuse(loader, mark, "merge keys (<<) are not read; give what is shared a name of its own");
        return FALSE;
    }
    if (rv_yaml_is_boolean(node)) {
        refuse(loader, mark, "the key %s is a boolean to YAML; write \"%s\"", node->text,
               node->text);
        return FALSE;
    }
    if (loader->head != NULL && loader->open->len == 1 &&
        !g_strv_contains(loader->head, node->text)) {
        loader->done = TRUE;
        return FALSE;
    }
    return TRUE;
}

static void
add_anchor(Loader *loader, const char *name, const RvYamlNode *node, gsize weight)
{
    Anchored *anchored = g_new(Anchored, 1);

    anchored->node = node;
    anchored->weight = weight;
    g_hash_table_replace(loader->anchors, g_strdup(name), anchored);
}

/* Puts a node that is complete where it belongs. */
static void
add_node(Loader *loader, const RvYamlNode *node, gsize weight, const yaml_mark_t *mark)
{
    Open *open = innermost(loader);

    if (is_key(loader) && !check_key(loader, node, mark))
        return;
    if (open == NULL) {
        loader->yaml->root = node;
        return;
    }
    open->weight += weight;
    if (open->weight > NODE_CEILING) {
        refuse(loader, mark,
               "more than %d values once aliases are expanded; this is no file of ours",
               NODE_CEILING);
        return;
    }
    g_ptr_array_add(loader->children, (gpointer)node);
}

static gboolean
is_none(const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;

    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (*text == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0 ||
            strcmp(text, "Null") == 0 || strcmp(text, "NULL") == 0);
}

static gboolean
check_tag(Loader *loader, const yaml_char_t *tag, const yaml_mark_t *mark)
{
    if (tag == NULL || strcmp((const char *)tag, "!") == 0 ||
        strcmp((const char *)tag, YAML_STR_TAG) == 0)
        return TRUE;
    refuse(loader, mark, "tags (!…) are not read; a value that begins with '!' must be quoted");
    return FALSE;
}

static void
add_scalar(Loader *loader, const yaml_event_t *event)
{
    gsize length = event->data.scalar.length;
    RvYamlNode *node;
    char *text;

    if (!check_tag(loader, event->data.scalar.tag, &event->start_mark))
        return;
    if (memchr(event->data.scalar.value, '\0', length) != NULL) {
        refuse(loader, &event->start_mark, "a NUL character within a text");
        return;
    }
    text = allocate(loader->yaml, length + 1);
    memcpy(text, event->data.scalar.value, length + 1);
    node = new_node(loader,
                    is_none(event) && event->data.scalar.tag == NULL ? RV_YAML_NONE : RV_YAML_TEXT,
                    &event->start_mark);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = node->kind == RV_YAML_NONE ? "" : text;
    if (event->data.scalar.anchor != NULL)
        add_anchor(loader, (const char *)event->data.scalar.anchor, node, 1);
    add_node(loader, node, 1, &event->start_mark);
}

static void
begin(Loader *loader, const yaml_event_t *event, RvYamlKind kind, const yaml_char_t *anchor,
      const yaml_char_t *tag)
{
    Open open = {.first = loader->children->len};

    if (!check_tag(loader, tag, &event->start_mark))
        return;
    if (is_key(loader)) {
        refuse(loader, &event->start_mark, "a key must be one text");
        return;
    }
    if (loader->open->len >= DEPTH_CEILING) {
        refuse(loader, &event->start_mark, "nested more than %d levels deep", DEPTH_CEILING);
        return;
    }
    open.node = new_node(loader, kind, &event->start_mark);
    open.anchor = g_strdup((const char *)anchor);
    g_array_append_val(loader->open, open);
}

static void
check_twice(Loader *loader, const RvYamlNode *map)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < map->size; i++) {
        const RvYamlNode *first = g_hash_table_lookup(seen, map->keys[i]->text);

        if (first == NULL)
            g_hash_table_insert(seen, (gpointer)map->keys[i]->text, (gpointer)map->keys[i]);
        else if (loader->yaml->secret)
            rv_yaml_problem(map->keys[i], loader->problems,
                            "this key stands twice; the first is in line %u", first->line);
        else
            rv_yaml_problem(map->keys[i], loader->problems,
                            "key '%s' stands twice; the first is in line %u", map->keys[i]->text,
                            first->line);
    }
}

static void
end(Loader *loader)
{
    Open open = g_array_index(loader->open, Open, loader->open->len - 1);
    guint all = loader->children->len - open.first, step = open.node->kind == RV_YAML_MAP ? 2 : 1;
    gpointer *children = all > 0 ? loader->children->pdata + open.first : NULL;
    const RvYamlNode **place = allocate(loader->yaml, all * sizeof *place);
    yaml_mark_t mark = {.line = open.node->line - 1, .column = open.node->column - 1};

    open.node->size = all / step;
    open.node->keys = place;
    open.node->items = place + (step == 2 ? open.node->size : 0);
    for (guint i = 0; i < all; i++)
        place[i % step == step - 1 ? i / step + (all - open.node->size) : i / step] = children[i];
    g_ptr_array_set_size(loader->children, (int)open.first);
    g_array_index(loader->open, Open, loader->open->len - 1).anchor = NULL;
    g_array_set_size(loader->open, loader->open->len - 1);
    if (open.node->kind == RV_YAML_MAP)
        check_twice(loader, open.node);
    if (open.anchor != NULL)
        add_anchor(loader, open.anchor, open.node, open.weight + 1);
    g_free(open.anchor);
    add_node(loader, open.node, open.weight + 1, &mark);
}

static void
add_alias(Loader *loader, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    const Anchored *anchored = g_hash_table_lookup(loader->anchors, name);

    if (anchored != NULL)
        add_node(loader, anchored->node, anchored->weight, &event->start_mark);
    else if (loader->yaml->secret)
        refuse(loader, &event->start_mark, "a value that begins with '*' must be quoted");
    else
        refuse(loader, &event->start_mark,
               "nothing before this is called &%s; a value that begins with '*' must be quoted",
               name);
}

static void
take(Loader *loader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    case YAML_STREAM_END_EVENT:
        loader->done = TRUE;
        break;
    case YAML_DOCUMENT_START_EVENT:
        if (loader->yaml->root != NULL)
            refuse(loader, &event->start_mark,
                   "a second document begins here (---); a file holds one");
        break;
    case YAML_ALIAS_EVENT:
        add_alias(loader, event);
        break;
    case YAML_SCALAR_EVENT:
        add_scalar(loader, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        begin(loader, event, RV_YAML_LIST, event->data.sequence_start.anchor,
              event->data.sequence_start.tag);
        break;
    case YAML_MAPPING_START_EVENT:
        begin(loader, event, RV_YAML_MAP, event->data.mapping_start.anchor,
              event->data.mapping_start.tag);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        end(loader);
        break;
    }
}

static void
run(Loader *loader)
{
    while (!loader->failed && !loader->done) {
        yaml_event_t event;

        if (!yaml_parser_parse(&loader->parser, &event)) {
            if (loader->parser.error == YAML_READER_ERROR)
                refuse_bytes(loader);
            else
                refuse_syntax(loader);
            return;
        }
        take(loader, &event);
        yaml_event_delete(&event);
    }
    /* a head that ended within the root map */
    if (!loader->failed && loader->open->len > 0)
        end(loader);
}

/* A yaml_read_handler_t. libyaml decodes all it is given, even if it parses the first lines only;
 * so a head is given in pieces. */
static int
give(void *data, unsigned char *buffer, size_t size, size_t *given)
{
    Loader *loader = data;
    gsize most = loader->head != NULL ? MIN(size, PIECE) : size;

    *given = MIN(most, loader->length - loader->given);
    if (*given > 0)
        memcpy(buffer, loader->text + loader->given, *given);
    loader->given += *given;
    return 1;
}

static RvYaml *
parse(RvYaml *yaml, const char *text, gsize length, const char *const *head, RvProblems *problems)
{
    Loader loader = {
        .yaml = yaml, .problems = problems, .text = text, .length = length, .head = head};

    if (!yaml_parser_initialize(&loader.parser))
        g_error("out of memory");
    yaml_parser_set_encoding(&loader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input(&loader.parser, give, &loader);
    loader.open = g_array_new(FALSE, FALSE, sizeof(Open));
    g_array_set_clear_func(loader.open, open_clear);
    loader.children = g_ptr_array_new();
    loader.anchors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    run(&loader);
    if (yaml->root == NULL)
        yaml->root = new_node(&loader, RV_YAML_NONE, &(yaml_mark_t){0});
    g_hash_table_unref(loader.anchors);
    g_ptr_array_unref(loader.children);
    g_array_unref(loader.open);
    yaml_parser_delete(&loader.parser);
    if (!loader.failed)
        return yaml;
    rv_yaml_free(yaml);
    return NULL;
}

RvYaml *
rv_yaml_parse(const char *name, const char *text, gsize length, RvProblems *problems)
{
    if (length > FILE_CEILING) {
        rv_problems_add(problems, name, 0, 0, "is larger than 10 MiB");
        return NULL;
    }
    return parse(yaml_new(name, FALSE), text, length, NULL, problems);
}

/* ---- files ---- */

static gboolean
check_file(int fd, const char *path, gboolean secret, gboolean *refused, RvProblems *problems)
{
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0) {
        rv_problems_add(problems, path, 0, 0, "cannot be read: %s", g_strerror(errno));
        return FALSE;
    }
    if (S_ISDIR(status.st_mode)) {
        rv_problems_add(problems, path, 0, 0, "is a folder, a file is wanted");
        return FALSE;
    }
    if (secret && S_ISREG(status.st_mode) && (status.st_mode & 077) != 0) {
        rv_problems_add(problems, path, 0, 0,
                        "others than its owner can read it (mode %04o); do: chmod 600 %s",
                        (guint)(status.st_mode & 07777), path);
        if (refused != NULL)
            *refused = TRUE;
        return FALSE;
    }
    if (S_ISREG(status.st_mode) && status.st_size > FILE_CEILING) {
        rv_problems_add(problems, path, 0, 0, "is larger than 10 MiB");
        return FALSE;
    }
    return TRUE;
}

/* All of it, in memory that the caller wipes; NULL: a problem more. */
static char *
read_all(int fd, const char *path, gsize *length, RvProblems *problems)
{
    gsize room = 64 * 1024, used = 0;
    char *text = g_malloc(room);
    gssize got;

    while ((got = read(fd, text + used, room - used)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        used += got > 0 ? (gsize)got : 0;
        if (got < 0 || used > FILE_CEILING) {
            rv_problems_add(problems, path, 0, 0, "%s%s",
                            got < 0 ? "cannot be read: " : "is larger than 10 MiB",
                            got < 0 ? g_strerror(errno) : "");
            explicit_bzero(text, used);
            g_free(text);
            return NULL;
        }
        if (used == room) {
            char *wider = g_malloc(room * 2);

            memcpy(wider, text, used);
            explicit_bzero(text, used);
            g_free(text);
            text = wider;
            room *= 2;
        }
    }
    *length = used;
    return text;
}

static RvYaml *
load(const char *path, gboolean secret, gboolean *refused, const char *const *head,
     RvProblems *problems)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char *text = NULL;
    gsize length = 0;
    RvYaml *yaml = NULL;

    if (check_file(fd, path, secret, refused, problems))
        text = read_all(fd, path, &length, problems);
    if (fd >= 0)
        close(fd);
    if (text == NULL)
        return NULL;
    yaml = parse(yaml_new(path, secret), text, length, head, problems);
    explicit_bzero(text, length);
    g_free(text);
    return yaml;
}

RvYaml *
rv_yaml_load(const char *path, RvProblems *problems)
{
    return load(path, FALSE, NULL, NULL, problems);
}

RvYaml *
rv_yaml_load_head(const char *path, const char *const *keys, RvProblems *problems)
{
    return load(path, FALSE, NULL, keys, problems);
}

RvYaml *
rv_yaml_load_private(const char *path, gboolean *refused, RvProblems *problems)
{
    return load(path, TRUE, refused, NULL, problems);
}
