/* SPDX-License-Identifier: MIT */
/* Johab (KS X 1001, annex 3), which ICU has no table for: syllables are composed of their letters, all else stands in
 * the rows of KS X 1001. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* One character of `len` bytes from `at` on: its length. *ret_rune is the character; 0 when it stands in KS X 1001,
 * under the EUC-KR code ret_code; 0xFFFD when it cannot be read. */
size_t johab_step(const unsigned char *at, size_t len, uint32_t *ret_rune, unsigned char ret_code[2]);
