//! The sweep forward over groups of batch elements.

use super::element::{Equations, Node, advance, condense, without_highest};
use super::element_rules::{ElementRules, GroupRules};
use super::elimination::{Elimination, Pivots};
use super::monitor::Monitor;
use super::problem::{Group, LaneProblem};
use super::stage::{Stage, element, write_nodes};
use crate::lanes::{Real, Task, unroll};
use crate::method::collocation::evidence::Evidence;

/// Consecutive batch elements, from `first` on, group by group.
pub(super) struct Solve<'a, V, const D: usize, const M: usize, const K: usize, const N: usize> {
    pub(super) problem: &'a LaneProblem<'a>,
    pub(super) first: usize,
    /// `[count, N, D, K]`
    pub(super) values: &'a mut [f64],
    /// `[count, stages, D, K]`: the states at the start of every stage; empty if they are not wanted.
    pub(super) checkpoints: &'a mut [f64],
    /// `[count]`: nothing where the lanes are not trusted.
    pub(super) evidence: &'a mut [Option<Evidence>],
    pub(super) stage: Stage<V, D, K>,
}

impl<V: Real, const D: usize, const M: usize, const K: usize, const N: usize> Task for Solve<'_, V, D, M, K, N> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let length = self.problem.points * D * K;
        let mut done = 0;
        while done < self.evidence.len() {
            let group = Group { first: self.first + done, count: V::LANES.min(self.evidence.len() - done) };
            let values = &mut self.values[done * length..][..group.count * length];
            let rules = GroupRules::new(self.problem, &group);
            let of_element = self.checkpoints.len() / self.evidence.len();
            let checkpoints = &mut self.checkpoints[done * of_element..][..group.count * of_element];
            let monitor =
                solve_group::<V, D, M, K, N>(self.problem, &group, &rules, &mut self.stage, values, checkpoints);
            for l in 0..group.count {
                self.evidence[done + l] = monitor.evidence(l, rules.of_lane(l).amplification);
            }
            done += group.count;
        }
    }
}

#[inline(always)]
fn solve_group<V: Real, const D: usize, const M: usize, const K: usize, const N: usize>(
    problem: &LaneProblem<'_>,
    group: &Group,
    rules: &GroupRules<'_>,
    stage: &mut Stage<V, D, K>,
    values: &mut [f64],
    checkpoints: &mut [f64],
) -> Monitor<V, D, K> {
    let length = problem.points * D * K;
    let mut monitor = Monitor::new();
    let mut node = first_node(problem, group, stage, &mut monitor);
    write_nodes(&[node], values, &group.of_own::<V>(length, 0), group.count);
    let mut rules = ElementRules::<V, D, M, K>::new(problem.lengths, rules);
    let has_one_matrix = rules.are_equal && !problem.coefficients.varies_in_time();
    let mut matrix = Elimination::<V, N>::empty();
    let intervals = problem.points - 1;
    let mut start = 0;
    while start < intervals {
        if monitor.has_lost_all() {
            // All are solved on the other path: as where equations stand in another order than their dimensions.
            break;
        }
        let elements = stage.elements.min((intervals - start) / M);
        stage.read_coefficients(problem, group, start + 1, elements * M);
        stage.read_forcing(problem, group, start + 1, elements * M);
        if !checkpoints.is_empty() {
            let place = start / (M * stage.elements) * D * K;
            let offsets = group.of_own::<V>(checkpoints.len() / group.count, place);
            write_nodes(&[node], checkpoints, &offsets, group.count);
        }
        for e in 0..elements {
            let at = e * M;
            let is_first = start + at == 0;
            rules.go_to(start / M + e);
            let of_dimensions = rules.of_dimensions();
            let coefficients = element::<_, M>(&stage.coefficients, at);
            let forcing = element::<_, M>(&stage.forcing, at);
            if is_first || !has_one_matrix {
                matrix = condense(coefficients, of_dimensions, &mut monitor.pivots);
            }
            let nodes = advance(&node, coefficients, forcing, of_dimensions, &matrix);
            unroll!(i < M, { monitor.equations(&coefficients[i], &forcing[i], &nodes[i]) });
            monitor.splines(&node, &nodes, of_dimensions);
            unroll!(i < M, { stage.nodes[at + i + 1] = nodes[i] });
            node = nodes[M - 1];
        }
        let offsets = group.of_own::<V>(length, (start + 1) * D * K);
        write_nodes(&stage.nodes[1..=elements * M], values, &offsets, group.count);
        start += elements * M;
    }
    monitor
}

/// The first point: lower derivatives are given, the highest follow from its equations.
#[inline(always)]
fn first_node<V: Real, const D: usize, const K: usize>(
    problem: &LaneProblem<'_>,
    group: &Group,
    stage: &mut Stage<V, D, K>,
    monitor: &mut Monitor<V, D, K>,
) -> Node<V, D, K> {
    stage.read_coefficients(problem, group, 0, 1);
    stage.read_forcing(problem, group, 0, 1);
    let (equations, forcing) = (&stage.coefficients[0], &stage.forcing[0]);
    let mut node = [[V::splat(0.0); K]; D];
    let mut offsets = group.of_input::<V>(&problem.initial, 0);
    unroll!(d < D, {
        V::interleave(problem.initial.numbers, &offsets, &mut node[d][..K - 1]);
        for offset in &mut offsets {
            *offset += K - 1;
        }
    });
    let matrix = of_highest(equations, &mut monitor.pivots);
    let highest = matrix.solve(without_highest(equations, &node, forcing));
    unroll!(d < D, { node[d][K - 1] = highest[d] });
    monitor.equations(equations, forcing, &node);
    node
}

/// The coefficients of the highest derivatives of the first point, factored.
#[inline(always)]
pub(super) fn of_highest<V: Real, const D: usize, const K: usize>(
    equations: &Equations<V, D, K>,
    pivots: &mut Pivots<V>,
) -> Elimination<V, D> {
    let mut matrix = [[V::splat(0.0); D]; D];
    unroll!(e < D, {
        unroll!(d < D, { matrix[e][d] = equations[e][d][K - 1] });
    });
    Elimination::new(matrix, pivots)
}
