//! Whether what is said of equations is right, on cases that are made anew for every seed. The rates are those of
//! `docs/src/guide/reading-the-result.md`.

mod made_data;

mod held_out;

mod nothing_to_find;

mod separate_equations;

mod poles;

mod exact_data;

mod columns;

mod every_state;
