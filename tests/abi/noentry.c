/* SPDX-License-Identifier: MIT */
/* A shared object that is no plugin. */
int siftd_nothing(void);

int siftd_nothing(void) {
    return 0;
}
