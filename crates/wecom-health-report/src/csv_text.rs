//! From the bytes of a file to its text.

use encoding_rs::{Encoding, GBK, UTF_8};

use crate::roster_error::RosterError;

/// Returns the text: UTF-8 or UTF-16 as a byte order mark says, else UTF-8 if it is, else GBK.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, RosterError> {
    let marked = Encoding::for_bom(bytes);
    let text = match marked {
        Some((encoding, length)) if encoding != UTF_8 => strict(encoding, &bytes[length..]),
        // Some programs put UTF-8's mark before GBK.
        _ => {
            let bytes = &bytes[marked.map_or(0, |(_, length)| length)..];
            strict(UTF_8, bytes).or_else(|| strict(GBK, bytes))
        }
    };
    // A NUL is in no text, but in workbooks and in UTF-16 without its mark.
    text.filter(|text| !text.contains('\0')).ok_or(RosterError::NotText)
}

fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}
