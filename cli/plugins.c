/* SPDX-License-Identifier: MIT */
/* siftd plugins: what stands in the plugin folders; with a name, a plugin's options. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "command.h"
#include "configured.h"
#include "host/host.h"

struct listing {
    const char *name; /* NULL: all */
    size_t shown, broken;
    struct buf seen; /* "stage/name\n" of those listed: a later folder's plugin of the same name is never used */
};

static void usage(void) {
    fputs("usage: siftd plugins [-c FILE] [NAME]\n"
          "Lists the plugins in the plugin folders; with a NAME, what it does and its options.\n",
          stderr);
}

static void print_range(const struct siftd_option *option) {
    if (option->min || option->max)
        printf(", from %" PRId64 " to %" PRId64, option->min, option->max);
    if (option->type == SIFTD_DURATION && (option->min || option->max))
        fputs(" milliseconds", stdout);
    if (option->choices) {
        fputs(", one of ", stdout);
        for (const char *c = option->choices; *c; c++)
            if (*c == '|')
                fputs(", ", stdout);
            else
                putchar(*c);
    }
}

static void print_option(const struct siftd_option *option) {
    printf("  %s (%s", option->name, host_option_type_name(option->type));
    print_range(option);
    if (option->preset && strcmp(option->preset, "!") == 0)
        fputs(", must be given", stdout);
    else if (option->preset && *option->preset)
        printf(", default %s", option->preset);
    printf(")\n      %s\n", option->help ? option->help : "");
}

static void print_whole(const char *path, const struct siftd_plugin *plugin) {
    printf("%s plugin %s %s (ABI %u.%u)\n  %s\n  %s\n", host_stage_name(plugin->stage), plugin->name, plugin->version,
           plugin->major, plugin->minor, plugin->summary, path);
    bool any = plugin->options && plugin->options->name;
    puts(any ? "options:" : "It has no options.");
    for (const struct siftd_option *option = plugin->options; option && option->name; option++)
        print_option(option);
}

/* True the first time a stage's plugin of this name is met. */
static bool is_first(struct listing *listing, const struct siftd_plugin *plugin) {
    char entry[256];
    int len = snprintf(entry, sizeof entry, "\n%d/%s\n", plugin->stage, plugin->name);
    if (len < 0 || (size_t)len >= sizeof entry)
        return true;
    if (listing->seen.len && memmem(listing->seen.at, listing->seen.len, entry, (size_t)len))
        return false;
    buf_add(&listing->seen, entry, (size_t)len);
    return true;
}

static void found(void *user, const char *path, const struct library *library, const struct error *err) {
    struct listing *listing = user;
    if (!library) {
        if (!listing->name)
            log_error("%s", err->text);
        listing->broken++;
        return;
    }
    const struct siftd_plugin *plugin = &library->plugin;
    if ((listing->name && strcmp(listing->name, plugin->name) != 0) || !is_first(listing, plugin))
        return;
    if (listing->name)
        print_whole(path, plugin);
    else
        printf("%-9s %-12s %-5s %s\n", host_stage_name(plugin->stage), plugin->name, plugin->version, plugin->summary);
    listing->shown++;
}

static int list(const struct config *config, const char *name) {
    struct listing listing = {.name = name};
    struct host *host = host_new(config);
    host_walk(host, 0, found, &listing);
    host_free(host);
    buf_free(&listing.seen);
    if (listing.shown == 0 && name)
        log_error("there is no plugin \"%s\" in the plugin folders; `siftd plugins` lists them", name);
    else if (listing.shown == 0)
        log_error("the plugin folders hold no plugin; name the right ones in plugin_dirs");
    return listing.shown == 0 || (listing.broken && !name) ? EXIT_REFUSED : EXIT_DONE;
}

/* The configuration named, else the one in the default place, else none. */
static int load(const char *file, struct configured *ret) {
    struct buf mistakes = {0};
    if (file || access(configured_default(), F_OK) == 0)
        return configured_load(file, false, ret);
    int e = config_builtin(&ret->config, &ret->text, &mistakes);
    buf_free(&mistakes);
    return e;
}

int command_plugins(int argc, char **argv) {
    static const struct option options[] = {{"config", 1, NULL, 'c'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *file = NULL;
    for (int c; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        if (c != 'c') {
            usage();
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
        }
        file = optarg;
    }
    if (argc - optind > 1) {
        usage();
        return EXIT_USAGE;
    }
    struct configured configured = {0};
    if (load(file, &configured) < 0)
        return EXIT_USAGE;
    int result = list(configured.config, argv[optind]);
    configured_free(&configured);
    return result;
}
