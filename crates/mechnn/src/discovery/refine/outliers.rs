//! Outliers once more, judged by what the equations leave of the data.

use mechnn_solver::smoother::{RelativeNoise, Segment};

use crate::discovery::fit::Fit;
use crate::discovery::prepare::noise::{ProportionalPart, StatesAre, set_relative_noise};
use crate::discovery::prepare::{PreparedData, SeriesOf, SeriesOutliers, SetAside};
use crate::discovery::structure::Problem;

/// Setting aside the farthest shows others that it had hidden; after so many passes the rest stays.
const PASSES: usize = 30;

/// The data with other observations set aside, if the fitted equations judge otherwise than the smoothed states did.
///
/// Smoothness alone takes the peak of a fast system for an outlier, and does not see a bad row where rows are few.
/// Against equations both show. Residuals that are off for a while are the equations' fault, and single ones the
/// instrument's: so an outlier must be far from zero and from the residuals beside it, too.
pub(crate) fn judged_by_equations(problem: &Problem<'_>, fit: &Fit) -> Option<PreparedData> {
    let data = problem.data;
    // What was set aside is judged like the rest.
    let mut whole = data.clone();
    whole.restore_outliers();
    // Under every model of the noise, since which of them it is has yet to be decided by what stays.
    let of_model = |part: ProportionalPart| {
        let mut weighted = whole.segments.clone();
        set_relative_noise(&mut weighted, &fit.estimate.states, &vec![part; data.dims()], StatesAre::Smoothed);
        weighted.into_iter().map(|segment| segment.relative_noise).collect::<Vec<RelativeNoise>>()
    };
    let weightings = [ProportionalPart::NONE, ProportionalPart::ALL].map(of_model);
    let mut outliers = Vec::new();
    let mut offset = 0;
    for (number, segment) in whole.segments.iter().enumerate() {
        let count = segment.observations.len();
        let states = &fit.estimate.states[offset..][..count];
        offset += count;
        let residuals = segment.observations.iter().zip(states).map(|(y, x)| y - x).collect();
        let mut residuals = Segment { observations: residuals, ..segment.clone() };
        let weightings: Vec<RelativeNoise> = weightings.iter().map(|one| one[number].clone()).collect();
        for d in 0..data.roles.measured() {
            outliers_of(&mut residuals, &weightings, number, d, data, &mut outliers);
        }
    }
    let key = |one: &SetAside| (one.segment, one.index);
    let mut places: Vec<(usize, usize)> = outliers.iter().map(key).collect();
    let mut before: Vec<(usize, usize)> = data.outliers.iter().map(key).collect();
    places.sort_unstable();
    before.sort_unstable();
    if places == before {
        return None;
    }
    whole.set_aside(&places);
    Some(whole)
}

/// Adds those of one state in a segment of residuals.
fn outliers_of(
    residuals: &mut Segment,
    weightings: &[RelativeNoise],
    number: usize,
    d: usize,
    data: &PreparedData,
    found: &mut Vec<SetAside>,
) {
    let dims = data.dims();
    for _ in 0..PASSES {
        let mut judgement = vec![f64::NAN; residuals.observations.len()];
        for (index, distance) in likeliest_distances(&residuals.observations, weightings, dims, d) {
            judgement[index] = distance;
        }
        let mut outliers = SeriesOutliers::new(number, dims, d, (data.robust, SeriesOf::Residuals), found);
        if !outliers.set_aside(residuals, &[&judgement]) {
            return;
        }
    }
}

/// How far the residuals of state d are, by place, under the model of the noise by which the others are likeliest.
fn likeliest_distances(residuals: &[f64], weightings: &[RelativeNoise], dims: usize, d: usize) -> Vec<(usize, f64)> {
    let under: Vec<Vec<Distance>> = weightings.iter().map(|one| distances(residuals, one, dims, d)).collect();
    let count = under.first().map_or(0, Vec::len);
    let likeliest = |k: usize| {
        let models = under.iter().map(|model| &model[k]);
        models.min_by(|a, b| a.deviance_of_others.total_cmp(&b.deviance_of_others))
    };
    (0..count).filter_map(likeliest).map(|own| (own.index, own.deviations)).collect()
}

/// How far one residual is from what is usual.
struct Distance {
    index: usize,
    /// In standard deviations of the others.
    deviations: f64,
    /// Minus twice the log-likelihood of the others.
    deviance_of_others: f64,
}

/// How far the residuals e of state d are: with s the root mean square of all others in units of the relative noise r,
/// the smaller of
///
/// $$ \frac{|e_i|}{s\, r_i} \quad\text{and}\quad \frac{|e_i / r_i - m|}{s \sqrt{1 + 1/k}} $$
///
/// where m is the mean of the k residuals beside it, two or at the ends one, each in units of its relative noise.
fn distances(residuals: &[f64], relative: &RelativeNoise, dims: usize, d: usize) -> Vec<Distance> {
    let places = residuals.iter().enumerate().skip(d).step_by(dims).filter(|(_, e)| !e.is_nan());
    let own: Vec<(usize, f64)> = places.map(|(index, e)| (index, e / relative.at(index))).collect();
    let squares: f64 = own.iter().map(|(_, e)| e * e).sum();
    let sizes: f64 = own.iter().map(|(index, _)| relative.at(*index).ln()).sum();
    let others = own.len() as f64 - 1.0;
    let distance = |(k, &(index, e)): (usize, &(usize, f64))| {
        let beside = [k.checked_sub(1), Some(k + 1)].into_iter().flatten().filter_map(|other| own.get(other));
        let count = beside.clone().count() as f64;
        let mean = beside.map(|(_, e)| *e).sum::<f64>() / count;
        let variance = (squares - e * e).max(0.0) / others;
        let least = e.abs().min((e - mean).abs() / (1.0 + 1.0 / count).sqrt());
        Distance {
            index,
            deviations: if least == 0.0 { 0.0 } else { least / variance.sqrt() },
            deviance_of_others: others * variance.ln() + 2.0 * (sizes - relative.at(index).ln()),
        }
    };
    own.iter().enumerate().map(distance).collect()
}

#[cfg(test)]
mod tests {
    use super::judged_by_equations;
    use crate::discovery::test_problem::{SWING, TestProblem, polynomials, simulated, times};

    const TRUE: [(usize, &str); 3] = [(0, "y"), (1, "x"), (1, "y")];

    #[test]
    fn a_row_that_the_equations_contradict_is_set_aside_and_one_that_they_explain_comes_back() {
        let clean = simulated(&SWING, &[&[2.0, 0.0]], &times(81, 0.1)).with_noise(0.02, 7).expect("noise");
        let mut test = TestProblem::new(clean.clone(), &polynomials(1));
        assert!(test.data.outliers.is_empty());
        let fit = test.fit(&TRUE);
        assert!(judged_by_equations(&test.problem(), &fit).is_none(), "nothing is wrong with these data");
        // A row that is fine was set aside, and a bad one was not.
        let [fine, bad] = [20, 50].map(|row| test.data.observed_at[0][row] * 2);
        test.data.set_aside(&[(0, fine)]);
        let fit = test.fit(&TRUE);
        test.data.segments[0].observations[bad] += 1.0;
        let judged = judged_by_equations(&test.problem(), &fit).expect("another judgement");
        assert_eq!(judged.outliers.len(), 1);
        assert_eq!((judged.outliers[0].segment, judged.outliers[0].index), (0, bad));
        assert!(judged.segments[0].observations[bad].is_nan() && !judged.segments[0].observations[fine].is_nan());
    }
}
