/* SPDX-License-Identifier: MIT */
/* What the file system of a watched folder tells and what it does not, by its type (statfs(2)). */
#include <linux/magic.h>
#include <sys/vfs.h>

#include "intake/inside.h"

/* `remote`: leases do not ask the other machines, and times are another machine's. All of these tell of what happens
 * through this mount, and not of what others do behind it. */
static const struct {
    uint32_t type;
    const char *name;
    bool remote;
} silent[] = {
    {NFS_SUPER_MAGIC, "NFS", true},
    {SMB_SUPER_MAGIC, "SMB", true},
    {0xff534d42, "CIFS", true},
    {0xfe534d42, "SMB2", true},
    {0x65735546, "FUSE", true}, /* sshfs, virtiofs, object stores */
    {0x01021997, "9P", true},
    {0x5346414f, "AFS", true},
    {0x73757245, "Coda", true},
    {0x00c36400, "Ceph", true},
    {0x0bd00bd0, "Lustre", true},
    {0x01161970, "GFS2", true},
    {0x7461636f, "OCFS2", true},
    {0x786f4256, "a VirtualBox folder", true},
    {0xbacbacbc, "a VMware folder", true},
    {0x794c7630, "overlayfs", false},
};

void mount_judge(int fd, bool *ret_remote, const char **ret_silent) {
    struct statfs fs;
    *ret_silent = NULL;
    *ret_remote = fstatfs(fd, &fs) < 0;
    for (size_t i = 0; !*ret_remote && i < sizeof silent / sizeof *silent; i++) {
        if ((uint32_t)fs.f_type != silent[i].type)
            continue;
        *ret_silent = silent[i].name;
        *ret_remote = silent[i].remote;
        return;
    }
}
