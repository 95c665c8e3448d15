//! The whole command: exit code, stdout, stderr, files.

mod process;

mod arrays;

mod help;

mod solve_arrays;

mod solve_gradients;

mod bad_arrays;

mod golden;

mod solve_text;

mod bad_text;

mod examples;
