//! The measured data in `data/`: nobody knows their equations, but these must hold.

use crate::support::document::Document;
use crate::support::process::{Folder, workspace};

fn discover(name: &str, options: &[&str]) -> Document {
    let folder = Folder::new();
    let path = workspace().join("data").join(name);
    let arguments = [&[path.to_str().expect("UTF-8"), "-o", "run"], options].concat();
    let document = Document::discover(&folder, &arguments);
    let result = std::fs::read_to_string(folder.path("run/result.json")).expect("written");
    // The model of the noise is null where states differ in it.
    let numbers = result.replace("\"noise_model\": null", "");
    assert!(!numbers.contains("null") && !numbers.contains("NaN"), "{name}: every number is finite");
    Document(serde_json::from_str(&result).expect("JSON")).same_as(&document)
}

impl Document {
    fn same_as(self, other: &Document) -> Self {
        assert_eq!(self.0, other.0);
        self
    }

    fn rollout_r2(&self) -> f64 {
        self.0["trajectories"][0]["rollout_r2"].as_f64().expect("a number")
    }
}

/// R2 of the trajectory least squares fit of Lotka's and Volterra's equations to lynx and hare, on which two
/// integrators agree: no numbers in these four terms do better.
const LYNX_HARE_BEST: f64 = 0.95960;

/// The least R2 in the 95 % confidence region of that fit. With n = 42 values and p = 6 parameters (two are the
/// initial values) its sum of squares is larger by up to the factor 1 + p/(n - p) F(0.95; p, n - p) = 1 + 6/36 ·
/// 2.364, and 1 - 0.0404 · 1.394 = 0.9437.
const LYNX_HARE_LEAST: f64 = 0.9437;

#[test]
fn lynx_and_hare_follow_lotka_and_volterra() {
    // Among polynomials of degree 3 the data prefer `hare*lynx**2` in the equation of the hare: see below. With
    // additive noise two more terms of degree 2 enter, R2 0.970.
    let document = discover("lynx_hare_1900_1920.csv", &["--library", "poly:2"]);
    let (hare, lynx) = ("hare_thousand", "lynx_thousand");
    let product = format!("{hare}*{lynx}");
    assert!(document.coefficient(hare, hare) > 0.0 && document.coefficient(hare, &product) < 0.0);
    assert!(document.coefficient(lynx, lynx) < 0.0 && document.coefficient(lynx, &product) > 0.0);
    assert_eq!(document.0["stable"], true);
    let r2 = document.rollout_r2();
    assert!((LYNX_HARE_LEAST..LYNX_HARE_BEST).contains(&r2), "{r2}");
}

#[test]
fn lynx_and_hare_with_one_error_for_both_are_the_least_squares_fit() {
    // Trajectory least squares with the four terms given ends at 0.4812, 0.02483, 0.9260, 0.02753; here the terms are
    // found.
    let document = discover("lynx_hare_1900_1920.csv", &["--library", "poly:2", "--noise", "6"]);
    let (hare, lynx) = ("hare_thousand", "lynx_thousand");
    let product = format!("{hare}*{lynx}");
    assert_eq!(document.0["terms"], 4);
    let found = [(hare, hare), (hare, &product), (lynx, lynx), (lynx, &product)];
    for ((state, term), least_squares) in found.into_iter().zip([0.4812, -0.02483, -0.9260, 0.02753]) {
        let found = document.coefficient(state, term);
        assert!((found / least_squares - 1.0).abs() < 0.01, "{state}' {term}: {found}, least squares {least_squares}");
    }
    // At the optimum R2 is flat: numbers within 1 % of it cost about the square of that.
    assert!((document.rollout_r2() - LYNX_HARE_BEST).abs() < 1e-4, "{}", document.rollout_r2());
    assert_eq!(document.0["noise"], serde_json::json!({ hare: 6.0, lynx: 6.0 }));
}

#[test]
fn lynx_and_hare_are_simulated_with_the_default_library() {
    let document = discover("lynx_hare_1900_1920.csv", &[]);
    assert_eq!((&document.0["stable"], &document.0["terms"]), (&true.into(), &4.into()));
    // As many terms as Lotka's and Volterra's, which the library holds and which were passed over for them.
    assert!(document.rollout_r2() >= LYNX_HARE_BEST, "{}", document.rollout_r2());
}

#[test]
fn the_boarding_school_is_simulated() {
    let document = discover("influenza_boarding_school_1978.csv", &[]);
    assert_eq!(document.0["stable"], true);
    // The textbook model, S' = -b S I, I' = b S I - g I, C' = g I - h C with 760 susceptible boys, reaches 0.894 by
    // trajectory least squares (b = 0.00223, g = 0.449, h = 0.628, 2.0 ill on the first day).
    assert!(document.rollout_r2() >= 0.894, "{}", document.rollout_r2());
}

#[test]
fn the_trend_of_carbon_dioxide_is_found_over_dates() {
    let document = discover("co2_mauna_loa_weekly_1958_2001.csv", &[]);
    assert_eq!(document.0["stable"], true);
    // Between a straight line, x' = c, with 0.9737, and what a trend can explain at all: the rest are the seasons, and
    // a polynomial of degree 7 in the time has 0.9842 by regression.
    assert!((0.9737..0.9842).contains(&document.rollout_r2()), "{}", document.rollout_r2());
}

#[test]
fn the_sunspots_are_no_finding() {
    let document = discover("sunspots_yearly_1700_2008.csv", &[]);
    assert!(document.0["verdict"].as_str().expect("text").starts_with("No finding"));
}

#[test]
fn the_seasons_of_carbon_dioxide_are_found() {
    let document = discover("co2_mauna_loa_weekly_1958_2001.csv", &["--explicit-time", "--library", "poly:1,trig"]);
    let [(_, terms)] = &document.support()[..] else { panic!("one equation: {document:?}") };
    for cycles in [1.0, 2.0] {
        // The number in front of the time inside a sine.
        let frequency = |term: &String| {
            let inner = &term[term.find("sin(")? + "sin(".len()..];
            inner.split('*').next()?.parse::<f64>().ok()
        };
        let is_there = |found: f64| (found.abs() - cycles * std::f64::consts::TAU).abs() < 0.01 * cycles;
        assert!(terms.iter().filter_map(frequency).any(is_there), "{cycles} a year: {terms:?}");
    }
    // A parabola and two harmonics of the year have 0.9978 by regression.
    assert!(document.rollout_r2() >= 0.9978, "{}", document.rollout_r2());
}
