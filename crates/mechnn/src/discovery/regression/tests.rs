use mechnn_solver::smoother::Profile;

use super::quadratic::{Quadratic, Subset};

/// `Gram = AᵀA`, `right = Aᵀy`, `base = yᵀy` for a fixed regression of 12 rows and 5 columns.
fn regression() -> Quadratic {
    let row = |i: usize| -> [f64; 5] { std::array::from_fn(|j| ((i * (j + 2)) as f64 * 0.7 + j as f64).sin()) };
    let y = |i: usize| 2.0 * row(i)[1] - 0.5 * row(i)[3] + 0.01 * (i as f64 * 1.3).cos();
    let mut quadratic = Quadratic { gram: vec![0.0; 25], right: vec![0.0; 5], base: 0.0 };
    for i in 0..12 {
        quadratic.base += y(i) * y(i);
        for j in 0..5 {
            quadratic.right[j] += row(i)[j] * y(i);
            (0..5).for_each(|k| quadratic.gram[j * 5 + k] += row(i)[j] * row(i)[k]);
        }
    }
    quadratic
}

fn value(quadratic: &Quadratic, subset: &Subset) -> f64 {
    let mut value = quadratic.base;
    for (&i, a) in subset.members.iter().zip(&subset.theta) {
        value -= 2.0 * a * quadratic.right[i];
        value +=
            subset.members.iter().zip(&subset.theta).map(|(&j, b)| a * b * quadratic.gram[i * 5 + j]).sum::<f64>();
    }
    value
}

/// Deviance of 12 observations and 4 for each member.
fn score(objective: f64, members: &[usize]) -> f64 {
    12.0 * (objective / 12.0 + 1e-12).ln() + 4.0 * members.len() as f64
}

#[test]
fn the_best_of_all_subsets_is_found() {
    let quadratic = regression();
    let all = (0..32usize).map(|bits| quadratic.at(&(0..5).filter(|j| bits >> j & 1 == 1).collect::<Vec<_>>()));
    let by_hand = all.map(|subset| (score(value(&quadratic, &subset), &subset.members), subset.members));
    let (lowest, members) = by_hand.min_by(|a, b| a.0.total_cmp(&b.0)).expect("32 subsets");
    assert_eq!(members, [1, 3]);
    let found = quadratic.best_subsets(score, 5, 4, 3, 1);
    assert_eq!(found[0].members, members);
    assert!((found[0].score - lowest).abs() < 1e-6 && (found[0].theta[0] - 2.0).abs() < 0.02, "{found:?}");
    // One of every size comes in any case.
    (1..=5).for_each(|size| assert!(found.iter().any(|subset| subset.members.len() == size)));
}

#[test]
fn neighbours_and_elimination_reach_it_from_elsewhere() {
    let quadratic = regression();
    let near = quadratic.neighbours(&[0, 1, 4], score, 2, 5, 5);
    assert_eq!(near[0].members, [1, 3]);
    assert_eq!(quadratic.eliminated(&[0, 1, 2, 3, 4], score).members, [1, 3]);
}

#[test]
fn a_profile_is_the_quadratic_around_its_point() {
    // J = base - 2 rᵀθ + θᵀGθ at θ0 has half gradient Gθ0 - r.
    let quadratic = regression();
    let theta = [0.3, -0.2, 0.5, 1.0, 0.1];
    let members: Vec<usize> = (0..5).collect();
    let point = Subset { members, theta: theta.to_vec(), score: 0.0 };
    let curved = |i: usize| (0..5).map(|j| quadratic.gram[i * 5 + j] * theta[j]).sum::<f64>();
    let gradient: Vec<f64> = (0..5).map(|i| curved(i) - quadratic.right[i]).collect();
    let profile = Profile { information: quadratic.gram.clone(), gradient };
    let objective = value(&quadratic, &point);
    let same = Quadratic::about(&theta, profile.clone(), 5, 5..5, objective);
    assert!((same.base - quadratic.base).abs() < 1e-10);
    same.right.iter().zip(&quadratic.right).for_each(|(a, b)| assert!((a - b).abs() < 1e-10));
    // With the last unknown always at its best, the others see what is left.
    let reduced = Quadratic::about(&theta, profile, 4, 4..5, objective);
    let (pair, triple) = (reduced.at(&[1, 3]), quadratic.at(&[1, 3, 4]));
    assert!((pair.theta[0] - triple.theta[0]).abs() < 1e-9 && (pair.theta[1] - triple.theta[1]).abs() < 1e-9);
}
