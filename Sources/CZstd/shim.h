#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zstd.h>

// CRC32C by the instruction that processors have for it. Where `tidemark_has_crc32c` is 0 nobody calls the
// other function.
#if defined(__x86_64__)
#include <cpuid.h>

static inline int tidemark_has_crc32c(void) {
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2);
}

__attribute__((target("sse4.2"))) static inline uint32_t tidemark_crc32c(
    uint32_t crc, const void *bytes, size_t count) {
    const unsigned char *p = (const unsigned char *)bytes;
    uint64_t sum = crc;
    for (; count >= 8; count -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        sum = __builtin_ia32_crc32di(sum, word);
    }
    crc = (uint32_t)sum;
    for (; count > 0; count--, p++) crc = __builtin_ia32_crc32qi(crc, *p);
    return crc;
}
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>

static inline int tidemark_has_crc32c(void) { return 1; }

static inline uint32_t tidemark_crc32c(uint32_t crc, const void *bytes, size_t count) {
    const unsigned char *p = (const unsigned char *)bytes;
    for (; count >= 8; count -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        crc = __crc32cd(crc, word);
    }
    for (; count > 0; count--, p++) crc = __crc32cb(crc, *p);
    return crc;
}
#else
static inline int tidemark_has_crc32c(void) { return 0; }

static inline uint32_t tidemark_crc32c(uint32_t crc, const void *bytes, size_t count) {
    (void)bytes;
    (void)count;
    return crc;
}
#endif
