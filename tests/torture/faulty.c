/*
 * A disk that is full or fails, for processes that are started with this library before libc.
 *
 * The file that FAULTY_CONTROL names is mapped: its first byte is 0 (all is well), 'F' (no room:
 * writes that would need any fail with ENOSPC) or 'S' (fsync and fdatasync fail with EIO). Only
 * regular files below FAULTY_PREFIX are meant.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static volatile const char *control;
static const char *prefix;
static size_t prefix_length;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAULTY_CONTROL");
    if (path == NULL || getenv("FAULTY_PREFIX") == NULL)
        return;
    prefix = strdup(getenv("FAULTY_PREFIX")); /* PostgreSQL writes its title over its environment */
    prefix_length = strlen(prefix);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    void *mapped = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
    if (mapped != MAP_FAILED)
        control = mapped;
    close(fd);
}

static int meant(int fd, char how)
{
    if (control == NULL || *control != how)
        return 0;
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path);
    return length >= (ssize_t)prefix_length && strncmp(path, prefix, prefix_length) == 0;
}

#define FAIL(condition, error)                                                                    \
    if (condition) {                                                                              \
        errno = error;                                                                            \
        return -1;                                                                                \
    }
#define REAL(name, ...)                                                                           \
    static __typeof__(&name) real;                                                                \
    if (real == NULL)                                                                             \
        real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);                                        \
    return real(__VA_ARGS__);

ssize_t write(int fd, const void *from, size_t count)
{
    FAIL(meant(fd, 'F'), ENOSPC)
    REAL(write, fd, from, count)
}

ssize_t pwrite(int fd, const void *from, size_t count, off_t at)
{
    FAIL(meant(fd, 'F'), ENOSPC)
    REAL(pwrite, fd, from, count, at)
}

ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at)
{
    FAIL(meant(fd, 'F'), ENOSPC)
    REAL(pwrite64, fd, from, count, at)
}

ssize_t pwritev(int fd, const struct iovec *from, int count, off_t at)
{
    FAIL(meant(fd, 'F'), ENOSPC)
    REAL(pwritev, fd, from, count, at)
}

ssize_t pwritev64(int fd, const struct iovec *from, int count, off64_t at)
{
    FAIL(meant(fd, 'F'), ENOSPC)
    REAL(pwritev64, fd, from, count, at)
}

int posix_fallocate(int fd, off_t from, off_t length)
{
    if (meant(fd, 'F'))
        return ENOSPC;
    REAL(posix_fallocate, fd, from, length)
}

int posix_fallocate64(int fd, off64_t from, off64_t length)
{
    if (meant(fd, 'F'))
        return ENOSPC;
    REAL(posix_fallocate64, fd, from, length)
}

int fsync(int fd)
{
    FAIL(meant(fd, 'S'), EIO)
    REAL(fsync, fd)
}

int fdatasync(int fd)
{
    FAIL(meant(fd, 'S'), EIO)
    REAL(fdatasync, fd)
}
