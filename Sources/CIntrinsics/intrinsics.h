#include <stddef.h>
#include <stdint.h>

// What processors can do and Swift has no words for. Each function has a form for any processor.

/// Brings the line of memory at an address into the cache; never faults, whatever the address.
static inline void tidemark_prefetch(const void *address) { __builtin_prefetch(address); }

/// Which of the 32 bytes at an address end plain text in a JSON string, one bit a byte, the first in the
/// lowest: a quote, a backslash, a control character, or anything past ASCII.
#if defined(__SSE2__)
#include <emmintrin.h>

static inline uint32_t tidemark_text_ends(const void *bytes) {
    const __m128i quote = _mm_set1_epi8(0x22), backslash = _mm_set1_epi8(0x5c), blank = _mm_set1_epi8(0x20);
    const __m128i a = _mm_loadu_si128((const __m128i *)bytes);
    const __m128i b = _mm_loadu_si128((const __m128i *)bytes + 1);
    // Bytes past ASCII are negative, so they are below the blank too.
    const __m128i endA = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(a, quote), _mm_cmpeq_epi8(a, backslash)), _mm_cmplt_epi8(a, blank));
    const __m128i endB = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(b, quote), _mm_cmpeq_epi8(b, backslash)), _mm_cmplt_epi8(b, blank));
    return (uint32_t)_mm_movemask_epi8(endA) | (uint32_t)_mm_movemask_epi8(endB) << 16;
}

/// Which of the 32 bytes at an address are LF, one bit a byte, the first in the lowest.
static inline uint32_t tidemark_line_feeds(const void *bytes) {
    const __m128i feed = _mm_set1_epi8(0x0a);
    const __m128i a = _mm_loadu_si128((const __m128i *)bytes);
    const __m128i b = _mm_loadu_si128((const __m128i *)bytes + 1);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(a, feed))
        | (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(b, feed)) << 16;
}
#else
static inline uint32_t tidemark_text_ends(const void *bytes) {
    const signed char *p = (const signed char *)bytes;
    uint32_t ends = 0;
    for (int i = 0; i < 32; i++) {
        ends |= (uint32_t)(p[i] == 0x22 || p[i] == 0x5c || p[i] < 0x20) << i;
    }
    return ends;
}

static inline uint32_t tidemark_line_feeds(const void *bytes) {
    const char *p = (const char *)bytes;
    uint32_t feeds = 0;
    for (int i = 0; i < 32; i++) {
        feeds |= (uint32_t)(p[i] == 0x0a) << i;
    }
    return feeds;
}
#endif
