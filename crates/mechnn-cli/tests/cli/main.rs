//! The whole command: exit code, stdout, stderr, files.

mod process;

mod arrays;

mod help;

mod solve_arrays;

mod solve_gradients;

mod bad_arrays;

mod golden;

mod train;

mod solve_text;

mod bad_text;

mod examples;

mod table;

mod document;

mod discover_constrained;

mod discover_document;

mod discover_driven;

mod discover_shared;

mod discover_options;

mod discover_text;

mod discover_input;

mod discover_invariance;

mod infer;

mod run_folder;

mod real_data;

mod demo;

mod progress;

mod interrupt;

mod bad_table;

mod extreme_numbers;

mod bench;
