//! Loops that are gone before the compiler optimises.

/// `for i in 0..N { body }` for a constant N of at most 7, written out: `i` is a constant in every repetition, so arrays
/// that it indexes stay in registers. Left to itself, the compiler writes loops out after it has decided what stays in
/// memory.
macro_rules! unroll {
    ($i:ident < $n:expr, $body:block) => {{
        if 7 < $n {
            unreachable!("seven repetitions at most");
        }
        if 0 < $n {
            let $i: usize = 0;
            $body
        }
        if 1 < $n {
            let $i: usize = 1;
            $body
        }
        if 2 < $n {
            let $i: usize = 2;
            $body
        }
        if 3 < $n {
            let $i: usize = 3;
            $body
        }
        if 4 < $n {
            let $i: usize = 4;
            $body
        }
        if 5 < $n {
            let $i: usize = 5;
            $body
        }
        if 6 < $n {
            let $i: usize = 6;
            $body
        }
    }};
}

pub(crate) use unroll;
