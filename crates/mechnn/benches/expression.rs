//! Values and gradients of small expressions, as the smoother asks for them.
//!
//! `cargo bench -p mechnn --bench expression`
#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use mechnn::equation::Expression;

fn expressions(criterion: &mut Criterion) {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    for (text, constants) in [("x/(k + x)", &["k"][..]), ("sin(a*x + b)", &["a", "b"]), ("x*y/(k + x**2 + y)", &["k"])]
    {
        let expression = Expression::parse(text, &names(&["x", "y"]), &names(constants)).expect("valid");
        let (x, c) = ([1.3, 0.7], [0.9, 0.4]);
        criterion.bench_function(&format!("value of {text}"), |bencher| {
            bencher.iter(|| expression.evaluate(black_box(&x), black_box(&c)));
        });
        criterion.bench_function(&format!("gradient of {text}"), |bencher| {
            let (mut by_variable, mut by_constant) = ([0.0; 2], [0.0; 2]);
            bencher.iter(|| {
                expression.gradient_into(black_box(&x), black_box(&c), &mut by_variable, &mut by_constant);
                black_box((&by_variable, &by_constant));
            });
        });
    }
    // What the machine needs without a tape.
    let plain = |x: f64, k: f64| x / (k + x);
    criterion.bench_function("x/(k + x) compiled", |bencher| {
        bencher.iter(|| plain(black_box(1.3), black_box(0.9)));
    });
    let sine = |x: f64, a: f64, b: f64| (a * x + b).sin();
    criterion.bench_function("sin(a*x + b) compiled", |bencher| {
        bencher.iter(|| sine(black_box(1.3), black_box(0.9), black_box(0.4)));
    });
}

criterion_group!(benches, expressions);
criterion_main!(benches);
