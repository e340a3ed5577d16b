/* Calls into another library through each kind of stub: lazily bound, and those whose address is taken too. */
extern int first(const char *);
extern int second(const char *);
extern int third(const char *);
extern int fourth(const char *);

int (*taken)(const char *) = fourth;

__attribute__((noinline)) int calls(const char *text) {
    return first(text) + second(text) * third(text) + fourth(text) + (taken == third);
}
