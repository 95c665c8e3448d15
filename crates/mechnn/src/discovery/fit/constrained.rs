//! Dynamics with fewer parameters than their terms have coefficients.

use mechnn_solver::smoother::{Dynamics, Linearization, Linearizations, Points};

use super::affine_map::AffineMap;

/// Dynamics whose parameters are the free ones.
pub(crate) struct Constrained<'a> {
    inner: &'a dyn Dynamics,
    map: &'a AffineMap,
    /// Along each segment, where they differ.
    segments: Vec<Self>,
}

impl<'a> Constrained<'a> {
    /// The dynamics of `segments` segments.
    pub(crate) fn new(inner: &'a dyn Dynamics, map: &'a AffineMap, segments: usize) -> Self {
        let of_segment = |segment| inner.of_segment(segment).map(|inner| Self { inner, map, segments: Vec::new() });
        Self { inner, map, segments: (0..segments).map_while(of_segment).collect() }
    }
}

impl Dynamics for Constrained<'_> {
    fn dims(&self) -> usize {
        self.inner.dims()
    }

    fn parameters(&self) -> usize {
        self.map.free()
    }

    fn of_segment(&self, segment: usize) -> Option<&dyn Dynamics> {
        self.segments.get(segment).map(|segment| segment as &dyn Dynamics)
    }

    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        self.inner.rate(t, x, &self.map.coefficients(theta), rate);
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        let (dims, coefficients, free) = (self.dims(), self.inner.parameters(), self.map.free());
        let mut inner = Linearization::zeros(dims, coefficients);
        self.inner.linearize(t, x, &self.map.coefficients(theta), &mut inner);
        out.rate.copy_from_slice(&inner.rate);
        out.by_state.copy_from_slice(&inner.by_state);
        out.by_parameter.fill(0.0);
        for d in 0..dims {
            let own = &mut out.by_parameter[d * free..][..free];
            for (slope, (_, row)) in inner.by_parameter[d * coefficients..][..coefficients].iter().zip(self.map.rows())
            {
                row.iter().for_each(|&(k, weight)| own[k] += slope * weight);
            }
        }
    }

    fn rate_many(&self, points: Points<'_>, theta: &[f64], rates: &mut [f64], work: &mut Vec<f64>) {
        self.inner.rate_many(points, &self.map.coefficients(theta), rates, work);
    }

    fn linearize_many(&self, points: Points<'_>, theta: &[f64], out: Linearizations<'_>, work: &mut Vec<f64>) {
        let (n, dims, coefficients, free) = (points.count(), self.dims(), self.inner.parameters(), self.map.free());
        let Linearizations { rate, by_state, by_parameter } = out;
        let mut inner = vec![0.0; dims * coefficients * n];
        let of_inner = Linearizations { rate, by_state, by_parameter: &mut inner };
        self.inner.linearize_many(points, &self.map.coefficients(theta), of_inner, work);
        by_parameter.fill(0.0);
        for d in 0..dims {
            let slopes = inner[d * coefficients * n..].chunks_exact(n);
            for (slopes, (_, row)) in slopes.zip(self.map.rows()) {
                for &(k, weight) in row {
                    let own = by_parameter[(d * free + k) * n..][..n].iter_mut();
                    own.zip(slopes).for_each(|(sum, slope)| *sum += slope * weight);
                }
            }
        }
    }
}
