/* SPDX-License-Identifier: MIT */
/* What the files of this plugin share. file.c opens with the protocol. */
#pragma once
#include <siftd/plugin.h>
#include <stdbool.h>

/* What is known to be safe. */
struct state {
    uint64_t serial;       /* grows by one with each writing */
    uint64_t inode, birth; /* which file PATH was; birth in nanoseconds, 0 where the file system does not tell */
    uint64_t size;         /* of it: what stands behind is not committed */
    uint64_t begun;        /* when its first line was put, milliseconds since 1970; 0: it is empty */
    bool rotating;         /* the file at PATH may have been renamed already */
    char position[SIFTD_POSITION_MAX];
};

/* Lines that are in the files already, where the cursor cannot tell. */
struct known {
    uint64_t *hash; /* sorted */
    bool *taken;    /* came again from the journal */
    size_t count, room;
};

struct file_sink {
    /* options */
    const char *path, *rotate_every, *mode;
    uint64_t rotate_size;
    int64_t keep;
    int sync;

    const struct siftd_host *host;
    char *folder;                   /* of path */
    const char *name, *cursor_name; /* inside it */
    int folder_fd, fd, cursor_fd;
    unsigned mode_bits;
    struct state state;
    char *buffer; /* lines that the kernel has not got */
    size_t used;
    uint64_t size;      /* of the file, with what is buffered */
    uint64_t handed_on; /* the disk was told to write what is before it */
    bool dirty;         /* lines were put since the last commit */
    bool rotate_wanted; /* the next commit is followed by a rotation */
    bool relearn;       /* the cursor was damaged */
    struct known known;
};

/* state.c: the cursor file. state_open finds or makes it, and locks it. All return SIFTD_OK or SIFTD_ERROR. */
int state_open(struct file_sink *self);
int state_write(struct file_sink *self);

/* current.c: the file at PATH. */
int current_open(struct file_sink *self);   /* finds or makes it, cuts it back to what is committed */
int current_create(struct file_sink *self); /* makes it anew and notes it; it must not be there */
/* Somebody may have moved or removed the file while it was written: goes on in a new one. Only when all is committed.
 */
int current_check(struct file_sink *self);
int sync_folder(struct file_sink *self);

/* rotate.c. Only when all is committed. */
bool rotate_due(const struct file_sink *self); /* by time */
int rotate(struct file_sink *self);
char **rotate_list(const struct file_sink *self, size_t *ret_count); /* rotated files, oldest first; to be freed */
/* known.c. Loaded when the cursor was damaged, freed when the sink has caught up. */
void known_load(struct file_sink *self);
bool known_take(struct file_sink *self, const struct siftd_line *line); /* the line is out already */
void known_free(struct file_sink *self);
uint64_t wall_clock(void); /* milliseconds since 1970 */
