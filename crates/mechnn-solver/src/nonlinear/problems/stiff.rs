//! Stiff problems, most of them from the test set of Hairer & Wanner, *Solving Ordinary Differential Equations II*,
//! section IV.10, and Mazzia & Magherini, *Test Set for Initial Value Problem Solvers*, whose reference values these
//! are.

use super::dual::Real;
use super::equations::{Equations, equations};
use super::standard_problem::{Reference, StandardProblem, problem, uniform};

equations!(VanDerPol, 2, 1, |_t, x, p| [x[1], p[0] * (S::from(1.0) - x[0] * x[0]) * x[1] - x[0]]);
// In slow time: θ is 1/μ².
equations!(VanDerPolSlow, 2, 1, |_t, x, p| [x[1], ((S::from(1.0) - x[0] * x[0]) * x[1] - x[0]) / p[0]]);
equations!(ProtheroRobinson, 1, 1, |t, x, p| [-p[0] * (x[0] - S::from(t.cos())) - S::from(t.sin())]);
equations!(Robertson, 3, 3, |_t, x, p| {
    let (slow, fast, back) = (p[0] * x[0], p[1] * x[1] * x[1], p[2] * x[1] * x[2]);
    [back - slow, slow - back - fast, fast]
});
equations!(Hires, 8, 2, |_t, x, p| {
    let c = S::from;
    let bound = p[0] * x[5] * x[7];
    [
        c(-1.71) * x[0] + c(0.43) * x[1] + c(8.32) * x[2] + p[1],
        c(1.71) * x[0] - c(8.75) * x[1],
        c(-10.03) * x[2] + c(0.43) * x[3] + c(0.035) * x[4],
        c(8.32) * x[1] + c(1.71) * x[2] - c(1.12) * x[3],
        c(-1.745) * x[4] + c(0.43) * x[5] + c(0.43) * x[6],
        -bound + c(0.69) * x[3] + c(1.71) * x[4] - c(0.43) * x[5] + c(0.69) * x[6],
        bound - c(1.81) * x[6],
        c(1.81) * x[6] - bound,
    ]
});
equations!(Oregonator, 3, 3, |_t, x, p| {
    let one = S::from(1.0);
    [p[0] * (x[1] + x[0] * (one - p[1] * x[0] - x[1])), (x[2] - (one + x[0]) * x[1]) / p[0], p[2] * (x[0] - x[2])]
});
equations!(E5, 4, 4, |_t, x, p| {
    // p = (A, B, C, M)
    let (first, second) = (p[0] * x[0], p[1] * x[0] * x[2]);
    let (third, fourth) = (p[3] * p[2] * x[1] * x[2], p[2] * x[3]);
    [-first - second, first - third, first - second - third + fourth, second - fourth]
});

pub(super) fn problems() -> Vec<StandardProblem> {
    let powers =
        |from: i32, to: i32| -> Vec<f64> { std::iter::once(0.0).chain((from..=to).map(|k| 10f64.powi(k))).collect() };
    let robertson = |times| {
        let published = vec![0.208_334_014_970_125_5e-7, 0.833_336_077_033_471_3e-13, 0.999_999_979_166_505];
        problem::<Robertson>(
            "Robertson to 1e11",
            &[0.04, 3e7, 1e4],
            &[1.0, 0.0, 0.0],
            times,
            Reference::Last(published),
        )
        .with_absolute(&[1e-7, 1e-12, 1e-2])
    };
    let mut hires_start = [0.0; 8];
    (hires_start[0], hires_start[7]) = (1.0, 0.0057);
    let hires = vec![
        0.737_131_257_332_566_8e-3,
        0.144_248_572_631_618_5e-3,
        0.588_872_974_096_757_5e-4,
        0.117_565_134_328_314_9e-2,
        0.238_635_619_883_133_1e-2,
        0.623_896_825_274_279_6e-2,
        0.284_999_839_518_576_9e-2,
        0.285_000_160_481_423_1e-2,
    ];
    let oregonator = vec![0.100_081_487_031_852_3e1, 0.122_817_852_154_991_7e4, 0.132_055_494_284_670_6e3];
    let van_der_pol = vec![0.170_616_773_217_048_3e1, -0.892_809_701_024_797_5];
    vec![
        problem::<VanDerPol>("van der Pol, mu = 1", &[1.0], &[2.0, 0.0], uniform(20.0, 20), Reference::Integrate),
        problem::<VanDerPol>("van der Pol, mu = 5", &[5.0], &[2.0, 0.0], uniform(20.0, 20), Reference::Integrate),
        problem::<VanDerPolSlow>(
            "van der Pol, mu = 1000",
            &[1e-6],
            &[2.0, 0.0],
            uniform(2.0, 4),
            Reference::Last(van_der_pol),
        ),
        problem::<ProtheroRobinson>(
            "Prothero-Robinson 1e6",
            &[1e6],
            &[1.0],
            uniform(10.0, 10),
            Reference::Exact(|t| vec![t.cos()]),
        ),
        robertson(powers(-1, 11)),
        problem::<Hires>("HIRES", &[280.0, 0.0007], &hires_start, uniform(321.8122, 4), Reference::Last(hires)),
        problem::<Oregonator>(
            "Oregonator",
            &[77.27, 8.375e-6, 0.161],
            &[1.0, 2.0, 3.0],
            uniform(360.0, 12),
            Reference::Last(oregonator),
        ),
        problem::<E5>(
            "E5 to 1e5",
            &[7.89e-10, 1.1e7, 1.13e3, 1e6],
            &[1.76e-3, 0.0, 0.0, 0.0],
            powers(-3, 5),
            Reference::Integrate,
        )
        .with_absolute(&[1e-4, 1e-10, 1e-10, 1e-10]),
    ]
}
