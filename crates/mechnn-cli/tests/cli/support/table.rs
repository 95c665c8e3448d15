//! Measurements to discover something in: Lotka and Volterra's equations, with noise, as the text of a table.

/// Rows `[t, x, y]` of x' = x - x y, y' = x y - y at `points` times, with one percent of noise.
///
/// Enough for the equations to be found without doubt, and few enough to be found in milliseconds.
pub(crate) fn lotka_volterra(points: usize) -> Vec<[f64; 3]> {
    let (mut x, mut y) = (1.5, 0.6);
    let mut noise = Noise(1);
    let mut rows = Vec::with_capacity(points);
    for point in 0..points {
        let t = point as f64 * STEP;
        rows.push([t, x * (1.0 + 0.01 * noise.draw()), y * (1.0 + 0.01 * noise.draw())]);
        for _ in 0..SUBSTEPS {
            let h = STEP / SUBSTEPS as f64;
            let rate = |x: f64, y: f64| (x - x * y, x * y - y);
            let (a, b) = rate(x, y);
            let (a, b) = rate(x + 0.5 * h * a, y + 0.5 * h * b);
            (x, y) = (x + h * a, y + h * b);
        }
    }
    rows
}

const STEP: f64 = 0.1;

/// Of the midpoint rule: its error is far below the noise.
const SUBSTEPS: usize = 50;

/// Roughly normal numbers from a linear congruential generator: no test needs better ones.
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Mean 0, variance 1: the sum of twelve uniform numbers, less its mean.
    pub(crate) fn draw(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// A table as CSV; NaN becomes an empty cell, an empty header is left out.
pub(crate) fn csv<const N: usize>(header: &str, rows: &[[f64; N]]) -> String {
    let mut text = if header.is_empty() { String::new() } else { format!("{header}\n") };
    for row in rows {
        let cells = row.map(|value| if value.is_nan() { String::new() } else { format!("{value:?}") });
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

/// [`lotka_volterra`] with every row changed, under the header `t,x,y`.
pub(crate) fn changed(points: usize, change: impl Fn(usize, [f64; 3]) -> [f64; 3]) -> String {
    let rows = lotka_volterra(points).into_iter().enumerate();
    csv("t,x,y", &rows.map(|(index, row)| change(index, row)).collect::<Vec<_>>())
}
