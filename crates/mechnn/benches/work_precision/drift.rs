//! Amplitude and phase of `u'' + u = 0` after a thousand periods.

use std::f64::consts::TAU;
use std::fs;
use std::path::Path;

use mechnn_solver::OdeSolver;
use mechnn_solver::method::Automatic;

use crate::chart::{Chart, Series};
use crate::method::{Method, pose};
use crate::problem::Problem;

const PERIODS: usize = 1000;

/// Intervals per period; 12 divides all of them.
const RESOLUTIONS: [usize; 4] = [12, 24, 48, 96];

pub(crate) fn measure(folder: Option<&Path>) {
    let problem = Problem {
        name: "drift",
        equation: "u'' + u = 0 over 1000 periods",
        order: 2,
        horizon: PERIODS as f64 * TAU,
        intervals: &[],
        coefficient: |_, k| [1.0, 0.0, 1.0][k],
        forcing: |_| 0.0,
        exact: |t, k| [t.cos(), -t.sin()][k],
    };
    let mut table = String::from("method,intervals per period,amplitude,phase (radians)\n");
    let mut series = Vec::new();
    for method in Method::all() {
        let Method::Solver { name, scheme, equations } = method else { continue };
        let mut points = Vec::new();
        for resolution in RESOLUTIONS {
            let posed = pose(&problem, PERIODS * resolution, scheme, equations);
            let Ok(solution) = Automatic.solve(&posed) else { continue };
            let last = PERIODS * resolution;
            let (u, slope) = (solution.values[[0, last, 0, 0]], solution.values[[0, last, 0, 1]]);
            let amplitude = u.hypot(slope);
            // The nearest turn: a phase error beyond half a period is shown as what it looks like.
            let phase = (-slope).atan2(u);
            println!("drift {name:<28} {resolution:>4} per period: amplitude {amplitude:.6}, phase {phase:+.2e}");
            table.push_str(&format!("\"{name}\",{resolution},{amplitude:.8},{phase:.4e}\n"));
            points.push((resolution as f64, ((amplitude - 1.0).abs() + phase.abs()).max(1e-15)));
        }
        series.push(Series { name: name.to_owned(), points, dashed: false });
    }
    if let Some(folder) = folder {
        let chart = Chart {
            title: "u'' + u = 0 after 1000 periods".to_owned(),
            x: "intervals per period".to_owned(),
            y: "error of amplitude + error of phase".to_owned(),
            series,
        };
        fs::write(folder.join("drift.svg"), chart.svg()).expect("the figure can be written");
        fs::write(folder.join("drift.csv"), table).expect("the table can be written");
    }
}
