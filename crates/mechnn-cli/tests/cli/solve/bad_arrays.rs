//! Everything that can be wrong with a `.npz` problem: exit code, the array's name, no output file.

use ndarray::{Array, ArrayD, IxDyn, arr1};
use ndarray_npy::NpzWriter;

use crate::support::arrays::{Arrays, POINTS, archive_of, npy, problem};
use crate::support::process::{Folder, Outcome};

#[track_caller]
fn refused(contents: &[u8], code: i32, fragments: &[&str]) {
    refused_with(contents, &[], code, fragments);
}

#[track_caller]
fn refused_with(contents: &[u8], options: &[&str], code: i32, fragments: &[&str]) {
    let folder = Folder::new();
    folder.write("p.npz", contents);
    folder.mechnn(&[&["solve", "p.npz", "-o", "u.npz"], options].concat()).fails(code, fragments);
    assert_eq!(folder.names(), ["p.npz"], "nothing is written");
}

fn valid() -> Arrays {
    problem(&[], &[], &[], &[])
}

fn ones(shape: &[usize]) -> ArrayD<f64> {
    ArrayD::ones(IxDyn(shape))
}

#[test]
fn files_that_are_not_there_or_not_readable_exit_with_5() {
    let folder = Folder::new();
    folder.mechnn(&["solve", "missing.npz", "-o", "u.npz"]).fails(5, &["cannot read `missing.npz`: no such file"]);
    std::fs::create_dir(folder.path("folder.npz")).expect("writable");
    folder.mechnn(&["solve", "folder.npz", "-o", "u.npz"]).fails(5, &["`folder.npz`", "directory"]);
}

#[test]
fn files_that_are_not_archives_exit_with_3() {
    refused(b"", 3, &["`p.npz`: not an npz file", "hint: "]);
    refused(b"t,x\n0,1\n", 3, &["`p.npz`: not an npz file"]);
    let whole = valid().bytes();
    for length in [1, 30, whole.len() / 2, whole.len() - 1] {
        refused(&whole[..length], 3, &["`p.npz`: "]);
    }
}

#[test]
fn a_flipped_bit_is_noticed() {
    let mut bytes = valid().bytes();
    // In the middle of the data of the first array.
    bytes[300] ^= 1;
    refused(&bytes, 3, &["`coefficients` is damaged"]);
}

/// Any single damaged byte is an error or (in a field nobody reads) harmless: never a panic, never a wrong number.
#[test]
fn any_damaged_byte_is_an_error_or_harmless() {
    let folder = Folder::new();
    let small = Arrays::default()
        .with("coefficients", ones(&[1, 1, 1, 2]))
        .with("rhs_equation", ones(&[1, 1]))
        .with("steps", ones(&[1]));
    let whole = small.bytes();
    folder.write("whole.npz", &whole);
    folder.mechnn(&["-q", "solve", "whole.npz", "-o", "whole-u.npz"]).silent_success();
    let expected = std::fs::read(folder.path("whole-u.npz")).expect("written");
    for place in (0..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x15;
        folder.write("p.npz", &bytes);
        let outcome = folder.mechnn(&["-q", "solve", "p.npz", "-o", "u.npz"]);
        match outcome.code {
            Some(0) => assert_eq!(std::fs::read(folder.path("u.npz")).expect("written"), expected, "byte {place}"),
            code => assert_eq!(code, Some(3), "byte {place}: {outcome:?}"),
        }
    }
}

#[test]
fn compressed_archives_are_refused_with_a_way_out() {
    // Method 8 (deflate) in the local and in the central header; the data do not matter.
    let mut bytes = archive_of(&[("coefficients.npy", npy("<f8", "()", &[0; 8]))]);
    bytes[8] = 8;
    let central = bytes.windows(4).position(|w| w == b"PK\x01\x02").expect("a central directory");
    bytes[central + 10] = 8;
    refused(&bytes, 3, &["`coefficients` is compressed", "hint: write it with numpy.savez("]);
}

#[test]
fn a_header_that_claims_more_than_the_file_holds_is_refused() {
    let huge = archive_of(&[("coefficients.npy", npy("<f8", "(1000000000000, 1, 1, 3)", &[0; 24]))]);
    refused(&huge, 3, &["`coefficients`", "claims shape [1000000000000, 1, 1, 3]", "24 bytes"]);
    let overflow = archive_of(&[("coefficients.npy", npy("<f8", "(9223372036854775807, 9, 1, 3)", &[]))]);
    refused(&overflow, 3, &["`coefficients`", "more than fits in memory"]);
    let negative = archive_of(&[("coefficients.npy", npy("<f8", "(-1, 1, 1, 3)", &[]))]);
    refused(&negative, 3, &["`coefficients`"]);
    let mut long_header = b"\x93NUMPY\x02\x00".to_vec();
    long_header.extend(u32::MAX.to_le_bytes());
    refused(&archive_of(&[("coefficients.npy", long_header)]), 3, &["`coefficients`", "header is too long"]);
    let deep = format!("{}1{}", "(".repeat(4000), ")".repeat(4000));
    refused(&archive_of(&[("coefficients.npy", npy("<f8", &deep, &[]))]), 3, &["`coefficients`"]);
}

/// The same under a limit of 1 GB of address space: the claim is never allocated.
#[cfg(target_os = "linux")]
#[test]
fn a_claim_is_refused_before_it_is_allocated() {
    let folder = Folder::new();
    folder.write("p.npz", archive_of(&[("coefficients.npy", npy("<f8", "(1000000000, 1, 1, 3)", &[0; 24]))]));
    let mut many = valid().with("n_steps", ArrayD::from_elem(IxDyn(&[]), 2_f64.powi(52)));
    for name in ["coefficients", "rhs_equation", "steps"] {
        let shape = [&[1], &many.get(name).shape()[1..]].concat();
        many = many.with(name, ones(&shape));
    }
    folder.write("many.npz", many.bytes());
    let run = |file: &str| -> Outcome {
        let script = format!("ulimit -v 1000000; exec \"$0\" solve {file} -o u.npz --threads 1");
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_mechnn")]).current_dir(folder.path(""));
        shell.output().expect("sh runs").into()
    };
    run("p.npz").fails(3, &["`coefficients`", "24 bytes"]);
    run("many.npz").fails(6, &["4503599627370496 points", "GiB", "hint: ask for fewer points, or raise --max-memory"]);
}

/// Batch axes multiply: files of a few megabytes can ask for more problems than there are addresses.
#[test]
fn no_limit_on_memory_is_above_what_can_be_addressed() {
    let folder = Folder::new();
    let along = |axis: usize| {
        let mut batch = [1; 4];
        batch[axis] = 1 << 19;
        move |core: &[usize]| ones(&[&batch[..], core].concat())
    };
    let large = valid()
        .with("coefficients", along(0)(&[1, 1, 1, 2]))
        .with("rhs_equation", along(1)(&[1, 1]))
        .with("init_vars", along(2)(&[1, 1, 1]))
        .with("steps", along(3)(&[1]));
    folder.write("p.npz", large.bytes());
    let arguments = ["solve", "p.npz", "-o", "u.npz", "--max-memory", "1e300"];
    folder.mechnn(&arguments).fails(6, &["more problems than can be counted"]);
    let fewer = large.with("steps", ones(&[1]));
    folder.write("p.npz", fewer.bytes());
    folder.mechnn(&arguments).fails(6, &["GiB"]);
}

#[test]
fn other_element_types_are_named() {
    for (kind, size) in [("|b1", 1), ("<c16", 16), ("<f2", 2), ("|O", 8), ("<U1", 4), ("<M8[s]", 8)] {
        let archive = archive_of(&[("coefficients.npy", npy(kind, "(1,)", &vec![0; size]))]);
        refused(&archive, 3, &["`coefficients`", "expected float64, float32 or integers"]);
    }
    let fields = npy("x', [('a', '<f8')], '", "(1,)", &[0; 8]);
    refused(&archive_of(&[("coefficients.npy", fields)]), 3, &["`coefficients`"]);
    refused(&archive_of(&[("coefficients.npy", b"no array".to_vec())]), 3, &["`coefficients`"]);
}

#[test]
fn numbers_that_are_not_finite_are_named_with_their_index() {
    for name in ["coefficients", "rhs_equation", "init_vars", "steps"] {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut array = valid().get(name).clone();
            *array.last_mut().expect("not empty") = bad;
            let last: Vec<usize> = array.shape().iter().map(|axis| axis - 1).collect();
            refused(&valid().with(name, array).bytes(), 3, &[&format!("`{name}` is {bad} at index {last:?}")]);
        }
    }
    let cotangent = ArrayD::from_elem(IxDyn(&[POINTS, 1, 3]), f64::NAN);
    refused(&valid().with("cotangent", cotangent).bytes(), 3, &["`cotangent` is NaN at index [0, 0, 0]"]);
}

#[test]
fn every_wrong_axis_is_named() {
    let cases: [(&str, &[usize], &[&str]); 14] = [
        ("coefficients", &[3], &["`coefficients` has shape [3]; expected (.., N|1, E, D, K)"]),
        ("coefficients", &[POINTS + 1, 1, 1, 3], &["`rhs_equation` is for 8 points, `coefficients` for 9"]),
        ("coefficients", &[POINTS, 1, 1, 1], &["`coefficients` has length 1 on its last axis"]),
        ("coefficients", &[POINTS, 1, 1, 9], &["`coefficients` has length 9 on its last axis"]),
        ("coefficients", &[POINTS, 0, 1, 3], &["`coefficients`"]),
        ("rhs_equation", &[], &["`rhs_equation` has shape []; expected (.., N|1, E)"]),
        ("rhs_equation", &[POINTS, 2], &["`rhs_equation` has shape [8, 2]: axis 1 (E) has length 2, expected 1"]),
        ("init_vars", &[1, 2, 2], &["`init_vars`", "axis 1 (D) has length 2, expected 1"]),
        ("init_vars", &[1, 1, 4], &["`init_vars`", "axis 2 (Q) has length 4, expected 3 (or fewer"]),
        ("init_vars", &[9, 1, 2], &["`init_vars`", "axis 0 (S) has length 9, expected 8 (or fewer"]),
        ("steps", &[POINTS], &["`steps` is for 9 points, `coefficients` for 8"]),
        ("periodic_jump", &[1, 3], &["`periodic_jump`", "axis 1 (K-1) has length 3, expected 2"]),
        ("cotangent", &[POINTS, 1, 2], &["`cotangent`", "axis 2 (K) has length 2, expected 3"]),
        ("cotangent", &[POINTS - 1, 1, 3], &["`cotangent` is for 7 points"]),
    ];
    for (name, shape, fragments) in cases {
        refused(&valid().with(name, ones(shape)).bytes(), 3, fragments);
    }
    let per_dim = valid().without("steps").with("steps_per_dim", ones(&[POINTS - 1, 2]));
    refused(&per_dim.bytes(), 3, &["`steps_per_dim`", "axis 1 (D) has length 2, expected 1"]);
}

#[test]
fn batch_axes_that_do_not_broadcast_are_named() {
    refused(&problem(&[2], &[3], &[], &[]).bytes(), 3, &["`rhs_equation`: batch axes [3] do not broadcast with [2]"]);
    let more = valid().with("cotangent", ones(&[2, POINTS, 1, 3]));
    refused(&more.bytes(), 3, &["`cotangent` has batch axes [2], more than the solution's []"]);
}

#[test]
fn missing_and_contradictory_arrays_are_named() {
    let renamed = valid().without("coefficients").with("coeficients", ones(&[1, 1, 1, 3]));
    refused(&renamed.bytes(), 3, &["there is no array `coefficients`", "did you mean `coeficients`?"]);
    refused(&valid().without("rhs_equation").bytes(), 3, &["there is no array `rhs_equation`"]);
    refused(&valid().without("steps").bytes(), 3, &["neither an array `steps` nor `steps_per_dim`"]);
    refused(&valid().with("steps_per_dim", ones(&[1, 1])).bytes(), 3, &["both `steps` and `steps_per_dim`"]);
    let twice = archive_of(&[("steps", npy("<f8", "()", &[0; 8])), ("steps.npy", npy("<f8", "()", &[0; 8]))]);
    refused(&twice, 3, &["`steps` is there twice"]);
}

#[test]
fn a_single_point_and_a_wrong_count_are_refused() {
    refused(&valid().with("n_steps", ones(&[])).bytes(), 3, &["`coefficients` is for 8 points, `n_steps` for 1"]);
    for (name, value, fragment) in [
        ("n_steps", 2.5, "`n_steps` is 2.5"),
        ("n_steps", -3.0, "`n_steps` is -3"),
        ("n_steps", 1.0, "at least 2 points, got 1"),
    ] {
        let constant = Arrays::default()
            .with("coefficients", ones(&[1, 1, 1, 2]))
            .with("rhs_equation", ones(&[1, 1]))
            .with("steps", ones(&[1]))
            .with(name, ArrayD::from_elem(IxDyn(&[]), value));
        refused(&constant.bytes(), 3, &[fragment]);
    }
    refused(&valid().with("n_steps", ones(&[2])).bytes(), 3, &["`n_steps` has shape [2]; expected one number"]);
}

#[test]
fn steps_that_are_not_positive_are_refused() {
    for bad in [0.0, -0.1, -0.0] {
        let mut steps = valid().get("steps").clone();
        steps[[3]] = bad;
        refused(&valid().with("steps", steps).bytes(), 3, &["`steps` is", "at index [3]", "hint: "]);
    }
}

#[test]
fn the_slack_belongs_to_the_relaxed_lp() {
    let slack = valid().with("cotangent_eps", ones(&[]));
    refused(&slack.bytes(), 3, &["`cotangent_eps`", "hint: add --scheme relaxed-lp"]);
    refused_with(&valid().bytes(), &["--gamma-alpha", "0.1"], 2, &["relaxed LP"]);
    let inf = ["--scheme", "relaxed-lp", "--gamma-alpha", "inf"];
    refused_with(&valid().bytes(), &inf, 2, &["finite"]);
}

#[test]
fn what_the_rows_do_not_determine_exits_with_4() {
    // No initial values and no coefficients: any straight line fits.
    let free = valid().without("init_vars").with("coefficients", ArrayD::zeros(IxDyn(&[2, 3, 1, 1, 1, 3])));
    refused(&free.bytes(), 4, &["do not determine the solution of problem 0", "hint: problem 0 is index [0, 0]"]);
}

#[test]
fn the_output_must_have_a_place() {
    let folder = Folder::new();
    folder.write("p.npz", valid().bytes());
    folder.mechnn(&["solve", "p.npz"]).fails(2, &["needs a file", "hint: add -o SOLUTION.npz"]);
    folder.mechnn(&["solve", "p.npz", "-o", "no/u.npz"]).fails(5, &["`no/u.npz`", "folder does not exist"]);
    folder.mechnn(&["solve", "p.npz", "-o", "."]).fails(5, &["directory"]);
    folder.mechnn(&["solve", "p.npz", "-o", "p.npz"]).fails(2, &["would be overwritten"]);
    folder.mechnn(&["solve", "p.npz", "-o", "u.npz", "--format", "json"]).fails(2, &["--format"]);
    folder.mechnn(&["solve", "p.txt", "-o", "u.npz"]).fails(2, &["neither .toml nor .npz"]);
    assert_eq!(folder.names(), ["p.npz"]);
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_not_replaced() {
    let folder = Folder::new();
    folder.write("p.npz", valid().bytes());
    folder.mechnn(&["-q", "solve", "p.npz", "-o", "/dev/null"]).silent_success();
    assert!(!std::fs::metadata("/dev/null").expect("a device").is_file());
}

#[test]
fn integers_keep_their_sign() {
    let mut npz = NpzWriter::new(std::io::Cursor::new(Vec::new()));
    npz.add_array("coefficients", &Array::from_shape_vec((1, 1, 1, 2), vec![1_i8, 1]).expect("fits"))
        .expect("writable");
    npz.add_array("rhs_equation", &ndarray::arr2(&[[0_i16]])).expect("writable");
    npz.add_array("steps", &arr1(&[-1_i64])).expect("writable");
    let bytes = npz.finish().expect("writable").into_inner();
    refused(&bytes, 3, &["`steps` is -1e0 at index [0]"]);
}
