//! The Lorenz equations from data.
//!
//! 10 000 points of step 0.01 from (1, 1, 1), windows at every start, monomials up to degree 2, threshold 0.1.

mod comparison;

use std::collections::BTreeMap;

use mechnn::data::{Dataset, KnownSystem};
use mechnn::discovery::{DiscoveryOptions, Silent};
use mechnn::equation::{SimulationOptions, SparseModel, simulate};
use mechnn_neural::discovery::{Discretisation, NeuralDiscoveryOptions, discover};
use ndarray::s;
use serde::{Deserialize, Serialize};

use self::comparison::Comparison;
use super::figure::{Labels, Panel};
use super::{ExperimentError, Figure, Table, Watch, Watcher};

/// Settings of the Lorenz discovery.
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `seeds` | 0 to 4 | initial weights, order of windows, noise |
/// | `points` | 10 000 | points of the trajectory |
/// | `noise` | 0.01, 0.05, 0.1 | levels tried beside none, in standard deviations of each state; first seed only |
/// | `consistency_ablation` | true | one run without the consistency loss; first seed only |
/// | `discovery` | see [`NeuralDiscoveryOptions`] | |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lorenz {
    /// Initial weights, order of windows, noise.
    pub seeds: Vec<u64>,
    /// Points of the trajectory.
    pub points: usize,
    /// Levels of noise tried beside none.
    pub noise: Vec<f64>,
    /// Whether one run leaves the consistency loss out.
    pub consistency_ablation: bool,
    /// The search.
    pub discovery: NeuralDiscoveryOptions,
}

impl Default for Lorenz {
    fn default() -> Self {
        Self {
            seeds: (0..5).collect(),
            points: 10_000,
            noise: vec![0.01, 0.05, 0.1],
            consistency_ablation: true,
            discovery: NeuralDiscoveryOptions::default(),
        }
    }
}

impl Lorenz {
    /// Runs all searches.
    ///
    /// # Errors
    /// [`ExperimentError`].
    pub fn run(&self, watch: &mut dyn Watch) -> Result<Table, ExperimentError> {
        let Some(&first) = self.seeds.first() else {
            let (name, value, expected) = ("seeds", "empty".to_owned(), "at least one");
            return Err(ExperimentError::Setting { name, value, expected });
        };
        let mut table = Table::new("Lorenz equations by training and thresholding");
        let clean = KnownSystem::Lorenz.dataset(self.points)?;
        let (mut support, mut worst, mut epochs) = (vec![], vec![], vec![]);
        let mut by_term: BTreeMap<(usize, String), (f64, Vec<f64>)> = BTreeMap::new();
        let mut parameters = 0;
        let mut drawn = None;
        for &seed in &self.seeds {
            let mut watcher = Watcher::new(watch, format!("seed {seed}"));
            let found = discover(&clean, &self.discovery, seed, &mut watcher)?;
            if found.interrupted {
                return Err(ExperimentError::Stopped);
            }
            let comparison = Comparison::new(&found.model);
            support.push(f64::from(comparison.exact));
            worst.push(100.0 * comparison.worst);
            epochs.push((self.discovery.cycles * self.discovery.training.epochs) as f64);
            for (state, expression, truth, value) in comparison.terms {
                by_term.entry((state, expression)).or_insert((truth, vec![])).1.push(value);
            }
            parameters = found.parameters;
            drawn = drawn.or(Some(found.model));
        }
        table.row("exact seven-term support (1 = yes)", "5 of 5", support);
        table.row("largest relative error of a coefficient, %", "8 (S-MNN); below 1", worst);
        table.row("epochs in all", "4000 (paper)", epochs);
        let peers: BTreeMap<(usize, &str), &str> = [
            ((0, "x"), "-9.9899"),
            ((0, "y"), "9.9901"),
            ((1, "x"), "27.7080"),
            ((1, "y"), "-.9217"),
            ((1, "x*z"), "-.9923"),
            ((2, "z"), "-2.6642"),
            ((2, "x*y"), ".9993"),
        ]
        .into();
        for ((state, expression), (truth, values)) in by_term {
            let name = KnownSystem::Lorenz.states()[state];
            let peer = peers.get(&(state, expression.as_str())).copied().unwrap_or("0");
            table.row(format!("{name}': {expression}, true {truth:.4}"), format!("{peer} (S-MNN)"), values);
        }
        let direct = mechnn::discovery::discover(&clean, &DiscoveryOptions::default(), &mut Silent)?;
        table.row("direct method: largest error, %", "", vec![100.0 * Comparison::new(&direct.model).worst]);

        for &level in &self.noise {
            let noisy = clean.with_noise(level, first)?;
            let percent = 100.0 * level;
            let mut watcher = Watcher::new(watch, format!("seed {first}, noise {percent} %"));
            let found = discover(&noisy, &self.discovery, first, &mut watcher)?;
            if found.interrupted {
                return Err(ExperimentError::Stopped);
            }
            let ours = Comparison::new(&found.model);
            let direct = mechnn::discovery::discover(&noisy, &DiscoveryOptions::default(), &mut Silent)?;
            let direct = Comparison::new(&direct.model);
            for (method, comparison) in [("neural", ours), ("direct", direct)] {
                let text = format!("noise {percent} %, {method}:");
                table.row(format!("{text} terms (7 is right)"), "", vec![comparison.count as f64]);
                table.row(format!("{text} true terms found"), "", vec![comparison.found as f64]);
                table.row(
                    format!("{text} largest error of a true coefficient, %"),
                    "",
                    vec![100.0 * comparison.worst],
                );
            }
        }
        if self.consistency_ablation {
            let mut options = self.discovery.clone();
            options.training.weights.insert("consistency".to_owned(), 0.0);
            let mut watcher = Watcher::new(watch, format!("seed {first}, no consistency loss"));
            let found = discover(&clean, &options, first, &mut watcher)?;
            let comparison = Comparison::new(&found.model);
            table.row("without consistency loss (ablation): terms", "", vec![comparison.count as f64]);
            table.row("the same: largest error, %", "", vec![100.0 * comparison.worst]);
        }
        let discretisation = Discretisation::Differences;
        let options = NeuralDiscoveryOptions { discretisation, ..self.discovery.clone() };
        for (text, level) in std::iter::once((String::new(), 0.0))
            .chain(self.noise.iter().map(|&level| (format!("noise {} %, ", 100.0 * level), level)))
        {
            let data = if level > 0.0 { clean.with_noise(level, first)? } else { clean.clone() };
            let mut watcher = Watcher::new(watch, format!("seed {first}, {text}without the block"));
            let found = discover(&data, &options, first, &mut watcher)?;
            if found.interrupted {
                return Err(ExperimentError::Stopped);
            }
            let comparison = Comparison::new(&found.model);
            let text = format!("{text}same networks without the block, on differences:");
            table.row(format!("{text} terms (7 is right)"), "", vec![comparison.count as f64]);
            table.row(format!("{text} true terms found"), "", vec![comparison.found as f64]);
            table.row(format!("{text} largest error of a true coefficient, %"), "", vec![100.0 * comparison.worst]);
        }
        if let Some(model) = drawn {
            table.figures.push(figure(&clean, &model)?);
        }
        let o = &self.discovery;
        table.note(format!(
            "Networks of hidden width {} (paper: 1024), {parameters} parameters, windows of {} points, batch {}; {} \
             cycles of {} epochs.",
            o.width, o.window, o.training.batch, o.cycles, o.training.epochs
        ));
        Ok(table)
    }
}

/// Time units drawn: two solutions of these equations that differ by a ten-thousandth part after about ten.
const DRAWN: f64 = 20.0;

/// The beginning of the data, and the found equations from their first point.
fn figure(data: &Dataset, model: &SparseModel) -> Result<Figure, ExperimentError> {
    let trajectory = &data.trajectories[0];
    let count = trajectory.times.iter().filter(|&&t| t <= DRAWN).count();
    let times = trajectory.times[..count].to_vec();
    let points = trajectory.values.slice(s![..count, ..]).to_owned();
    let start = points.row(0).to_vec();
    let rollout = simulate(model, &start, &times, &SimulationOptions::for_data(points.view()))?;
    let line_times = times[..rollout.reached].to_vec();
    let panel = Panel { name: String::new(), times, points, line_times, line: rollout.values };
    let title = "Lorenz, clean data, first seed";
    let labels = Labels { title, line: "found equations", horizontal: "t", states: &["x", "y", "z"] };
    Figure::new("lorenz", &labels, &[panel])
}
