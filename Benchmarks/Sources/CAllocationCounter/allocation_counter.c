// A counting interposer: on glibc a program may define malloc itself and forward to the library's own entry points.
// Single-threaded benchmarks only, so a plain counter is enough.
#include "allocation_counter.h"
#include <stddef.h>

static uint64_t count;
uint64_t allocation_count(void) { return count; }

#ifdef __GLIBC__
#include <errno.h>
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

void *malloc(size_t n) { count++; return __libc_malloc(n); }
void *calloc(size_t n, size_t size) { count++; return __libc_calloc(n, size); }
void *realloc(void *p, size_t n) { count++; return __libc_realloc(p, n); }
void *memalign(size_t alignment, size_t n) { count++; return __libc_memalign(alignment, n); }
void *aligned_alloc(size_t alignment, size_t n) { count++; return __libc_memalign(alignment, n); }
int posix_memalign(void **out, size_t alignment, size_t n) {
    count++;
    *out = __libc_memalign(alignment, n);
    return *out ? 0 : ENOMEM;
}
void free(void *p) { __libc_free(p); }
#endif
