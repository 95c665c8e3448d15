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
    let mut groups: Vec<Group> = Vec::new();
    for root in 0..dims {
        let members: Vec<usize> = (0..dims).filter(|&d| label[d] == root).collect();
        if members.is_empty() {
            continue;
        }
        let equations = (0..equations).filter(|&e| members.iter().any(|&d| coupled[e * dims + d])).collect();
        groups.push(Group { dims: members, equations });
    }
    groups
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
