#include <stddef.h>
#include <stdint.h>

// What processors can do and Swift has no words for. Each function has a form for any processor.

/// Brings the line of memory at an address into the cache; never faults, whatever the address.
static inline void tidemark_prefetch(const void *address) { __builtin_prefetch(address); }

/// Looks at eight numbers of 32 bits: the low eight bits of the result say which of them are zero, the next
/// eight which are `tag` but for the bits of `ignored`, none of which the tag has.
#if defined(__SSE2__)
#include <emmintrin.h>

static inline uint32_t tidemark_look(const void *eight, uint32_t tag, uint32_t ignored) {
    const __m128i zero = _mm_setzero_si128(), wanted = _mm_set1_epi32((int)tag);
    const __m128i others = _mm_set1_epi32((int)ignored);
    const __m128i a = _mm_loadu_si128((const __m128i *)eight);
    const __m128i b = _mm_loadu_si128((const __m128i *)eight + 1);
    const __m128i matchA = _mm_cmpeq_epi32(_mm_andnot_si128(others, a), wanted);
    const __m128i matchB = _mm_cmpeq_epi32(_mm_andnot_si128(others, b), wanted);
    const __m128i free = _mm_packs_epi32(_mm_cmpeq_epi32(a, zero), _mm_cmpeq_epi32(b, zero));
    return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(free, _mm_packs_epi32(matchA, matchB)));
}
#else
static inline uint32_t tidemark_look(const void *eight, uint32_t tag, uint32_t ignored) {
    const uint32_t *p = (const uint32_t *)eight;
    uint32_t found = 0;
    for (int i = 0; i < 8; i++) {
        found |= (uint32_t)(p[i] == 0) << i | (uint32_t)((p[i] & ~ignored) == tag) << (i + 8);
    }
    return found;
}
#endif

/// Which of the 32 bytes at an address end plain text in a JSON string, one bit a byte, the first in the
/// lowest: a quote, a backslash, a control character, or anything past ASCII.
#if defined(__SSE2__)
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

/// Packs `count` bytes of two lower-case hexadecimal digits each; 0, with some of `out` filled, where a digit
/// is none. `digits` has `2 * count` bytes, `out` room for `count`.
static inline int tidemark_pack_hex(const void *digits, size_t count, void *out) {
    const uint8_t *from = (const uint8_t *)digits;
    uint8_t *to = (uint8_t *)out;
    size_t i = 0;
#if defined(__SSE2__)
    const __m128i nine = _mm_set1_epi8(9), five = _mm_set1_epi8(5), low = _mm_set1_epi8(15);
    const __m128i zeroDigit = _mm_set1_epi8(0x30), a = _mm_set1_epi8(0x61), bytes = _mm_set1_epi16(255);
    for (; i + 16 <= count; i += 16) {
        __m128i packed[2];
        __m128i right = _mm_set1_epi8(-1);
        for (int k = 0; k < 2; k++) {
            const __m128i text = _mm_loadu_si128((const __m128i *)(from + 2 * i) + k);
            const __m128i digit = _mm_sub_epi8(text, zeroDigit), letter = _mm_sub_epi8(text, a);
            const __m128i isDigit = _mm_cmpeq_epi8(_mm_min_epu8(digit, nine), digit);
            const __m128i isLetter = _mm_cmpeq_epi8(_mm_min_epu8(letter, five), letter);
            right = _mm_and_si128(right, _mm_or_si128(isDigit, isLetter));
            // The low four bits of `a` are 1.
            const __m128i value =
                _mm_add_epi8(_mm_and_si128(text, low), _mm_and_si128(isLetter, nine));
            const __m128i pair = _mm_or_si128(_mm_slli_epi16(value, 4), _mm_srli_epi16(value, 8));
            packed[k] = _mm_and_si128(pair, bytes);
        }
        if (_mm_movemask_epi8(right) != 0xffff) return 0;
        _mm_storeu_si128((__m128i *)(to + i), _mm_packus_epi16(packed[0], packed[1]));
    }
#endif
    for (; i < count; i++) {
        uint8_t value[2];
        for (int k = 0; k < 2; k++) {
            const uint8_t text = from[2 * i + k];
            const uint8_t digit = (uint8_t)(text - 0x30), letter = (uint8_t)(text - 0x61);
            if (digit > 9 && letter > 5) return 0;
            value[k] = digit <= 9 ? digit : (uint8_t)(letter + 10);
        }
        to[i] = (uint8_t)(value[0] << 4 | value[1]);
    }
    return 1;
}
