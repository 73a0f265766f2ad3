//! Adds members to a JSON text and leaves the rest of it as it is.

use std::collections::BTreeMap;

/// Members to add to objects and lists of a JSON text.
#[derive(Debug)]
pub(super) struct Edit<'a> {
    text: &'a str,
    /// What is added before each closing brace.
    additions: BTreeMap<usize, Vec<String>>,
}

impl<'a> Edit<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, additions: BTreeMap::new() }
    }

    /// Adds a member at the end of the object or list that the keys lead to. Returns whether there is one.
    pub(super) fn add(&mut self, keys: &[&str], member: String) -> bool {
        let mut scan = Scan { bytes: self.text.as_bytes(), at: 0 };
        let Some(end) = scan.find(keys) else { return false };
        self.additions.entry(end).or_default().push(member);
        true
    }

    /// The text with all additions.
    pub(super) fn finish(self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut from = 0;
        for (end, members) in self.additions {
            let before = self.text[from..end].trim_end();
            let empty = before.ends_with(['{', '[']);
            let close = self.text[..end].rsplit('\n').next().unwrap_or("");
            let indent = close.len() - close.trim_start().len();
            out.push_str(before);
            for (at, member) in members.iter().enumerate() {
                out.push_str(if at == 0 && empty { "\n" } else { ",\n" });
                out.extend(std::iter::repeat_n(' ', indent + 2));
                out.push_str(member);
            }
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            from = end;
        }
        out.push_str(&self.text[from..]);
        out
    }
}

/// Reads JSON that is known to be right.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    /// Where the value that the keys lead to closes.
    fn find(&mut self, keys: &[&str]) -> Option<usize> {
        for key in keys {
            self.enter(key)?;
        }
        self.blanks();
        matches!(self.bytes.get(self.at), Some(b'{' | b'[')).then_some(())?;
        self.skip();
        Some(self.at - 1)
    }

    /// Goes to the value of a key in the object that begins here.
    fn enter(&mut self, key: &str) -> Option<()> {
        self.blanks();
        (self.bytes.get(self.at) == Some(&b'{')).then_some(())?;
        self.at += 1;
        loop {
            self.blanks();
            let start = self.at;
            (self.bytes.get(start) == Some(&b'"')).then_some(())?;
            self.skip();
            let found = serde_json::from_slice::<String>(&self.bytes[start..self.at]).ok()? == key;
            self.blanks();
            self.at += 1; // the colon
            if found {
                return Some(());
            }
            self.skip();
            self.blanks();
            (self.bytes.get(self.at) == Some(&b',')).then_some(())?;
            self.at += 1;
        }
    }

    fn blanks(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    /// Skips the value that begins here.
    fn skip(&mut self) {
        self.blanks();
        let mut open = 0_usize;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => self.text(),
                b'{' | b'[' => {
                    open += 1;
                    self.at += 1;
                }
                b'}' | b']' if open == 0 => return,
                b'}' | b']' => {
                    open -= 1;
                    self.at += 1;
                }
                b',' | b' ' | b'\n' if open == 0 => return,
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            if open == 0 {
                return;
            }
        }
    }

    fn text(&mut self) {
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += match byte {
                b'\\' => 2,
                _ => 1,
            };
            if *byte == b'"' {
                return;
            }
        }
    }
}
