//! Loops unrolled before the optimiser sees them.

/// `unroll!(i < N, { body })` is `for i in 0..N { body }` for a constant N up to 7, with the body written out N times.
///
/// The optimiser unrolls by itself only loops of constant length, and those of a triangle (`for j in 0..i`) are not:
/// arrays indexed within would stay in memory where all of them would fit into registers. The conditions are `const`
/// blocks so that the compiler drops what a constant leaves out before it generates any code for it.
macro_rules! unroll {
    ($i:ident < $n:expr, $body:block) => {{
        const { assert!($n <= 7) };
        if const { 0 < $n } {
            let $i: usize = 0;
            $body
        }
        if const { 1 < $n } {
            let $i: usize = 1;
            $body
        }
        if const { 2 < $n } {
            let $i: usize = 2;
            $body
        }
        if const { 3 < $n } {
            let $i: usize = 3;
            $body
        }
        if const { 4 < $n } {
            let $i: usize = 4;
            $body
        }
        if const { 5 < $n } {
            let $i: usize = 5;
            $body
        }
        if const { 6 < $n } {
            let $i: usize = 6;
            $body
        }
    }};
}

pub(crate) use unroll;
