//! Answers as rows of tables: `wide`, a row for each answer and a column for each question, and `long`, a row for each option or file.

mod cell;
mod long;
mod texts;
mod wide;

pub use cell::Cell;
pub use long::{LongRow, long_rows};
pub use wide::{Heading, Wide};
