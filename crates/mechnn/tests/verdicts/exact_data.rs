//! Data that are computed and not measured.

use crate::made_data::{Draw, found, simulated, terms, times};

#[test]
fn exact_data_are_said_to_be_exact_and_have_no_term_too_many() {
    let (mut exact, mut right, cases) = (0, 0, 8);
    let mut said = Vec::new();
    for seed in 0..cases {
        let mut draw = Draw::new(6, seed);
        let [a, b, c] = [0; 3].map(|_| draw.size(0.3, 1.5));
        let equations = match seed % 4 {
            0 => [("x", format!("{a}*x - {b}*x*y")), ("y", format!("{c}*x*y - 0.8*y"))],
            1 => [("x", "y".to_owned()), ("y", format!("-{a}*x - 0.1*y - {b}*x**3"))],
            2 => [("x", format!("{a} - {b}*x - 0.5*x*y")), ("y", format!("0.5*x*y - {c}*y"))],
            _ => [("x", "y".to_owned()), ("y", format!("{a}*y - {b}*x**2*y - x"))],
        };
        let texts = [0, 1].map(|d| (equations[d].0, equations[d].1.as_str()));
        let start = [draw.between(0.5, 1.5), draw.between(0.5, 1.5)];
        let data = simulated(&texts, &start, &times(150, 15.0));
        let result = found(&data, "poly:3");
        exact += usize::from(result.evidence.states.iter().all(|own| own.is_exact));
        let truth = simulated_terms(&texts);
        let own = [terms(&result, 0), terms(&result, 1)];
        right += usize::from(own == truth);
        if own != truth {
            said.push(result.model.to_string());
        }
        assert!(!result.conclusion().contains("not independent noise"), "seed {seed}: {}", result.conclusion());
    }
    assert!(exact == cases as usize && right as u64 >= cases - 1, "{exact} exact, {right} right of {cases}: {said:?}");
}

fn simulated_terms(equations: &[(&str, &str); 2]) -> [Vec<String>; 2] {
    let model = mechnn::equation::SparseModel::from_text("t", equations).expect("equations");
    let variables = model.variables();
    let of = |d: usize| {
        let mut terms: Vec<_> = model.equations[d].terms.iter().map(|own| own.term.clone()).collect();
        // In the order of a library: graded, then by exponents.
        terms.sort_by_key(|term| match term {
            mechnn::equation::Term::Monomial(exponents) => (term.degree(), std::cmp::Reverse(exponents.clone())),
            _ => (usize::MAX, std::cmp::Reverse(Vec::new())),
        });
        terms.iter().map(|term| term.python(&variables)).collect()
    };
    [of(0), of(1)]
}
