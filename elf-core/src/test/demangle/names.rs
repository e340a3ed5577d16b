// Names of Rust for the demangler tests: impls, generics, constants, closures, identifiers beyond ASCII.
use std::collections::{BTreeMap, HashMap};
use std::fmt::{Debug, Display};
pub trait Shape { fn area(&self) -> f64; fn name(&self) -> String { String::from("shape") } const N: usize; }
pub struct Circle(pub f64);
pub struct Grid<const N: usize, const B: bool, const C: char, const I: i32>;
impl Shape for Circle { fn area(&self) -> f64 { self.0 } const N: usize = 1; }
impl<const N: usize, const B: bool, const C: char, const I: i32> Grid<N, B, C, I> { #[inline(never)] pub fn go(&self) -> usize { N + I as usize } }
impl<T: Debug> Shape for Vec<T> { #[inline(never)] fn area(&self) -> f64 { self.len() as f64 } const N: usize = 2; }
impl<'a, T> Shape for &'a [T] { #[inline(never)] fn area(&self) -> f64 { self.len() as f64 } const N: usize = 2; }
impl<T, const K: usize> Shape for [T; K] { #[inline(never)] fn area(&self) -> f64 { K as f64 } const N: usize = 2; }
impl<A, B> Shape for (A, B) { #[inline(never)] fn area(&self) -> f64 { 0. } const N: usize = 2; }
impl<A> Shape for (A,) { #[inline(never)] fn area(&self) -> f64 { 0. } const N: usize = 2; }
impl Shape for fn(i32, &str) -> u8 { #[inline(never)] fn area(&self) -> f64 { 0. } const N: usize = 2; }
impl Shape for unsafe extern "C" fn(*const u8, *mut i64) { #[inline(never)] fn area(&self) -> f64 { 0. } const N: usize = 2; }
impl Shape for for<'a, 'b> fn(&'a u8, &'b mut u16) -> &'a u8 { #[inline(never)] fn area(&self) -> f64 { 0. } const N: usize = 2; }
impl Shape for dyn Display + Send { #[inline(never)] fn area(&self) -> f64 { 0. } const N: usize = 2; }
impl Shape for Box<dyn Fn(i32) -> u64 + Send + 'static> { #[inline(never)] fn area(&self) -> f64 { 0. } const N: usize = 2; }
impl Shape for Box<dyn Iterator<Item = (u8, char)>> { #[inline(never)] fn area(&self) -> f64 { 0. } const N: usize = 2; }
impl Shape for Box<dyn for<'x> Fn(&'x str) -> &'x [u8]> { #[inline(never)] fn area(&self) -> f64 { 0. } const N: usize = 2; }
#[inline(never)] pub fn generic<T: Debug, F: Fn(T) -> U, U>(t: T, f: F) -> U { f(t) }
#[inline(never)] pub fn show<T: ?Sized>(_: &T) {}
#[inline(never)] pub fn ty<T: ?Sized>() {}
pub mod gödel { #[inline(never)] pub fn größe(x: i32) -> i32 { x } pub mod 東京 { #[inline(never)] pub fn 駅() -> i32 { 3 } } }
pub static COUNTER: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
thread_local! { pub static TL: std::cell::RefCell<Vec<u32>> = const { std::cell::RefCell::new(Vec::new()) }; }
pub fn run(v: Vec<u32>) -> usize {
    let g = Grid::<3, true, 'x', -5>; let h = Grid::<0, false, '\n', 7>; let k = Grid::<99, false, 'ß', 0>; let q = Grid::<99, false, '\'', 0>;
    let c = generic(1u8, |x| { generic(x, move |y| y as u64 + x as u64) });
    let d = generic("abc", |s| s.len());
    let mut m: HashMap<String, Vec<Option<i32>>> = HashMap::new(); m.entry("a".into()).or_default().push(None);
    let b: BTreeMap<u8, Result<(), String>> = BTreeMap::new();
    show(&v); show("x"); show(&[1i8, 2][..]); show::<[u8; 4]>(&[0; 4]); show(&(1u8, 2i64)); show(&(1u8,)); show(&());
    ty::<dyn Display>(); ty::<dyn Fn(&u8) -> &u8 + Send>(); ty::<fn(u8) -> !>(); ty::<&mut [&'static str]>(); ty::<*const dyn Debug>(); ty::<Option<fn()>>(); ty::<extern "C" fn()>(); ty::<unsafe fn(i128, u128, isize, f32, f64, bool, char)>();
    ty::<dyn for<'a> Fn(&'a u8, fn(&'a u8, for<'b> fn(&'b u8, &'a u8))) >(); ty::<extern "system" fn()>();
    let a: fn(i32, &str) -> u8 = |_, _| 1; 
    TL.with(|t| t.borrow_mut().push(1));
    let mut s = v.clone(); s.sort_by(|a, b| b.cmp(a)); let z: Vec<_> = s.iter().map(|x| x * 2).filter(|x| x % 3 == 0).collect();
    println!("{:?} {:?} {:?}", m, b, z);
    let r = std::panic::catch_unwind(|| 3);
    gödel::größe(3); gödel::東京::駅();
    async fn as1() -> i32 { 3 } let fut = as1(); show(&fut);
    g.go() + h.go() + k.go() + q.go() + c as usize + d + z.len() + (a.area() + v.area() + (1, 2).area() + (1,).area() + [1u8; 3].area() + (&[1u8][..]).area()) as usize + r.unwrap_or(3) + COUNTER.load(std::sync::atomic::Ordering::SeqCst)
}
fn main() { println!("{}", run(std::env::args().map(|x| x.len() as u32).collect())); }
