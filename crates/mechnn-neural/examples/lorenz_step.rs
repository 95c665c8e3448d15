//! Core-seconds of one training step of the Lorenz discovery at the paper's sizes, and the solver's share of it.
//!
//! Batch 512, 50 points, three dimensions, perceptrons 64-1024-1024-30 and 150-1024-1024-150, f64. Takes about a
//! minute. Linux only: the time is that of the process, all threads, in ticks of 10 ms; `--release` for the numbers of
//! the book.

#![allow(clippy::print_stdout, reason = "a measurement for people")]

use burn::module::Module;
use mechnn::equation::BasisLibrary;
use mechnn_neural::basis::Monomials;
use mechnn_neural::encoder::{Encoder, LearnedVector, Mlp};
use mechnn_neural::head::{EquationHead, Initial, Latent, LibraryRightHandSide, OdeHead, Source, Steps};
use mechnn_neural::loss::mean_square;
use mechnn_neural::{Activation, InitialWeights, OdeLayer, Window, device, from_slice, to_vec};

const BATCH: usize = 512;
const POINTS: usize = 50;

#[derive(Module, Debug)]
struct Network {
    encoder: LearnedVector,
    head: EquationHead<LibraryRightHandSide<Monomials>>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let device = device();
    let mut weights = InitialWeights::new(0, &device);
    let library = BasisLibrary::polynomial(3, 2);
    let coefficients = Mlp::new(&[64, 1024, 1024, 3 * library.len()], Activation::Relu, &mut weights)?;
    let states = Mlp::new(&[3 * POINTS, 1024, 1024, 3 * POINTS], Activation::Relu, &mut weights)?;
    let rate = LibraryRightHandSide::new(Monomials::new(library.terms()), 3, Source::Features, &weights);
    let latent = Latent::network(states, &[1.0; 3]);
    let head = EquationHead::new(rate, 3, 1, 3, latent, Initial::Data { points: 1 }, Steps::fixed(0.01))?;
    let network = Network { encoder: LearnedVector::through(64, coefficients, &mut weights)?, head };
    let layer = OdeLayer::new(POINTS);
    let values: Vec<f64> = (0..BATCH * POINTS * 3).map(|i| (0.1 * i as f64).sin()).collect();
    let times: Vec<f64> = (0..POINTS).map(|n| 0.01 * n as f64).collect();
    let window = Window {
        values: from_slice(&values, [BATCH, POINTS, 3], &device),
        times: from_slice(&times, [1, POINTS, 1], &device),
    };
    let (mut with_solver, mut without) = (vec![], vec![]);
    for repetition in 0..12 {
        let is_solved = repetition % 2 == 0;
        let start = core_seconds()?;
        let features = network.encoder.encode(window.values.clone())?;
        let head = network.head.ode(features, &window)?;
        let latent = head.latent.clone().expect("the head has latent states");
        let consistency = mean_square(latent, window.values.clone());
        let loss = match is_solved {
            true => {
                let values = layer.forward(&head.ode)?.values;
                let states = values.slice([0..BATCH, 0..POINTS, 0..3, 0..1]).squeeze_dim(3);
                consistency + mean_square(states, window.values.clone())
            }
            // The networks alone, with a loss on what the solver would see.
            false => consistency + mean_square(head.ode.forcing, window.values.clone()),
        };
        let gradients = loss.backward();
        drop(gradients);
        assert!(to_vec(loss)[0].is_finite());
        if is_solved { &mut with_solver } else { &mut without }.push(core_seconds()? - start);
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let (step, networks) = (median(&mut with_solver), median(&mut without));
    // 2 operations for each weight and example, three times: forward, and backward in weights and inputs.
    let operations = 6.0 * BATCH as f64 * (2.0 * 150.0 * 1024.0 + 1024.0 * 1024.0);
    println!(
        "core-seconds: step {step:.3}, networks alone {networks:.3}, solver share {:.0} %",
        100.0 * (1.0 - networks / step)
    );
    println!("networks: {:.1} Gflop/s", operations / networks * 1e-9);
    Ok(())
}

/// User and system time of this process.
fn core_seconds() -> Result<f64, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // Fields 14 and 15, counted behind the name in parentheses.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = fields.skip(11).take(2).map(str::parse::<f64>).sum::<Result<f64, _>>()?;
    Ok(ticks / 100.0)
}
