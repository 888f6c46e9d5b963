#include "scan_memory.h"

#include <sys/mman.h>

void *scan_memory_take(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return NULL;
    if (madvise(memory, size, MADV_DONTFORK) != 0 || madvise(memory, size, MADV_DONTDUMP) != 0) {
        munmap(memory, size);
        return NULL;
    }
    return memory;
}

/* The system zeroes pages before anybody else gets them, so that to unmap is to wipe. */
void scan_memory_give(void *memory, size_t size)
{
    if (memory != NULL)
        (void)munmap(memory, size);
}
