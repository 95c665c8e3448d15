//! `mechnn solve`.

mod arrays;

mod gradients;

mod bad_arrays;

mod golden;

mod text;

mod bad_text;

mod examples;
