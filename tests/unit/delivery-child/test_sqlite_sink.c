/* SPDX-License-Identifier: MIT */
/*
 * The sqlite sink, killed before each of SQLite's system calls in turn: whatever is killed when, each record is a row
 * once. The plugin's sources are part of this program; SQLite's calls are met in the table of its own VFS.
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SINK_FILE "out.db"
#include "sink_test.h"

#define failed file_failed
#define make file_make
#include "../../../plugins/sink/sqlite/file.c"
#undef failed
#undef make
#include "../../../plugins/sink/sqlite/shape.c"
#define run table_run
#define prepare table_prepare
#include "../../../plugins/sink/sqlite/table.c"
#undef run
#define run view_run
#include "../../../plugins/sink/sqlite/view.c"
#undef run
#undef prepare
#include "../../../plugins/sink/sqlite/sqlite.c"

static long calls_left = LONG_MAX;

/* Dies before the call whose turn it is. */
static void count_call(void) {
    if (calls_left-- == 0)
        _exit(99);
}

static ssize_t step_pwrite(int fd, const void *data, size_t len, off_t at) {
    if (calls_left == 0) { /* and in the middle of it */
        (void)!pwrite(fd, data, len / 2, at);
        _exit(99);
    }
    count_call();
    return pwrite(fd, data, len, at);
}

static int step_ftruncate(int fd, off_t size) {
    count_call();
    return ftruncate(fd, size);
}

static int step_unlink(const char *path) {
    count_call();
    return unlink(path);
}

static int step_open(const char *path, int flags, int mode) {
    count_call();
    return open(path, flags, mode);
}

static void watch_calls(void) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)step_pwrite);
    vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)step_pwrite);
    vfs->xSetSystemCall(vfs, "ftruncate", (sqlite3_syscall_ptr)step_ftruncate);
    vfs->xSetSystemCall(vfs, "unlink", (sqlite3_syscall_ptr)step_unlink);
    vfs->xSetSystemCall(vfs, "open", (sqlite3_syscall_ptr)step_open);
}

static const char *schema; /* what the pack holds for the type "pupil" */

static struct siftd_str host_pack_file(const struct siftd_host *host, const char *path) {
    static const char common[] = "{\"$defs\":{\"n\":{\"type\":\"integer\"},\"word\":{\"anyOf\":[{\"type\":\"null\"},"
                                 "{\"$ref\":\"#/$defs/text\"}]},\"text\":{\"type\":\"string\"}}}";
    (void)host;
    if (schema && strcmp(path, "schemas/pupil.json") == 0)
        return (struct siftd_str){schema, strlen(schema)};
    if (strcmp(path, "schemas/common.json") == 0)
        return (struct siftd_str){common, sizeof common - 1};
    return (struct siftd_str){0};
}

static const struct siftd_host host = {
    .error = host_error, .log = host_log, .alloc = host_alloc, .pack_file = host_pack_file};

static void begin_sink(struct sqlite_sink *self, const char *path) {
    *self = (struct sqlite_sink){.path = path, .mode = "0640", .sync = 1, .busy = 100};
    said[0] = logged[0] = 0;
}

static void open_good(struct sqlite_sink *self, const char *path) {
    begin_sink(self, path);
    if (open_sink(self, &host) != SIFTD_OK)
        fail_msg("%s", said);
}

static void end(struct sqlite_sink *self) {
    close_sink(self);
    arena_free();
}

static int put_json(struct sqlite_sink *self, const char *type, const char *id, const char *json) {
    struct siftd_line line = {.json = json, .len = strlen(json), .name = "a.txt"};
    line.type = (struct siftd_str){type, strlen(type)};
    line.id = (struct siftd_str){id, strlen(id)};
    return put(self, &line);
}

/* What the host does: puts the records from the committed position to `last`, a commit after every third. */
static int deliver(struct sqlite_sink *self, int last) {
    char position[SIFTD_POSITION_MAX], json[160], id[16];
    if (resume(self, position) != SIFTD_OK)
        return SIFTD_ERROR;
    for (int i = atoi(position); i < last; i++) {
        const char *type = i % 2 ? "odd" : "even";
        snprintf(id, sizeof id, "r-%d", i);
        snprintf(json, sizeof json,
                 "{\"type\":\"%s\",\"id\":\"%s\",\"doc\":{\"name\":\"a.txt\",\"sha256\":\"00\"},\"n\":%d}", type, id,
                 i);
        if (put_json(self, type, id, json) != SIFTD_OK)
            return SIFTD_ERROR;
        snprintf(position, sizeof position, "%d", i + 1);
        if ((i % 3 == 2 || i + 1 == last) && commit(self, position) != SIFTD_OK)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

/* One value of the database, as text. */
static char *ask(const struct folder *folder, const char *sql) {
    static char answer[512];
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(folder->path, &db), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const char *text = (const char *)sqlite3_column_text(statement, 0);
    snprintf(answer, sizeof answer, "%s", text ? text : "NULL");
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return answer;
}

static void all_there(const struct folder *folder, int last) {
    char want[64];
    snprintf(want, sizeof want, "%d %d", last, last * (last - 1) / 2);
    assert_string_equal(ask(folder, "SELECT count(*) || ' ' || sum(fields ->> '$.n') FROM"
                                    " (SELECT fields FROM odd UNION ALL SELECT fields FROM even)"),
                        want);
}

static void rows_are_there_once(void **state) {
    struct folder *folder = *state;
    struct sqlite_sink self;
    for (int last = 20; last <= 25; last += 5) {
        open_good(&self, folder->path);
        assert_int_equal(deliver(&self, last), SIFTD_OK);
        end(&self);
        all_there(folder, last);
    }
}

static void killed_at_any_call_nothing_is_lost_or_doubled(void **state) {
    struct folder *folder = *state;
    struct sqlite_sink self;
    int status = 99 << 8;
    for (long n = 0; WEXITSTATUS(status) == 99; n++) {
        assert_true(n < 2000);
        pid_t pid = fork();
        if (pid == 0) {
            begin_sink(&self, folder->path);
            watch_calls();
            calls_left = n;
            _exit(open_sink(&self, &host) == SIFTD_OK && deliver(&self, 12) == SIFTD_OK ? 0 : 1);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        open_good(&self, folder->path);
        assert_string_equal(logged, "");
        assert_int_equal(deliver(&self, 12), SIFTD_OK);
        end(&self);
        all_there(folder, 12);
        assert_int_equal(empty(folder), 0);
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void what_is_not_committed_is_not_there(void **state) {
    struct folder *folder = *state;
    struct sqlite_sink self;
    open_good(&self, folder->path);
    assert_int_equal(deliver(&self, 6), SIFTD_OK);
    assert_int_equal(put_json(&self, "new", "x", "{\"type\":\"new\",\"id\":\"x\"}"), SIFTD_OK);
    end(&self);
    all_there(folder, 6);
    assert_string_equal(ask(folder, "SELECT count(*) FROM sqlite_schema WHERE name = 'new'"), "0");
}

static const char PUPIL[] =
    "{\"properties\":{\"type\":{\"const\":\"pupil\"},\"name\":{\"$ref\":\"common.json#/$defs/word\"},"
    "\"age\":{\"$ref\":\"common.json#/$defs/n\"},\"mean\":{\"type\":[\"null\",\"number\"]},"
    "\"marks\":{\"type\":\"array\"},\"Age\":{\"type\":\"string\"},\"at \\\"x\\\"\":{},"
    "\"here\":{\"type\":\"boolean\"},\"form\":{\"enum\":[\"a\",\"b\"]},\"open\":true}}";

static void a_schema_gives_the_columns(void **state) {
    struct folder *folder = *state;
    struct sqlite_sink self;
    schema = PUPIL;
    open_good(&self, folder->path);
    assert_int_equal(put_json(&self, "pupil", "p-1",
                              "{\"type\":\"pupil\",\"id\":\"p-1\",\"doc\":{\"name\":\"a.txt\",\"sha256\":\"ab\"},"
                              "\"name\":\"A \\\"b\\\"\",\"age\":12,\"mean\":2.50,\"marks\":[1, 2],\"here\":true,"
                              "\"form\":\"a\",\"open\":null,\"more\":{\"x\":1}}"),
                     SIFTD_OK);
    assert_int_equal(commit(&self, "1"), SIFTD_OK);
    end(&self);
    assert_string_equal(
        ask(folder, "SELECT group_concat(name || ':' || type) FROM pragma_table_info('pupil')"),
        "id:TEXT,doc_name:TEXT,doc_sha256:TEXT,name:TEXT,age:INTEGER,mean:NUMERIC,marks:TEXT,here:INTEGER,form:TEXT,"
        "open:,fields:TEXT");
    assert_string_equal(ask(folder,
                            "SELECT id || doc_name || doc_sha256 || name || age || mean || marks || here || form"
                            " || fields FROM pupil"),
                        "p-1a.txtabA \"b\"122.5[1,2]1a{\"more\":{\"x\":1}}");
}

static void a_table_grows_with_its_schema(void **state) {
    struct folder *folder = *state;
    struct sqlite_sink self;
    schema = "{\"properties\":{\"name\":{\"type\":\"string\"}}}";
    for (int i = 0; i < 2; i++) {
        open_good(&self, folder->path);
        assert_int_equal(put_json(&self, "pupil", i ? "b" : "a", "{\"type\":\"pupil\",\"name\":\"n\",\"age\":7}"),
                         SIFTD_OK);
        assert_int_equal(commit(&self, "1"), SIFTD_OK);
        end(&self);
        schema = PUPIL;
    }
    assert_string_equal(
        ask(folder, "SELECT group_concat(id || coalesce(age, '-') || coalesce(fields, '-')) FROM pupil"),
        "a-{\"age\":7},b7-");
}

static void the_same_id_is_one_row(void **state) {
    struct folder *folder = *state;
    struct sqlite_sink self;
    open_good(&self, folder->path);
    assert_int_equal(put_json(&self, "t", "a", "{\"v\":1}"), SIFTD_OK);
    assert_int_equal(put_json(&self, "t", "a", "{\"v\":2}"), SIFTD_OK);
    assert_int_equal(commit(&self, "1"), SIFTD_OK);
    end(&self);
    assert_string_equal(ask(folder, "SELECT count(*) || fields FROM t"), "1{\"v\":2}");
}

static void what_is_no_json_holds_up_nobody(void **state) {
    struct folder *folder = *state;
    struct sqlite_sink self;
    open_good(&self, folder->path);
    assert_int_equal(put_json(&self, "t", "a", "{\"v\":}"), SIFTD_OK);
    assert_int_equal(put_json(&self, "", "", "no record"), SIFTD_OK);
    assert_int_equal(put_json(&self, "sqlite_x", "s", "{\"v\":1}"), SIFTD_OK);
    assert_int_equal(put_json(&self, "say \"t\"; --", "s", "{\"v\":1}"), SIFTD_OK);
    assert_int_equal(commit(&self, "1"), SIFTD_OK);
    end(&self);
    assert_string_equal(ask(folder, "SELECT group_concat(record, ' ') FROM siftd_unread"), "{\"v\":} no record");
    assert_string_equal(ask(folder, "SELECT id FROM record_sqlite_x"), "s");
    assert_string_equal(ask(folder, "SELECT id FROM \"say \"\"t\"\"; --\""), "s");
}

static void a_damaged_position_costs_no_doubles(void **state) {
    struct folder *folder = *state;
    struct sqlite_sink self;
    open_good(&self, folder->path);
    assert_int_equal(deliver(&self, 9), SIFTD_OK);
    assert_int_equal(sqlite_run(&self, "UPDATE siftd_position SET position = '8'", "test"), SIFTD_OK);
    end(&self);
    open_good(&self, folder->path);
    assert_int_equal(deliver(&self, 12), SIFTD_OK);
    assert_non_null(strstr(logged, "the position '8'"));
    end(&self);
    all_there(folder, 12);
}

/* All of the header, and the one byte of it that makes SQLite only read. */
static void a_damaged_database_is_put_aside(void **state) {
    static const char *const damages[] = {"head -c 300 /dev/urandom | dd of='%s' conv=notrunc status=none",
                                          "printf '\\102' | dd of='%s' bs=1 seek=18 conv=notrunc status=none"};
    struct folder *folder = *state;
    struct sqlite_sink self;
    char command[256];
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        open_good(&self, folder->path);
        assert_int_equal(deliver(&self, 9), SIFTD_OK);
        end(&self);
        snprintf(command, sizeof command, damages[i], folder->path);
        assert_int_equal(system(command), 0);
        logged[0] = 0;
        open_good(&self, folder->path);
        assert_non_null(strstr(logged, "put aside as"));
        assert_int_equal(deliver(&self, 9), SIFTD_OK);
        end(&self);
        all_there(folder, 9);
    }
}

static void wrong_things_are_refused(void **state) {
    struct folder *folder = *state;
    struct sqlite_sink self, second;
    open_good(&self, folder->path);
    begin_sink(&second, folder->path);
    assert_int_equal(open_sink(&second, &host), SIFTD_ERROR);
    assert_non_null(strstr(said, "another process"));
    close_sink(&second);
    assert_int_equal(sqlite_run(&self, "CREATE TABLE other (a)", "test"), SIFTD_OK);
    assert_int_equal(put_json(&self, "other", "a", "{\"v\":1}"), SIFTD_ERROR);
    assert_non_null(strstr(said, "not one that siftd made"));
    end(&self);
    static const char *const paths[] = {"/dev/null/x", "/tmp/"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        begin_sink(&self, paths[i]);
        assert_int_equal(open_sink(&self, &host), SIFTD_ERROR);
        end(&self);
    }
    begin_sink(&self, "/tmp/siftd-no-such-file");
    self.mode = "rw";
    assert_int_equal(open_sink(&self, &host), SIFTD_ERROR);
    assert_non_null(strstr(said, "octal"));
    end(&self);
    unlink("/tmp/.siftd-no-such-file.lock");
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(rows_are_there_once),
        TEST(killed_at_any_call_nothing_is_lost_or_doubled),
        TEST(what_is_not_committed_is_not_there),
        TEST(a_schema_gives_the_columns),
        TEST(a_table_grows_with_its_schema),
        TEST(the_same_id_is_one_row),
        TEST(what_is_no_json_holds_up_nobody),
        TEST(a_damaged_position_costs_no_doubles),
        TEST(a_damaged_database_is_put_aside),
        TEST(wrong_things_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
