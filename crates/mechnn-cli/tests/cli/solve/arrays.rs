//! `mechnn solve PROBLEM.npz`: round trips, batch axes, element types.

use std::io::Cursor;

use ndarray::{Array, Array2, ArrayD, Axis, IxDyn, ShapeBuilder, arr0};
use ndarray_npy::NpzWriter;

use crate::support::arrays::{Arrays, POINTS, problem, varied};
use crate::support::process::Folder;

fn solve(arrays: &Arrays, options: &[&str]) -> Arrays {
    let folder = Folder::new();
    folder.write("problem.npz", arrays.bytes());
    let arguments = [&["solve", "problem.npz", "-o", "solution.npz"], options].concat();
    let outcome = folder.mechnn(&arguments).silent_success();
    assert!(outcome.stderr.starts_with("solved "), "{}", outcome.stderr);
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
    assert_eq!(folder.names(), ["problem.npz", "solution.npz"], "nothing else is left behind");
    Arrays::read(&folder.path("solution.npz"))
}

#[test]
fn no_batch_axes_give_a_solution_of_three_axes() {
    let solution = solve(&problem(&[], &[], &[], &[]), &[]);
    assert_eq!(solution.names(), ["u"]);
    assert_eq!(solution.get("u").shape(), [POINTS, 1, 3]);
}

#[test]
fn each_problem_of_a_batch_equals_its_own_solve() {
    let batched = problem(&[3], &[3], &[3], &[3]);
    for scheme in ["taylor", "taylor-central", "relaxed-lp", "integrated-wiener"] {
        let u = solve(&batched, &["--scheme", scheme]).get("u").clone();
        assert_eq!(u.shape(), [3, POINTS, 1, 3]);
        for b in 0..3 {
            let mut single = Arrays::default();
            for (name, array) in &batched.0 {
                single = single.with(name, array.index_axis(Axis(0), b).to_owned());
            }
            let own = solve(&single, &["--scheme", scheme]);
            assert_eq!(*own.get("u"), u.index_axis(Axis(0), b), "{scheme}, problem {b}");
        }
    }
}

#[test]
fn two_batch_axes_broadcast_by_numpys_rules() {
    // (2, 1), (3), (), (1, 1) -> (2, 3)
    let broadcast = problem(&[2, 1], &[3], &[], &[1, 1]);
    let solution = solve(&broadcast, &["--scheme", "relaxed-lp", "--gamma-alpha", "-0.01"]);
    assert_eq!(solution.get("u").shape(), [2, 3, POINTS, 1, 3]);
    assert_eq!(solution.get("eps").shape(), [2, 3]);

    let mut full = Arrays::default();
    for (name, core) in [("coefficients", 4), ("rhs_equation", 2), ("init_vars", 3), ("steps", 1)] {
        let array = broadcast.get(name);
        let inner = &array.shape()[array.ndim() - core..];
        let expanded = array.broadcast(IxDyn(&[&[2, 3], inner].concat())).expect("broadcasts").to_owned();
        full = full.with(name, expanded);
    }
    let expanded = solve(&full, &["--scheme", "relaxed-lp", "--gamma-alpha", "-0.01"]);
    assert_eq!(solution.get("u"), expanded.get("u"));
    assert_eq!(solution.get("eps"), expanded.get("eps"));
}

#[test]
fn an_empty_batch_gives_an_empty_solution() {
    for axes in [[&[0][..], &[], &[], &[]], [&[], &[], &[0], &[]], [&[1], &[0], &[2, 1], &[]]] {
        let empty = problem(axes[0], axes[1], axes[2], axes[3]);
        let empty = empty.with("cotangent", ArrayD::zeros(IxDyn(&[POINTS, 1, 3])));
        let solution = solve(&empty, &[]);
        assert!(solution.get("u").is_empty(), "{axes:?}");
        let gradient = solution.get("grad_coefficients");
        assert_eq!(gradient.shape(), empty.get("coefficients").shape(), "{axes:?}");
        assert!(gradient.iter().all(|&g| g == 0.0), "{axes:?}");
    }
}

#[test]
fn arrays_may_be_float32_integers_and_in_fortran_order() {
    let coefficients = vec![1.0, 0.5, 2.0];
    let reference = Arrays::default()
        .with("coefficients", ArrayD::from_shape_vec(IxDyn(&[1, 1, 1, 3]), coefficients.clone()).expect("fits"))
        .with("rhs_equation", ArrayD::from_shape_fn(IxDyn(&[2, 4, 1]), |i| (i[0] * 4 + i[1]) as f64))
        .with("init_vars", ArrayD::ones(IxDyn(&[1, 1, 2])))
        .with("steps", ArrayD::from_elem(IxDyn(&[1]), 0.25));
    let expected = solve(&reference, &[]);

    let mut npz = NpzWriter::new(Cursor::new(Vec::new()));
    let single: Vec<f32> = coefficients.iter().map(|&x| x as f32).collect();
    npz.add_array("coefficients", &Array::from_shape_vec((1, 1, 1, 3), single).expect("fits")).expect("writable");
    let fortran = Array::from_shape_fn((2, 4, 1).f(), |(b, n, _)| (b * 4 + n) as f64);
    npz.add_array("rhs_equation", &fortran).expect("writable");
    npz.add_array("init_vars", &Array::<u8, _>::ones((1, 1, 2))).expect("writable");
    npz.add_array("steps", &ndarray::arr1(&[0.25_f32])).expect("writable");
    npz.add_array("n_steps", &arr0(4_i32)).expect("writable");
    let folder = Folder::new();
    folder.write("mixed.npz", npz.finish().expect("writable").into_inner());
    folder.mechnn(&["solve", "mixed.npz", "-o", "mixed-out.npz"]).silent_success();
    assert_eq!(Arrays::read(&folder.path("mixed-out.npz")).get("u"), expected.get("u"));
}

#[test]
fn the_number_of_points_comes_from_whatever_knows_it() {
    let constant = Arrays::default()
        .with("coefficients", ArrayD::ones(IxDyn(&[1, 1, 1, 2])))
        .with("rhs_equation", ArrayD::zeros(IxDyn(&[1, 1])))
        .with("init_vars", ArrayD::ones(IxDyn(&[1, 1, 1])))
        .with("steps", ArrayD::from_elem(IxDyn(&[1]), 0.01));
    assert_eq!(solve(&constant, &[]).get("u").shape(), [2, 1, 2]);
    let counted = constant.clone().with("n_steps", ArrayD::from_elem(IxDyn(&[]), 101.0));
    let u = solve(&counted, &[]).get("u").clone();
    assert_eq!(u.shape(), [101, 1, 2]);
    // u' = -u for one unit of time.
    assert!((u[[100, 0, 0]] - (-1.0_f64).exp()).abs() < 1e-3);
    let pulled = constant.with("cotangent", ArrayD::zeros(IxDyn(&[7, 1, 2])));
    assert_eq!(solve(&pulled, &[]).get("u").shape(), [7, 1, 2]);
}

#[test]
fn init_vars_may_be_absent_or_empty() {
    let values = problem(&[2], &[], &[], &[]);
    let absent = solve(&values.clone().without("init_vars"), &[]);
    for shape in [[0, 1, 2], [1, 1, 0]] {
        let empty = solve(&values.clone().with("init_vars", ArrayD::zeros(IxDyn(&shape))), &[]);
        assert_eq!(empty.get("u"), absent.get("u"));
    }
    let batched = solve(&values.with("init_vars", ArrayD::zeros(IxDyn(&[5, 0, 1, 2]))), &[]);
    assert_eq!(batched.get("u"), absent.get("u"));
}

#[test]
fn a_jump_makes_the_problem_periodic() {
    let periodic =
        problem(&[], &[], &[], &[]).without("init_vars").with("periodic_jump", Array2::zeros((1, 2)).into_dyn());
    // Periodic rows have the weight of the initial rows: a large one makes them hold.
    let u = solve(&periodic, &["--weights", "1,1e4,1"]).get("u").clone();
    for k in 0..2 {
        assert!((u[[0, 0, k]] - u[[POINTS - 1, 0, k]]).abs() < 1e-6, "derivative {k}");
    }
}

#[test]
fn steps_of_each_dimension_equal_shared_steps_if_they_are_the_same() {
    let shared = problem(&[], &[], &[], &[]);
    let steps = shared.get("steps").clone().insert_axis(Axis(1));
    let own = shared.clone().without("steps").with("steps_per_dim", steps);
    let difference = solve(&own, &[]).get("u") - solve(&shared, &[]).get("u");
    assert!(difference.iter().all(|d| d.abs() < 1e-12));
}

#[test]
fn two_runs_and_any_number_of_threads_write_the_same_bytes() {
    let folder = Folder::new();
    let arrays = problem(&[5], &[], &[], &[]).with("cotangent", varied(&[5, POINTS, 1, 3], 9.0));
    folder.write("p.npz", arrays.bytes());
    let mut files = Vec::new();
    for (name, threads) in [("1.npz", "1"), ("2.npz", "2"), ("3.npz", "2")] {
        folder.mechnn(&["solve", "p.npz", "-o", name, "--threads", threads]).silent_success();
        files.push(std::fs::read(folder.path(name)).expect("written"));
    }
    assert_eq!(files[0], files[1]);
    assert_eq!(files[1], files[2]);
}

#[test]
fn quiet_says_nothing_and_verbose_says_how() {
    let folder = Folder::new();
    folder.write("p.npz", problem(&[], &[], &[], &[]).bytes());
    let quiet = folder.mechnn(&["-q", "solve", "p.npz", "-o", "u.npz"]).silent_success();
    assert_eq!(quiet.stderr, "");
    let verbose = folder.mechnn(&["solve", "p.npz", "-o", "u.npz", "-v"]).silent_success();
    for word in ["residuals", "rounding error", "pivot ratio", "refinement steps"] {
        assert!(verbose.stderr.contains(word), "{}", verbose.stderr);
    }
}

#[test]
fn an_unknown_array_is_a_warning_that_names_the_nearest_one() {
    let folder = Folder::new();
    let arrays = problem(&[], &[], &[], &[])
        .with("cotangnet", ArrayD::zeros(IxDyn(&[])))
        .with("zzz", ArrayD::zeros(IxDyn(&[])));
    folder.write("p.npz", arrays.bytes());
    let outcome = folder.mechnn(&["solve", "p.npz", "-o", "u.npz"]).silent_success();
    assert!(
        outcome
            .stderr
            .contains("warning: `p.npz`: `cotangnet` is not an input and was ignored; did you mean `cotangent`?")
    );
    assert!(outcome.stderr.contains("warning: `p.npz`: `zzz` is not an input and was ignored\n"));
}
