//! Rust names: generics, traits, closures, modules and inlined calls, without the standard library.
#![no_std]
#![no_main]

use core::panic::PanicInfo;

pub static mut SINK: usize = 0;

trait Shape {
    fn area(&self) -> usize;
}

struct Square(usize);

struct Ring<T, const N: usize> {
    values: [T; N],
}

impl Shape for Square {
    #[inline(never)]
    fn area(&self) -> usize {
        geometry::product(self.0, self.0)
    }
}

impl<T: Copy + Into<usize>, const N: usize> Shape for Ring<T, N> {
    #[inline(never)]
    fn area(&self) -> usize {
        let add = |sum: usize, value: &T| sum.wrapping_add((*value).into());
        self.values.iter().fold(0, add)
    }
}

mod geometry {
    #[inline]
    pub fn product(a: usize, b: usize) -> usize {
        a.wrapping_mul(b)
    }
}

#[inline(never)]
fn total(shapes: &[&dyn Shape]) -> usize {
    shapes.iter().map(|shape| shape.area()).fold(0, usize::wrapping_add)
}

#[inline(never)]
fn apply<F: Fn(usize) -> usize>(f: F, value: usize) -> usize {
    f(value)
}

#[no_mangle]
pub extern "C" fn _start() -> ! {
    let mut seed = 1;
    loop {
        let square = Square(seed);
        let ring = Ring { values: [seed as u8, 2, 3] };
        let sum = total(&[&square, &ring]);
        seed = apply(|value| value ^ sum, seed);
        unsafe { SINK = seed };
    }
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    loop {}
}
