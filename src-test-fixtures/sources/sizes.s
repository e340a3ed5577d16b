# Symbols whose sizes decide who is named: none, nested, overlapping, untyped, data among code (x86-64).
        .file   "sizes.s"
        .text
        .globl  _start
        .type   _start, @function
_start: call    zero_size
        call    outer
        jmp     _start
        .size   _start, . - _start

# No .size: st_size is 0, so this name answers, as an approximate one, up to the next symbol.
        .globl  zero_size
        .type   zero_size, @function
zero_size:
        nop
        nop
        ret
        .skip   13, 0xcc

# inner lies inside outer: the symbol that starts last and still holds the address answers.
        .globl  outer
        .type   outer, @function
outer:  nop
        nop
        nop
        nop
        .type   inner, @function
inner:  nop
        nop
        nop
        nop
        .size   inner, . - inner
        nop
        nop
        nop
        ret
        .size   outer, . - outer
        .skip   7, 0xcc

# Two names, one start, two sizes: the smaller answers although the larger is global; behind its end the larger does.
        .globl  long_name
        .type   short_name, @function
        .type   long_name, @function
short_name:
long_name:
        nop
        nop
        .size   short_name, . - short_name
        nop
        nop
        nop
        ret
        .size   long_name, . - long_name
        .skip   5, 0xcc

# No .type, but a size: hand-written code is often so.
        .globl  untyped
untyped:
        nop
        nop
        ret
        .size   untyped, . - untyped
        .skip   5, 0xcc

# Data among code: an object is not a function.
        .globl  table_in_text
        .type   table_in_text, @object
table_in_text:
        .quad   1, 2, 3
        .size   table_in_text, . - table_in_text

# The last byte of a function is the last byte of the section.
        .globl  last
        .type   last, @function
last:   nop
        ret
        .size   last, . - last
