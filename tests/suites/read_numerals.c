/* SPDX-License-Identifier: MIT */
/* For tests/suites/recognizers: reads the numeral that each line of standard input begins with; prints its length in
 * bytes and its value. */
#include <stdio.h>
#include <string.h>

#include "numeral.h"

int main(void) {
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        struct numeral n;
        line[strcspn(line, "\n")] = 0;
        if (numeral_read((struct siftd_str){line, strlen(line)}, &n))
            printf("%zu %s\n", n.len, n.digits);
        else
            puts("0 -");
    }
    return 0;
}
