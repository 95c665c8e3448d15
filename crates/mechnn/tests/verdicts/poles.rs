//! Equations have no poles where the states are.

use crate::made_data::{Draw, found, simulated, times};

#[test]
fn no_equation_has_a_pole_within_the_range_of_the_data() {
    for seed in 0..6 {
        let mut draw = Draw::new(5, seed);
        // Saturations that start from next to nothing, where a pole would fit the noise near zero.
        let (most, half) = (draw.size(0.5, 2.0), draw.size(0.05, 1.0));
        let uptake = format!("-{most}*s/({half} + s)");
        let start = draw.between(1.0, 4.0);
        let data = simulated(&[("s", &uptake)], &[start], &times(50, 1.2 * (start + half) / most));
        let data = data.with_noise(0.02, seed).expect("noise");
        let result = found(&data, "poly:2,rational,log");
        let column = data.trajectories[0].values.column(0);
        let range = column.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &y| (y.min(a), y.max(b)));
        // Measured values below zero are noise.
        let range = (range.0.max(1e-6), range.1);
        for model in result.pareto_front.iter().map(|own| &own.model).chain([&result.model]) {
            for (_, own) in model.terms() {
                let constants = own.term.constants();
                assert!(own.term.is_regular_on(&[range, (0.0, 1.0)], constants), "seed {seed}, {range:?}: {model}");
            }
        }
        assert!(result.is_stable(), "seed {seed}: {}", result.model);
    }
}
