//! What must not matter: units, an offset of the times, the number of threads.

use crate::support::document::Document;
use crate::support::process::Folder;
use crate::support::table::changed;

#[test]
fn units_change_the_coefficients_and_nothing_else() {
    let folder = Folder::new();
    folder.write("data.csv", changed(200, |_, row| row));
    folder.write("scaled.csv", changed(200, |_, [t, x, y]| [60.0 * t, 1000.0 * x, y]));
    let plain = Document::discover(&folder, &["data.csv"]);
    let scaled = Document::discover(&folder, &["scaled.csv"]);
    assert_eq!(plain.support(), scaled.support());
    for (state, terms) in plain.support() {
        for expression in terms {
            // d(1000 x)/d(60 t): one factor of 1000 on the left, one for every x on the right.
            let factor = |name: &str| if name == "x" { 1000.0 } else { 1.0 };
            let expected = plain.coefficient(&state, &expression) * factor(&state)
                / (60.0 * expression.split('*').map(factor).product::<f64>());
            let found = scaled.coefficient(&state, &expression);
            assert!((found / expected - 1.0).abs() < 1e-3, "{expression} in {state}': {found}, expected {expected}");
        }
    }
}

#[test]
fn an_offset_of_the_times_changes_nothing() {
    let folder = Folder::new();
    folder.write("data.csv", changed(200, |_, row| row));
    // Unix times have this size; steps of 0.1 are then rounded to 1e-7.
    folder.write("late.csv", changed(200, |_, [t, x, y]| [t + 1e9, x, y]));
    let plain = Document::discover(&folder, &["data.csv"]);
    let late = Document::discover(&folder, &["late.csv"]);
    same_equations(&plain, &late);
}

fn same_equations(a: &Document, b: &Document) {
    assert_eq!(a.support(), b.support());
    for (state, terms) in a.support() {
        for expression in terms {
            let (a, b) = (a.coefficient(&state, &expression), b.coefficient(&state, &expression));
            assert!((a / b - 1.0).abs() < 1e-4, "{expression} in {state}': {a} and {b}");
        }
    }
}

#[test]
fn the_order_of_the_columns_changes_nothing() {
    let folder = Folder::new();
    folder.write("data.csv", changed(200, |_, row| row));
    let [plain, exchanged] = ["x,y", "y,x"]
        .map(|states| Document::discover(&folder, &["data.csv", "--vars", states, "--library", "poly:2"]));
    // The library sorts the factors of a product: with the names in the other order it is `y*x`.
    let renamed = |text: &str| text.replace("y*x", "x*y");
    let support = |document: &Document| -> std::collections::BTreeMap<String, std::collections::BTreeSet<String>> {
        let own = document.support().into_iter();
        own.map(|(state, terms)| (state, terms.iter().map(|term| renamed(term)).collect())).collect()
    };
    assert_eq!(support(&plain), support(&exchanged));
}

#[test]
fn the_order_of_the_files_changes_nothing() {
    let folder = Folder::new();
    folder.write("first.csv", changed(150, |_, row| row));
    folder.write("second.csv", changed(100, |_, [t, x, y]| [t, x, y]));
    let [plain, exchanged] = [["first.csv", "second.csv"], ["second.csv", "first.csv"]]
        .map(|[a, b]| Document::discover(&folder, &[a, b, "--library", "poly:2"]));
    same_equations(&plain, &exchanged);
}

#[test]
fn one_and_two_threads_give_the_same_bits() {
    let folder = Folder::new();
    folder.write("data.csv", changed(400, |_, row| row));
    for threads in ["1", "2"] {
        let arguments = ["--threads", threads, "discover", "data.csv", "--library", "poly:3", "-q", "-o", threads];
        assert_eq!(folder.mechnn(&arguments).code, Some(0));
    }
    for name in ["equations.json", "equations.tex", "metrics.jsonl", "plots/rollout.svg"] {
        let read = |threads: &str| std::fs::read(folder.path(threads).join(name)).expect("written");
        assert!(read("1") == read("2"), "{name} depends on the number of threads");
    }
}
