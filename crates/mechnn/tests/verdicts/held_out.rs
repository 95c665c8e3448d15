//! Rows that were held out: true equations are not said to fail, and rows that test nothing confirm nothing.

use mechnn::data::Dataset;
use mechnn::discovery::Prediction;

use crate::made_data::{Draw, found, simulated, times};

const NOISES: [f64; 2] = [0.001, 0.02];

pub(crate) fn logistic(draw: &mut Draw) -> Dataset {
    let (rate, most) = (draw.size(0.3, 3.0), draw.size(0.5, 20.0));
    // From the beginning of growth to anything between half of the limit and rest.
    let (start, last) = (draw.between(0.02, 0.3) * most, draw.between(2.0, 8.0) / rate);
    let equation = format!("{rate}*x - {}*x**2", rate / most);
    simulated(&[("x", &equation)], &[start], &times(60, last))
}

pub(crate) fn populations(draw: &mut Draw) -> Dataset {
    let [grow, eat, feed, starve] = [0.8, 0.6, 0.5, 0.7].map(|size| size * draw.size(0.6, 1.6));
    let (prey, predator) = (format!("{grow}*x - {eat}*x*y"), format!("{feed}*x*y - {starve}*y"));
    let start = [draw.size(0.4, 2.5), draw.size(0.4, 2.5)];
    simulated(&[("x", &prey), ("y", &predator)], &start, &times(80, draw.between(12.0, 25.0)))
}

pub(crate) fn oscillator(draw: &mut Draw, damping: f64) -> Dataset {
    let spring = draw.size(0.5, 4.0);
    let equation = format!("-{spring}*x - {damping}*y");
    let start = [draw.between(1.0, 3.0), draw.between(-1.0, 1.0)];
    simulated(&[("x", "y"), ("y", &equation)], &start, &times(80, draw.between(15.0, 25.0)))
}

#[test]
fn true_equations_are_seldom_said_to_fail_and_their_predictions_are_tested() {
    let mut counts = [0usize; 2];
    let mut cases = 0;
    for seed in 0..5 {
        for noise in NOISES {
            let mut draw = Draw::new(1, seed);
            let damping = draw.between(0.02, 0.1);
            for data in [logistic(&mut draw), populations(&mut draw), oscillator(&mut draw, damping)] {
                let data = data.with_noise(noise, seed).expect("noise");
                let result = found(&data, "poly:2");
                let Some(held_out) = &result.evidence.held_out[0] else { panic!("60 rows are enough") };
                cases += 1;
                counts[0] += usize::from(held_out.prediction() == Prediction::Missed);
                counts[1] += usize::from(held_out.prediction() == Prediction::Confirmed);
            }
        }
    }
    assert!(counts[0] <= 2, "{} of {cases} were said to fail", counts[0]);
    assert!(counts[1] >= cases / 2, "only {} of {cases} were confirmed", counts[1]);
}

#[test]
fn rows_at_rest_confirm_nothing() {
    for seed in 0..5 {
        for noise in NOISES {
            let mut draw = Draw::new(2, seed);
            // At the end less than a thousandth of the swing is left.
            let damping = draw.between(0.9, 1.4);
            let data = oscillator(&mut draw, damping).with_noise(noise, seed).expect("noise");
            let result = found(&data, "poly:2");
            let Some(held_out) = &result.evidence.held_out[0] else { panic!("80 rows are enough") };
            if noise > 0.01 {
                assert_eq!(held_out.prediction(), Prediction::AtRest, "seed {seed}: {held_out:?}");
            }
            let text = result.conclusion();
            assert!(!text.contains("predict those rows within") || noise < 0.01, "seed {seed}: {text}");
        }
    }
}
