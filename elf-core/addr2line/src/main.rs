//! Prints what the crate `addr2line` costs: `addr2line-cost FILE ADDRESSES`, in CPU seconds of this process for opening
//! the file, for the first answer, the first 10,000 and all, and in nanoseconds an address of the second half. An answer
//! is all frames of an address with function, file and line; names are not demangled and nothing is printed.

use std::fs;
use std::hint::black_box;

const FIRST: usize = 10_000;

fn cpu() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn answer(loader: &addr2line::Loader, address: u64) -> u64 {
    let mut count = 0;
    let mut frames = loader.find_frames(address).expect("frames");
    while let Some(frame) = frames.next().expect("frame") {
        if let Some(function) = &frame.function {
            black_box(function.raw_name().ok());
        }
        black_box(frame.location.as_ref().map(|place| (place.file, place.line)));
        count += 1;
    }
    count
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let addresses: Vec<u64> = fs::read_to_string(&arguments[2])
        .expect("addresses")
        .lines()
        .map(|line| u64::from_str_radix(line.trim_start_matches("0x"), 16).expect("an address"))
        .collect();
    let start = cpu();
    let loader = addr2line::Loader::new(&arguments[1]).expect("a binary");
    let opened = cpu();
    let half = addresses.len() / 2;
    let (mut first, mut ten_thousand, mut second_half) = (opened, opened, opened);
    let mut frames = 0;
    for (i, &address) in addresses.iter().enumerate() {
        if i == half {
            second_half = cpu();
        }
        frames += answer(&loader, address);
        if i == 0 {
            first = cpu();
        }
        if i < FIRST {
            ten_thousand = cpu();
        }
    }
    let end = cpu();
    println!(
        "addr2line: open {:.3}, first {:.3}, first {} {:.3}, all {:.3} CPU-s; {:.0} CPU-ns an address of the second half; {} frames",
        opened - start,
        first - start,
        FIRST.min(addresses.len()),
        ten_thousand - start,
        end - start,
        (end - second_half) / (addresses.len() - half) as f64 * 1e9,
        frames
    );
}
