//! The lanes against themselves in other arithmetic, and against the code that solves one element at a time.

// In data-flow order.
mod random_problem;

mod gradient_parts;

mod lane_run;

mod lane_types;

mod flops;

mod element_by_element;

mod gradient_digits;

mod refused_elements;
