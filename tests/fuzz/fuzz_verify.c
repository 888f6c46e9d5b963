/* The whole pipeline, from any text to a verdict. */
#include "judge.h"

static world w;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    world_make(&w, 4);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    judge_text(&w, (const char *)data, size);
    return 0;
}
