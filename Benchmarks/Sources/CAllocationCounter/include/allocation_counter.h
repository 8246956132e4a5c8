#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H
#include <stdint.h>

// Calls of malloc, calloc, realloc and their aligned kin since the process began; 0 where they cannot be counted.
uint64_t allocation_count(void);

#endif
