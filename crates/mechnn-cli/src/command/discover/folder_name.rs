//! Names of trajectories as those of folders.

use std::collections::HashSet;

/// A folder for each trajectory: its name with `_` in place of what a folder cannot have everywhere, and a number
/// behind it where another one has that name. Capitals do not tell folders apart on all systems.
pub(super) fn folder_names<'a>(trajectories: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut free = |name: &String| taken.insert(name.to_lowercase());
    let name = |trajectory| {
        let plain = plain(trajectory);
        let mut numbered = (2..).map(|number| format!("{plain}_{number}"));
        if free(&plain) {
            return plain;
        }
        numbered.find(&mut free).unwrap_or_else(|| unreachable!("only finitely many names are taken"))
    };
    trajectories.into_iter().map(name).collect()
}

fn plain(trajectory: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = trajectory.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    if name.chars().all(|c| c == '.') { format!("trajectory{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::folder_names;

    #[test]
    fn every_trajectory_has_a_folder_of_its_own() {
        let names = folder_names(["a/b", "a_b", "A b", "c", "..", "", "a_b_2"]);
        assert_eq!(names, ["a_b", "a_b_2", "A_b_3", "c", "trajectory..", "trajectory", "a_b_2_2"]);
    }
}
