//! Pieces of a part of the page, as many as fit.

use maud::{Markup, PreEscaped};

/// Pieces of a part of the page, which has room for so many bytes.
pub(super) struct Pieces {
    text: String,
    room: usize,
    /// How many pieces did not fit.
    pub(super) left_out: usize,
}

impl Pieces {
    pub(super) fn new(room: usize) -> Self {
        Self { text: String::new(), room, left_out: 0 }
    }

    /// Adds a piece, if it fits. Returns whether it did.
    pub(super) fn push(&mut self, PreEscaped(piece): Markup) -> bool {
        let fits = self.text.len() + piece.len() <= self.room;
        if fits {
            self.text += &piece;
        } else {
            self.left_out += 1;
        }
        fits
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn into_markup(self) -> Markup {
        PreEscaped(self.text)
    }
}
