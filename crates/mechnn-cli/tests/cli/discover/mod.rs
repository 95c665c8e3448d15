//! `mechnn discover`.

mod input;

mod bad_table;

mod extreme_numbers;

mod request;

mod options;

mod constrained;

mod driven;

mod per_trajectory;

mod invariance;

mod text;

mod document;

mod run_folder;

mod real_data;
