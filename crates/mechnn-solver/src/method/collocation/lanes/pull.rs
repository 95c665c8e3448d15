//! The transposed sweep over groups of batch elements, and the gradient of every input.

use super::element::{Node, advance, advance_transposed, condense, take_equations};
use super::element_rules::{ElementRules, GroupRules};
use super::elimination::{Elimination, Pivots};
use super::gradient::InputGradient;
use super::problem::{Group, LaneProblem};
use super::solve::of_highest;
use super::stage::{Stage, element, read_nodes};
use super::step_gradient::StepGradient;
use crate::lanes::{Real, Task, unroll};
use crate::method::collocation::derivative::ElementGradient;

/// Consecutive batch elements, from `first` on, group by group.
pub(super) struct Pull<'a, 'g, V, const D: usize, const M: usize, const K: usize, const N: usize> {
    pub(super) problem: &'a LaneProblem<'a>,
    pub(super) first: usize,
    /// `[count, stages, D, K]`: see [`super::solve::Solve`].
    pub(super) checkpoints: &'a [f64],
    /// The cotangent of the solution, `[count, N, D, K]`.
    pub(super) seeds: &'a [f64],
    /// Of all these elements; overwritten.
    pub(super) gradient: &'a mut ElementGradient<'g>,
    /// `[count]`
    pub(super) are_finite: &'a mut [bool],
    pub(super) stage: PullStage<V, D, K, N>,
}

/// The points of a stage with what the transposed sweep needs of them.
pub(super) struct PullStage<V, const D: usize, const K: usize, const N: usize> {
    points: Stage<V, D, K>,
    /// Of all points, the first included.
    cotangents: Vec<Node<V, D, K>>,
    /// `[intervals, clocks]`: gradients of steps.
    steps: Vec<V>,
    /// Of every element; one if all are the same.
    matrices: Vec<Elimination<V, N>>,
}

impl<V: Real, const D: usize, const K: usize, const N: usize> PullStage<V, D, K, N> {
    /// For `elements` collocation elements of `intervals` intervals.
    pub(super) fn new(intervals: usize, elements: usize) -> Self {
        let points = elements * intervals;
        let zero = V::splat(0.0);
        Self {
            points: Stage::new(intervals, elements),
            cotangents: vec![[[zero; K]; D]; points + 1],
            steps: vec![zero; points * D],
            matrices: vec![Elimination::empty(); elements],
        }
    }
}

impl<V: Real, const D: usize, const M: usize, const K: usize, const N: usize> Task for Pull<'_, '_, V, D, M, K, N> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let count = self.are_finite.len();
        let length = self.problem.points * D * K;
        let mut done = 0;
        while done < count {
            let group = Group { first: self.first + done, count: V::LANES.min(count - done) };
            let seeds = &self.seeds[done * length..][..group.count * length];
            let of_element = self.checkpoints.len() / count;
            let checkpoints = &self.checkpoints[done * of_element..][..group.count * of_element];
            let mut gradient = of_group(self.gradient, done, group.count, count);
            let rules = GroupRules::new(self.problem, &group);
            let poison = pull_group::<V, D, M, K, N>(
                self.problem,
                &group,
                checkpoints,
                seeds,
                &rules,
                &mut self.stage,
                &mut gradient,
            );
            for l in 0..group.count {
                self.are_finite[done + l] = poison.lane(l) == 0.0;
            }
            done += group.count;
        }
    }
}

/// The parts of `elements` consecutive elements of `all`, from `first` on.
#[inline(always)]
pub(super) fn of_group<'a>(
    gradient: &'a mut ElementGradient<'_>,
    first: usize,
    elements: usize,
    all: usize,
) -> ElementGradient<'a> {
    ElementGradient {
        coefficients: part(gradient.coefficients, first, elements, all),
        forcing: part(gradient.forcing, first, elements, all),
        initial: part(gradient.initial, first, elements, all),
        steps: part(gradient.steps, first, elements, all),
        jump: part(gradient.jump, first, elements, all),
        boundary: part(gradient.boundary, first, elements, all),
    }
}

#[inline(always)]
fn part(numbers: &mut [f64], first: usize, elements: usize, all: usize) -> &mut [f64] {
    let length = numbers.len() / all;
    &mut numbers[first * length..(first + elements) * length]
}

/// Returns a NaN in every lane whose gradient is not finite, else 0.
#[inline(always)]
fn pull_group<V: Real, const D: usize, const M: usize, const K: usize, const N: usize>(
    problem: &LaneProblem<'_>,
    group: &Group,
    checkpoints: &[f64],
    seeds: &[f64],
    rules: &GroupRules<'_>,
    stage: &mut PullStage<V, D, K, N>,
    gradient: &mut ElementGradient<'_>,
) -> V {
    let PullStage { points, cotangents, steps: of_steps, matrices } = stage;
    let (size, length) = (D * K, problem.points * D * K);
    // Pivots were judged in the sweep forward.
    let mut pivots = Pivots::none();
    let mut inputs = InputGradient::<V, D, K>::new(problem);
    let mut steps = StepGradient::<V, D>::new(rules.of_lane(0).clocks(), gradient.steps.len() / group.count);
    let mut rules = ElementRules::<V, D, M, K>::new(problem.lengths, rules);
    let has_one_matrix = rules.are_equal && !problem.coefficients.varies_in_time();
    let mut owed = [[V::splat(0.0); K]; D];
    let mut end = problem.points - 1;
    let mut has_matrix = false;
    while end > 0 {
        let stages = (end / M).div_ceil(points.elements);
        let start = (stages - 1) * points.elements * M;
        let elements = (end - start) / M;
        points.read_coefficients(problem, group, start + 1, elements * M);
        points.read_forcing(problem, group, start + 1, elements * M);
        read_nodes(seeds, &group.of_own::<V>(length, start * size), &mut cotangents[..=elements * M]);
        let offsets = group.of_own::<V>(checkpoints.len() / group.count, (stages - 1) * size);
        read_nodes(checkpoints, &offsets, &mut points.nodes[..1]);
        // The solution again, as the sweep forward computed it.
        for e in 0..elements {
            let at = e * M;
            rules.go_to(start / M + e);
            let of_dimensions = rules.of_dimensions();
            let coefficients = element::<_, M>(&points.coefficients, at);
            let forcing = element::<_, M>(&points.forcing, at);
            if !(has_matrix && has_one_matrix) {
                matrices[e] = condense(coefficients, of_dimensions, &mut pivots);
                has_matrix = true;
            }
            let matrix = &matrices[if has_one_matrix { 0 } else { e }];
            let nodes = advance(&points.nodes[at], coefficients, forcing, of_dimensions, matrix);
            unroll!(i < M, { points.nodes[at + i + 1] = nodes[i] });
        }
        for e in (0..elements).rev() {
            let at = e * M;
            rules.go_to(start / M + e);
            let of_dimensions = rules.of_dimensions();
            let coefficients = element::<_, M>(&points.coefficients, at);
            let matrix = &matrices[if has_one_matrix { 0 } else { e }];
            let mut of_nodes = *element::<_, M>(cotangents, at + 1);
            add(&mut of_nodes[M - 1], &owed);
            let multipliers = advance_transposed(&of_nodes, coefficients, of_dimensions, matrix);
            owed = multipliers.start;
            let nodes = element::<_, M>(&points.nodes, at + 1);
            steps.add_element(of_steps, at, &multipliers.rest, &points.nodes[at], nodes, of_dimensions);
            unroll!(i < M, {
                let mut of_point = [V::splat(0.0); D];
                unroll!(e < D, { of_point[e] = multipliers.equations[i * D + e] });
                let (coefficients, forcing) = (&mut points.coefficients[at + i], &mut points.forcing[at + i]);
                inputs.add_point(&of_point, &nodes[i], coefficients, forcing);
            });
        }
        inputs.write(group, points, start + 1, elements * M, gradient);
        steps.write(group, of_steps, start, elements * M, gradient.steps);
        end = start;
    }
    // The first point. Its node is the first checkpoint, its cotangent was read last.
    points.read_coefficients(problem, group, 0, 1);
    let mut cotangent = cotangents[0];
    add(&mut cotangent, &owed);
    let mut highest = [V::splat(0.0); D];
    unroll!(d < D, { highest[d] = cotangent[d][K - 1] });
    let of_point = of_highest(&points.coefficients[0], &mut pivots).solve_transposed(highest);
    take_equations(&mut cotangent, &points.coefficients[0], &of_point);
    inputs.add_point(&of_point, &points.nodes[0], &mut points.coefficients[0], &mut points.forcing[0]);
    inputs.write(group, points, 0, 1, gradient);
    inputs.write_sums(group, gradient);
    steps.write_sums(group, gradient.steps);
    let mut offsets = group.of_own::<V>(D * (K - 1), 0);
    unroll!(d < D, {
        V::scatter(&cotangent[d][..K - 1], gradient.initial, &offsets, group.count);
        for offset in &mut offsets {
            *offset += K - 1;
        }
    });
    inputs.poison + steps.poison + poison_of(&cotangent)
}

#[inline(always)]
fn add<V: Real, const D: usize, const K: usize>(node: &mut Node<V, D, K>, other: &Node<V, D, K>) {
    unroll!(d < D, {
        unroll!(k < K, { node[d][k] = node[d][k] + other[d][k] });
    });
}

/// A NaN where a number of the node is not finite.
#[inline(always)]
pub(super) fn poison_of<V: Real, const D: usize, const K: usize>(node: &Node<V, D, K>) -> V {
    let mut poison = V::splat(0.0);
    unroll!(d < D, {
        unroll!(k < K, { poison = node[d][k].mul_add(V::splat(0.0), poison) });
    });
    poison
}
