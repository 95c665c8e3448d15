//! Dimensions that share no equation, found from the zeros of the coefficients.

use super::element_view::ElementView;

/// Dimensions coupled by equations, and those equations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) dims: Vec<usize>,
    pub(crate) equations: Vec<usize>,
}

/// Connected components of the graph that joins dimension d and equation e where `c[e, d, ..]` is not zero at some
/// point. Found per batch element, so that an element's result does not depend on its neighbours.
pub(crate) fn independent_groups(view: &ElementView<'_>) -> Vec<Group> {
    let (equations, dims, orders) = (view.sizes.equations, view.sizes.dims, view.sizes.orders);
    if dims == 1 {
        return vec![Group { dims: vec![0], equations: (0..equations).collect() }];
    }
    let mut coupled = vec![false; equations * dims];
    for (index, entry) in view.all_coefficients().chunks_exact(orders).enumerate() {
        if !coupled[index % (equations * dims)] && entry.iter().any(|&c| c != 0.0) {
            coupled[index % (equations * dims)] = true;
        }
    }
    let group = |members: Vec<usize>| {
        let equations = (0..equations).filter(|&e| members.iter().any(|&d| coupled[e * dims + d])).collect();
        Group { dims: members, equations }
    };
    components(&coupled, dims).into_iter().map(group).collect()
}

/// The dimensions of each connected component, from whether equation e has dimension d, `[E, D]`.
pub(crate) fn components(coupled: &[bool], dims: usize) -> Vec<Vec<usize>> {
    // Label of each dimension: the smallest dimension it is joined to. A few sweeps settle it; D is small.
    let mut label: Vec<usize> = (0..dims).collect();
    loop {
        let before = label.clone();
        for row in coupled.chunks_exact(dims) {
            let joined = (0..dims).filter(|&d| row[d]);
            if let Some(smallest) = joined.clone().map(|d| label[d]).min() {
                joined.for_each(|d| label[d] = smallest);
            }
        }
        if label == before {
            break;
        }
    }
    let members = |root: usize| (0..dims).filter(|&d| label[d] == root).collect::<Vec<_>>();
    (0..dims).map(members).filter(|members| !members.is_empty()).collect()
}

/// The slack joins all dimensions: with it they are eliminated as one group.
pub(crate) fn elimination_groups(view: &ElementView<'_>) -> Vec<Group> {
    match view.scheme.gamma_alpha() {
        Some(_) => {
            let (dims, equations) = ((0..view.sizes.dims).collect(), (0..view.sizes.equations).collect());
            vec![Group { dims, equations }]
        }
        None => independent_groups(view),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, Array5};

    use super::{Group, elimination_groups, independent_groups};
    use crate::method::block_banded::rows::ElementView;
    use crate::problem::{InitialValues, LinearOde, OdeProblem, Scheme, TimeGrid};

    #[test]
    fn dimensions_are_joined_by_their_equations_and_by_the_slack() {
        // Equation 0 joins dimensions 0 and 2, at one point only; equation 1 has dimension 1 alone.
        let mut coefficients = Array5::zeros((1, 4, 2, 3, 2));
        coefficients[[0, 0, 0, 0, 1]] = 1.0;
        coefficients[[0, 3, 0, 2, 0]] = 1.0;
        coefficients[[0, 1, 1, 1, 0]] = 1.0;
        let ode = LinearOde::new(coefficients, Array3::zeros((1, 1, 2)));
        let problem = OdeProblem::new(&ode, &TimeGrid::uniform(4, 0.1), &InitialValues::none()).expect("well formed");
        let group = |dims: &[usize], equations: &[usize]| Group { dims: dims.to_vec(), equations: equations.to_vec() };
        let expected = [group(&[0, 2], &[0]), group(&[1], &[1])];
        let view = ElementView::new(&problem, 0);
        assert_eq!(independent_groups(&view), expected);
        assert_eq!(elimination_groups(&view), expected);
        let with_slack = problem.with_scheme(Scheme::RelaxedLp { gamma_alpha: 0.0 }).expect("well formed");
        assert_eq!(elimination_groups(&ElementView::new(&with_slack, 0)), [group(&[0, 1, 2], &[0, 1])]);
    }
}
