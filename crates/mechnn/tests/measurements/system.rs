//! Systems with constants drawn anew, and tables as instruments make them.

use mechnn::data::{Dataset, Trajectory};
use mechnn::equation::{SimulationOptions, SparseModel, simulate};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// A system, and where and how long it is watched.
pub(crate) struct System {
    pub(crate) name: &'static str,
    pub(crate) truth: SparseModel,
    start: Vec<f64>,
    pub(crate) span: f64,
    pub(crate) random: ChaCha8Rng,
}

/// Polynomials of degree 2.
pub(crate) const POLYNOMIAL: [&str; 5] = ["logistic", "approach", "oscillator", "hunt", "epidemic"];

/// A substrate that is used up: it ends at zero.
pub(crate) const USED_UP: [&str; 3] = ["batch culture", "enzyme", "decay"];

impl System {
    /// The system of this name with constants that the seed draws.
    pub(crate) fn new(name: &'static str, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut between = |low: f64, high: f64| low + (high - low) * random.random::<f64>();
        let (equations, start, span): (Vec<(&str, String)>, Vec<f64>, f64) = match name {
            "logistic" => {
                let (r, k) = (between(0.3, 2.0), between(0.5, 20.0));
                (vec![("x", format!("{r}*x - {}*x**2", r / k))], vec![k * between(0.03, 0.2)], 8.0 / r)
            }
            "approach" => {
                let (a, b) = (between(0.5, 5.0), between(0.3, 2.0));
                (vec![("x", format!("{a} - {b}*x"))], vec![a / b * between(1.5, 4.0)], 5.0 / b)
            }
            "oscillator" => {
                let (w, c) = (between(0.5, 4.0), between(0.1, 0.4));
                (
                    vec![("x", "y".to_owned()), ("y", format!("-{w}*x - {c}*y"))],
                    vec![between(1.0, 3.0), 0.0],
                    15.0 / w.sqrt(),
                )
            }
            "hunt" => {
                let [a, b, c, d] = [(); 4].map(|()| between(0.6, 1.6));
                let equations = vec![("x", format!("{a}*x - {b}*x*y")), ("y", format!("{c}*x*y - {d}*y"))];
                (equations, vec![between(0.5, 1.5), between(0.5, 1.5)], 12.0)
            }
            "epidemic" => {
                let (b, g) = (between(1.2, 2.5), between(0.2, 0.6));
                (vec![("s", format!("-{b}*s*i")), ("i", format!("{b}*s*i - {g}*i"))], vec![1.0, 0.02], 12.0)
            }
            "batch culture" => {
                let (m, k, y) = (between(0.5, 1.2), between(0.2, 0.8), between(1.0, 3.0));
                let equations = vec![("x", format!("{m}*x*s/({k} + s)")), ("s", format!("-{}*x*s/({k} + s)", m * y))];
                (equations, vec![0.1, between(2.0, 4.0)], 9.0)
            }
            "enzyme" => {
                let (v, k) = (between(0.5, 2.0), between(0.2, 0.8));
                let start = between(2.0, 5.0);
                (vec![("s", format!("-{v}*s/({k} + s)"))], vec![start], 1.8 * start / v)
            }
            "decay" => {
                let k = between(0.3, 2.0);
                (vec![("s", format!("-{k}*s"))], vec![between(1.0, 10.0)], 6.0 / k)
            }
            _ => panic!("no system {name}"),
        };
        let equations: Vec<(&str, &str)> = equations.iter().map(|(state, text)| (*state, text.as_str())).collect();
        let truth = SparseModel::from_text("t", &equations).unwrap();
        Self { name, truth, start, span, random }
    }

    pub(crate) fn uniform(&mut self) -> f64 {
        self.random.random()
    }

    pub(crate) fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.random)
    }

    /// So many rows at even times.
    pub(crate) fn even(&self, rows: usize) -> Vec<f64> {
        (0..rows).map(|i| self.span * i as f64 / (rows - 1) as f64).collect()
    }

    /// The states at these times.
    pub(crate) fn clean(&self, times: &[f64]) -> Array2<f64> {
        let scale = SimulationOptions::new(self.start.iter().map(|x| x.abs().max(0.1)).collect());
        // From time 0, whenever the first row is.
        let all: Vec<f64> = if times[0] > 0.0 { [&[0.0], times].concat() } else { times.to_vec() };
        let values = simulate(&self.truth, &self.start, &all, &scale).unwrap().values;
        values.slice_move(ndarray::s![all.len() - times.len().., ..])
    }

    /// The states with noise `a = additive` standard deviations of the state, and `b = proportional` of the value.
    pub(crate) fn noisy(&mut self, times: &[f64], additive: f64, proportional: f64) -> Array2<f64> {
        let mut values = self.clean(times);
        let deviations = deviations(&values);
        for ((_, d), value) in values.indexed_iter_mut() {
            let (first, second): (f64, f64) =
                (StandardNormal.sample(&mut self.random), StandardNormal.sample(&mut self.random));
            *value += additive * deviations[d] * first + proportional * *value * second;
        }
        values
    }

    /// Whether the equations predict what the true ones do from a start of `part` of the first: R2 above 0.9 for every
    /// state that varies.
    pub(crate) fn predicts_another_start(&self, model: &SparseModel, part: f64) -> bool {
        let start: Vec<f64> = self.start.iter().map(|x| part * x).collect();
        let scale = SimulationOptions::new(self.start.iter().map(|x| x.abs().max(0.1)).collect());
        let times = self.even(200);
        let simulated =
            |model: &SparseModel| simulate(model, &start, &times, &scale).ok().map(|rollout| rollout.values);
        let (Some(truth), Some(found)) = (simulated(&self.truth), simulated(model)) else { return false };
        if found.nrows() < truth.nrows() {
            return false;
        }
        truth.columns().into_iter().zip(found.columns()).all(|(truth, found)| {
            let missed: f64 = truth.iter().zip(found).map(|(a, b)| (a - b).powi(2)).sum();
            let varied = truth.std(0.0).powi(2) * truth.len() as f64;
            missed < 0.1 * varied
        })
    }

    pub(crate) fn data(&self, times: &[f64], values: Array2<f64>) -> Dataset {
        let trajectory = Trajectory::new("data", times.to_vec(), values).unwrap();
        Dataset::new("t", self.truth.states.clone(), vec![trajectory]).unwrap()
    }
}

pub(crate) fn deviations(values: &Array2<f64>) -> Vec<f64> {
    values.columns().into_iter().map(|column| column.std(0.0)).collect()
}

/// The terms of a model, each with its state.
pub(crate) fn terms(model: &SparseModel) -> Vec<(usize, String)> {
    let names = model.variables();
    // Inner constants differ from fit to fit.
    let form = |text: String| text.chars().filter(|c| !c.is_ascii_digit() && *c != '.').collect::<String>();
    let own = |(d, fitted): (usize, &mechnn::equation::FittedTerm)| match fitted.term.constants().is_empty() {
        true => (d, fitted.term.python(&names)),
        false => (d, form(fitted.term.python(&names))),
    };
    model.terms().map(own).collect()
}
