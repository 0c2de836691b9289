/* What a fuzz target is: bytes in, no crash, no leak, no end of memory; libFuzzer's contract. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
