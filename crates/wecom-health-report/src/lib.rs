#![doc = include_str!("../README.md")]

mod absentees;
mod address_book;
mod answered;
mod csv_file;
mod csv_text;
mod outcome;
mod people;
mod person;
mod roster;
mod roster_error;
pub mod rows;
mod summary;
mod tree;

pub use absentees::{absentees, is_day_off};
pub use outcome::{Absentees, DepartmentTally, FinishCount, Incomplete, Tally};
pub use person::{DepartmentLabel, Person};
pub use roster::Roster;
pub use roster_error::{Column, RosterError};
pub use summary::{Choice, Distribution, OptionCount, Summary};
pub use wecom_health_model as model;
