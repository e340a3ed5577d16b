/* Runs for some seconds through every odd mapping that a stack can point into; started in the folder of its libraries.
   usage: odd-mappings SECONDS */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define FIVE_GIB (5ULL << 30)

typedef uint64_t (*step_t)(int depth, uint64_t x);
typedef uint64_t (*run_t)(step_t step, int depth, uint64_t x);

static run_t runs[32];
static unsigned run_count;
volatile uint64_t sink;

/* x86-64 code of a run_t with a frame pointer: multiplies 20000 times, then returns step(depth - 1, x) + 1. */
static const unsigned char code[] = {
        0x55,                         /*    push %rbp */
        0x48, 0x89, 0xe5,             /*    mov %rsp,%rbp */
        0x48, 0x89, 0xd0,             /*    mov %rdx,%rax */
        0xb9, 0x20, 0x4e, 0x00, 0x00, /*    mov $20000,%ecx */
        0x48, 0x6b, 0xc0, 0x1f,       /* 1: imul $31,%rax,%rax */
        0xff, 0xc9,                   /*    dec %ecx */
        0x75, 0xf8,                   /*    jnz 1b */
        0x48, 0x89, 0xf9,             /*    mov %rdi,%rcx */
        0x8d, 0x7e, 0xff,             /*    lea -1(%rsi),%edi */
        0x48, 0x89, 0xc6,             /*    mov %rax,%rsi */
        0xff, 0xd1,                   /*    call *%rcx */
        0x48, 0xff, 0xc0,             /*    inc %rax */
        0x5d,                         /*    pop %rbp */
        0xc3,                         /*    ret */
};

static void must(int ok, const char *what) {
    if (!ok) {
        perror(what);
        exit(1);
    }
}

static void add_library(const char *path) {
    void *library = dlopen(path, RTLD_NOW);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    runs[run_count++] = (run_t) dlsym(library, "run");
}

static void add_code_of(int file, uint64_t offset, int flags, const char *what) {
    must(pwrite(file, code, sizeof(code), (off_t) offset) == sizeof(code), what);
    must(ftruncate(file, (off_t) (offset + PAGE)) == 0, what);
    void *at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, flags, file, (off_t) offset);
    must(at != MAP_FAILED, what);
    runs[run_count++] = (run_t) at;
}

static void add_anonymous(void) {
    void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(at != MAP_FAILED, "mmap");
    memcpy(at, code, sizeof(code));
    runs[run_count++] = (run_t) at;
}

/* An ELF file's first page, and code 5 GiB behind it (a hole between). */
static void add_far_offset(void) {
    char head[PAGE];
    int from = open("libsha1.so", O_RDONLY);
    int to = open("far-offset.bin", O_RDWR | O_CREAT | O_TRUNC, 0755);
    must(from >= 0 && to >= 0 && read(from, head, PAGE) == PAGE && pwrite(to, head, PAGE, 0) == PAGE, "far-offset.bin");
    add_code_of(to, FIVE_GIB, MAP_PRIVATE, "far-offset.bin");
}

static void add_text_file(void) {
    char text[PAGE];
    memset(text, 'x', PAGE);
    int file = open("notelf.txt", O_RDWR | O_CREAT | O_TRUNC, 0755);
    must(file >= 0 && pwrite(file, text, PAGE, 0) == PAGE, "notelf.txt");
    add_code_of(file, PAGE, MAP_PRIVATE, "notelf.txt");
}

static __attribute__((noinline)) uint64_t deep(int depth, uint64_t x) {
    if (depth == 0) {
        for (int i = 0; i < 200000; i++) {
            x = x * 31 + 7;
        }
        return x;
    }
    return deep(depth - 1, x) + 1;
}

static __attribute__((noinline)) uint64_t step(int depth, uint64_t x) {
    return depth <= 0 ? x * 3 : runs[(x >> 7) % run_count](step, depth, x) + 1;
}

static void set_up(void) {
    add_library("./libsha1.so");
    add_library("./libmd5.so");
    add_library("./libnone.so");
    add_library("./libtiny.so");
    add_library("./liblong.so");
    add_library("./libbignote.so");
    add_library("./libdeleted.so");
    must(unlink("./libdeleted.so") == 0, "libdeleted.so");
    add_library("./lib sp ace.so");
    add_library("./lib\nnl.so");
    add_library("./lib\u00fc\u00f1\u00ed.so");
    add_anonymous();
    add_code_of(memfd_create("jit-code", 0), PAGE, MAP_SHARED, "memfd");
    add_far_offset();
    add_text_file();
}

int main(int count, char **arguments) {
    time_t end = time(NULL) + (count > 1 ? atoi(arguments[1]) : 10);
    set_up();
    puts("ready");
    fflush(stdout);
    uint64_t x = 88172645463325252ULL;
    while (time(NULL) < end) {
        for (int i = 0; i < 40; i++) {
            x = step(1 + (int) ((x >> 11) % 9), x ^ (x >> 13));
            x ^= x << 7;
            x ^= x >> 9;
        }
        sink = deep(200, x);
        sink = deep(60, x);
    }
    return 0;
}
