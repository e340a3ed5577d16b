/* Compilers call these even where there is no libc. */
void *memset(void *to, int value, unsigned long count) {
    for (volatile char *at = to; count > 0; count--) {
        *at++ = (char) value;
    }
    return to;
}

void *memcpy(void *to, const void *from, unsigned long count) {
    const char *in = from;
    for (volatile char *at = to; count > 0; count--) {
        *at++ = *in++;
    }
    return to;
}
