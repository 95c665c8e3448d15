//! The state that is described worst decides.

use mechnn::discovery::{Description, Finding, Verdict};
use ndarray::{Array2, s};

use crate::made_data::{Draw, dataset, found, simulated, times};

#[test]
fn a_small_state_that_is_missed_is_not_hidden_by_large_ones() {
    let mut hidden = 0;
    for seed in 0..8 {
        let mut draw = Draw::new(8, seed);
        let spring = draw.size(0.5, 3.0);
        let times = times(120, 20.0);
        let large = simulated(&[("x", "y"), ("y", &format!("-{spring}*x"))], &[100.0, 0.0], &times);
        let mut values = Array2::zeros((120, 3));
        values.slice_mut(s![.., ..2]).assign(&large.trajectories[0].values);
        // A state of its own, a thousandth of the others, that no polynomial of degree 1 describes.
        let mut level = 0.0;
        for row in 0..120 {
            level = 0.97 * level + 0.02 * draw.normal();
            values[[row, 2]] = 7.0 + level;
        }
        let data = dataset(&["x", "y", "ph"], &times, values);
        let result = found(&data, "poly:1");
        let ph = &result.evidence.states[2];
        let worst = result.evidence.states_worst_first()[0];
        let is_said = worst.state == "ph" && result.finding(ph) != Finding::Found;
        let decides = !matches!(result.verdict(), Verdict::Reproduces { .. }) || ph.description == Description::AtRest;
        hidden += usize::from(!(is_said && decides));
    }
    assert_eq!(hidden, 0, "of 8");
}
