//! Everything that can be wrong with an ODE file: exit code 2, the key, the column, one thing to try.

use crate::support::process::Folder;

/// A valid file with replacements.
#[track_caller]
fn refused(replacements: &[(&str, &str)], fragments: &[&str]) {
    let mut text = "\
equation = \"u'' + k*u = 0\"
exact = \"cos(t)\"
scheme = \"taylor-central\"
[grid]
start = 0
end = 1
points = 11
[initial]
u = [1, 0]
[parameters]
k = 1
"
    .to_owned();
    for (old, new) in replacements {
        assert!(text.contains(old), "`{old}` is not in the file");
        text = text.replace(old, new);
    }
    let folder = Folder::new();
    folder.write("ode.toml", &text);
    let fragments = [&["`ode.toml`"], fragments].concat();
    folder.mechnn(&["solve", "ode.toml", "-o", "t.csv"]).fails(2, &fragments);
    assert_eq!(folder.names(), ["ode.toml"], "nothing is written");
}

const ZERO: &str = "k*u = 0";

#[test]
fn syntax_errors_name_key_and_column() {
    refused(&[(ZERO, "k*sn(t) = 0")], &["`equation` column 9: unknown function `sn`", "hint: did you mean `sin`?"]);
    refused(&[(ZERO, "k*u")], &["`equation` column 10: there is no `=`"]);
    refused(&[(ZERO, "omega*u = 0")], &["column 7: `omega` is neither", "hint: ", "[parameters] omega ="]);
    refused(&[(ZERO, "k*u^2 = 0")], &["column 9: not linear", "in a power"]);
    refused(&[(ZERO, "u*u' = 0")], &["column 9: not linear", "times an unknown"]);
    refused(&[("cos(t)", "cos(u)")], &["`exact` column 5: `u` is neither"]);
    refused(&[("cos(t)", "cos(t")], &["`exact` column 6: expected `)`"]);
    refused(&[("equation = \"u'' + k*u = 0\"", "equations = [\"u' = 0\", \"v' = $\"]")], &["`equations[1]` column 6"]);
}

#[test]
fn unknown_keys_come_with_a_suggestion_and_their_line() {
    refused(&[("scheme", "shceme")], &["line 3", "`shceme`", "hint: did you mean `scheme`?"]);
    refused(&[("points", "pionts")], &["line 7", "`pionts`", "hint: did you mean `points`?"]);
    refused(&[("\"taylor-central\"", "\"taylor-centrl\"")], &["line 3", "hint: did you mean `taylor-central`?"]);
    refused(&[("points = 11", "points = 11\norder = 3")], &["line 8", "move `order` above"]);
    refused(&[("u = [1, 0]", "u = [1, 0]\nscheme = \"taylor\"")], &["line 10", "move `scheme` above"]);
    refused(&[("u = [1, 0]", "u = \"one\"")], &["line 9", "expected a number, or a list of numbers"]);
    refused(&[("points = 11", "points = 1.5")], &["line 7"]);
    refused(&[("[grid]", "[grid")], &["line 4"]);
}

#[test]
fn grids_that_are_none_are_refused() {
    refused(&[("points = 11", "points = 1")], &["`grid`", "at least 2"]);
    refused(&[("points = 11\n", "")], &["`grid`: expected `start`, `end` and `points`, or `times`"]);
    refused(&[("end = 1", "end = -1")], &["`grid`", "hint: `end` must be greater"]);
    refused(&[("end = 1", "end = nan")], &["`grid`"]);
    refused(&[("end = 1", "end = inf")], &["`grid`"]);
    refused(&[("start = 0\nend = 1\npoints = 11", "times = [0, 1, 1]")], &["`grid`", "steps must be positive"]);
    refused(&[("start = 0\nend = 1\npoints = 11", "times = [0]")], &["`grid`", "at least 2"]);
    refused(&[("start = 0\nend = 1\npoints = 11", "times = []")], &["`grid`", "at least 2"]);
}

#[test]
fn names_that_clash_are_refused() {
    refused(&[("u = [1, 0]", "u = [1, 0]\nv = 1")], &["`initial.v`: no equation contains `v`"]);
    refused(&[("u = [1, 0]", "u = [1, 0]\nsin = 1")], &["`initial.sin`", "a meaning of its own"]);
    refused(&[("k = 1", "k = 1\npi = 3")], &["`parameters.pi`", "a meaning of its own"]);
    refused(&[("u = [1, 0]", "u = [1, 0]\n\"u'\" = 1")], &["`initial.u'`", "is not a name", "hint: "]);
    refused(&[("k = 1", "k = 1\nu = 1")], &["`u`", "is an unknown and in [parameters]"]);
    refused(&[("k = 1", "k = inf")], &["`parameters.k` is inf"]);
}

#[test]
fn numbers_of_values_and_orders_are_checked() {
    refused(&[("u = [1, 0]", "u = [1, 0, 0, 0]")], &["`initial.u` has 4 values"]);
    refused(&[("u = [1, 0]", "u = [1, nan]")], &["`initial.u` contains NaN"]);
    refused(&[("[grid]", "order = 1\n[grid]")], &["`order` is 1", "derivative 2"]);
    refused(&[("[grid]", "order = 7\n[grid]")], &["order 7 is not supported"]);
    refused(&[("[grid]", "weights = [1, 0, 1]\n[grid]")], &["weight of the initial rows is 0"]);
    refused(&[("[grid]", "gamma_alpha = 1\n[grid]")], &["relaxed LP"]);
    refused(&[(ZERO, "k*u''''''' = 0")], &["order 7 is not supported"]);
}

#[test]
fn values_that_are_not_finite_name_their_time() {
    refused(&[(ZERO, "u/t = 0")], &["`equation`: the coefficient of u is inf at t = 0", "hint: "]);
    refused(&[(ZERO, "u = ln(t)")], &["`equation`: the right-hand side is -inf at t = 0"]);
    refused(&[("cos(t)", "1/t")], &["`exact` is inf at t = 0"]);
}

#[test]
fn exact_must_fit_the_unknowns() {
    let system = ("equation = \"u'' + k*u = 0\"", "equations = [\"u'' + k*u = 0\", \"v' = u\"]");
    refused(&[system], &["`exact` is one expression for 2 unknowns", "hint: write a table: [exact] u ="]);
    refused(&[("exact = \"cos(t)\"", "exact = {w = \"1\"}")], &["`exact.w`: `w` is not an unknown"]);
    refused(&[("exact = \"cos(t)\"", "exact = 1")], &["line 2", "expected an expression in quotes"]);
}

#[test]
fn files_without_an_equation_are_refused() {
    refused(&[("equation = \"u'' + k*u = 0\"\n", "")], &["there is no equation"]);
    refused(&[("[grid]", "equations = [\"u = 1\"]\n[grid]")], &["both `equation` and `equations`"]);
    refused(&[("equation = \"u'' + k*u = 0\"", "equations = []")], &["there is no equation"]);
    refused(&[("[grid]\nstart = 0\nend = 1\npoints = 11\n", "")], &["missing field `grid`"]);
}

#[test]
fn files_that_are_not_there_or_not_text() {
    let folder = Folder::new();
    folder.mechnn(&["solve", "missing.toml"]).fails(5, &["cannot read `missing.toml`: no such file"]);
    folder.write("bytes.toml", [0xff, 0xfe]);
    folder.mechnn(&["solve", "bytes.toml"]).fails(2, &["`bytes.toml` is not text in UTF-8"]);
    folder.write("empty.toml", "");
    folder.mechnn(&["solve", "empty.toml"]).fails(2, &["`empty.toml`"]);
}

#[test]
fn what_cannot_be_solved_exits_with_4_and_what_is_too_large_with_6() {
    let folder = Folder::new();
    let grid = "[grid]\nstart = 0\nend = 1\n";
    folder.write("free.toml", format!("equation = \"0*u' = 0\"\n{grid}points = 11\n"));
    folder.mechnn(&["solve", "free.toml"]).fails(4, &["`free.toml`", "do not determine the solution"]);
    folder.write("large.toml", format!("equation = \"u' = 0\"\n{grid}points = 1000000000000\n[initial]\nu = 1\n"));
    folder.mechnn(&["solve", "large.toml"]).fails(6, &["`large.toml`", "GiB", "hint: "]);
}
