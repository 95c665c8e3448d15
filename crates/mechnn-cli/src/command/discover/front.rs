//! The best equations with each number of terms.

use mechnn::discovery::ParetoModel;

/// One block for each size, the pick marked; the criterion is relative to the pick's.
pub(super) fn table(front: &[ParetoModel]) -> String {
    let Some(pick) = front.iter().find(|alternative| alternative.chosen) else {
        unreachable!("the equations that were found are on the front, whatever else is");
    };
    let lowest = front.iter().map(|alternative| alternative.deviance).fold(f64::INFINITY, f64::min);
    let mut lines = vec![
        String::new(),
        "The best equations with each number of terms; >> marks those that were chosen. The deviance is how much worse"
            .to_owned(),
        "they explain the data than the best; the criterion adds what their terms cost, relative to those chosen."
            .to_owned(),
        format!("{:2} {:>5} {:>10} {:>10}  equations", "", "terms", "criterion", "deviance"),
    ];
    for alternative in front {
        let mark = if alternative.chosen { ">>" } else { "" };
        let numbers = format!(
            "{mark:2} {:>5} {:>+10.1} {:>+10.1}",
            alternative.model.term_count(),
            alternative.criterion - pick.criterion,
            alternative.deviance - lowest
        );
        for (index, line) in alternative.model.text().lines().enumerate() {
            let start = if index == 0 { numbers.as_str() } else { "" };
            lines.push(format!("{start:30}  {line}"));
        }
    }
    lines.join("\n")
}
