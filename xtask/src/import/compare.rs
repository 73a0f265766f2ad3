//! Where a draft of the vendor's pages and a schema differ. Names of definitions, labels and sentences do not count: they are ours.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use super::draft::Draft;
use super::terms::TODO;
use crate::schema::deviations::HAS_FIELD;
use crate::schema::{Deviation, definition_name, escape};

/// A place where a page and the schema differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Page and line.
    pub line: String,
    /// JSON pointer to the place in the schema, or the file of a sample.
    pub at: String,
    /// What the page does there, beginning with a verb.
    pub page: String,
    /// JSON pointer to what the page has and the schema lacks, in the draft.
    pub(super) lacking: Option<String>,
}

impl Difference {
    /// Makes one of what a page prints on a line.
    pub fn new(line: &str, at: &str, page: &str) -> Self {
        Self { line: line.to_owned(), at: at.to_owned(), page: page.to_owned(), lacking: None }
    }

    /// Returns whether a deviation records this.
    pub fn is_recorded_as(&self, deviation: &Deviation) -> bool {
        self.at == deviation.at && self.page == deviation.page
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: the page {}", self.line, self.at, self.page)
    }
}

/// What a comparison found.
#[derive(Debug, Default)]
pub struct Comparison {
    /// The differences, in the order of the draft.
    pub differences: Vec<Difference>,
    /// The endpoints that page and schema have: the number of the link in the draft, and in the schema.
    pub endpoints: Vec<(usize, usize)>,
}

/// What the page says of a field that the schema has.
const IN_SAMPLE: &str = "has it in a sample alone";
const IN_ADDRESS: &str = "has it in the address alone";
const ABSENT: &str = "does not have it";

/// Makes one difference of two where a page gives another name to one field of an object.
pub fn join_renames(mut differences: Vec<Difference>) -> Vec<Difference> {
    let objects: BTreeSet<_> = differences.iter().map(|difference| object(difference).to_owned()).collect();
    for parent in objects {
        join(&mut differences, |difference| object(difference) == parent);
    }
    // A row without a sample may have been placed in another object than the field had been.
    join(&mut differences, |_| true);
    differences
}

/// The pointer to what a difference is in.
fn object(difference: &Difference) -> &str {
    difference.at.rsplit_once('/').map_or("", |(object, _)| object)
}

/// Joins the new field and the missing one, if there is one of each among these differences.
fn join(differences: &mut Vec<Difference>, is_among: impl Fn(&Difference) -> bool) {
    let of = |page: &[&str]| -> Vec<usize> {
        let among = differences.iter().enumerate().filter(|(_, other)| is_among(other));
        among.filter(|(_, other)| page.contains(&other.page.as_str())).map(|(at, _)| at).collect()
    };
    if let ([new], [old]) = (of(&[HAS_FIELD]).as_slice(), of(&[IN_SAMPLE, IN_ADDRESS, ABSENT]).as_slice()) {
        let name = differences[*new].at.rsplit('/').next().unwrap_or("");
        let page = format!("has {name} instead");
        differences[*new] = Difference { page, at: differences[*old].at.clone(), ..differences[*new].clone() };
        differences.remove(*old);
    }
}

/// Compares a draft with a schema.
pub fn compare(schema: &Value, draft: &Draft) -> Comparison {
    let links = schema["links"].as_array().map_or(&[][..], Vec::as_slice);
    let none = Map::new();
    let mut comparer = Comparer {
        definitions: schema["$defs"].as_object().unwrap_or(&none),
        draft,
        link: String::new(),
        is_query: false,
        compared: BTreeSet::new(),
        found: Comparison::default(),
    };
    for (at, link) in draft.schema["links"].as_array().into_iter().flatten().enumerate() {
        comparer.link = format!("/links/{at}");
        match links.iter().position(|known| path(known) == path(link)) {
            Some(known) => {
                comparer.found.endpoints.push((at, known));
                comparer.links(known, &links[known], link);
            }
            None => {
                let place = comparer.link.clone();
                comparer.lacks(&place, "/links", format!("has the endpoint {}", path(link)));
            }
        }
    }
    comparer.found
}

struct Comparer<'a> {
    definitions: &'a Map<String, Value>,
    draft: &'a Draft,
    /// The draft's link that is being compared.
    link: String,
    /// Whether the fields of a query are compared: on the page, all of them are text.
    is_query: bool,
    /// Pairs of definitions that were compared.
    compared: BTreeSet<(String, String)>,
    found: Comparison,
}

impl Comparer<'_> {
    fn find(&mut self, place: &str, pointer: &str, page: impl Into<String>) {
        let line = self.draft.lines.get(place).or(self.draft.lines.get(&self.link)).cloned().unwrap_or_default();
        let difference = Difference { line, at: pointer.to_owned(), page: page.into(), lacking: None };
        self.found.differences.push(difference);
    }

    fn lacks(&mut self, place: &str, pointer: &str, page: impl Into<String>) {
        self.find(place, pointer, page);
        if let Some(last) = self.found.differences.last_mut() {
            last.lacking = Some(place.to_owned());
        }
    }

    fn links(&mut self, at: usize, known: &Value, link: &Value) {
        let (pointer, place) = (format!("/links/{at}"), self.link.clone());
        for key in ["submissionSchema", "hrefSchema", "targetSchema"] {
            self.is_query = key == "hrefSchema";
            match (reference(&known[key]), reference(&link[key])) {
                (Some(known), Some(draft)) => self.objects(known, draft),
                (None, None) => {}
                (_, None) => self.find(&place, &format!("{pointer}/{key}"), "has no such part"),
                (None, _) => self.find(&place, &format!("{pointer}/{key}"), "has such a part"),
            }
        }
        if known["targetHints"] != link["targetHints"] {
            let method = shown(&link["targetHints"]["allow"][0]);
            self.find(&place, &format!("{pointer}/targetHints"), format!("has the method {method}"));
        }
        if query(known).symmetric_difference(&query(link)).any(|name| !self.is_in_query(known, link, name)) {
            let names = query(link).into_iter().collect::<Vec<_>>().join(", ");
            self.find(&place, &format!("{pointer}/href"), format!("has the query {names}"));
        }
    }

    /// Whether a name is a field of the query, on the page or in the schema: a difference is found there.
    fn is_in_query(&self, known: &Value, link: &Value, name: &str) -> bool {
        let ours = reference(&known["hrefSchema"]).and_then(|definition| self.definitions.get(definition));
        let theirs = reference(&link["hrefSchema"]).map(|definition| &self.draft.schema["$defs"][definition]);
        [ours, theirs].into_iter().flatten().any(|definition| definition["properties"].get(name).is_some())
    }

    /// Compares two definitions of objects.
    fn objects(&mut self, known: &str, draft: &str) {
        if !self.compared.insert((known.to_owned(), draft.to_owned())) {
            return;
        }
        let (Some(ours), theirs) = (self.definitions.get(known), &self.draft.schema["$defs"][draft]) else { return };
        let pointer = format!("/$defs/{}/properties", escape(known));
        let place = format!("/$defs/{}/properties", escape(draft));
        let none = Map::new();
        let fields = ours["properties"].as_object().unwrap_or(&none);
        let drafted = theirs["properties"].as_object().unwrap_or(&none);
        for (name, node) in drafted {
            let (place, pointer) = (format!("{place}/{}", escape(name)), format!("{pointer}/{}", escape(name)));
            let Some(field) = fields.get(name) else {
                self.lacks(&place, &pointer, HAS_FIELD);
                continue;
            };
            if self.draft.without_row.contains(&place) {
                // Nothing is said of it, so nothing can differ but the fields in it.
                self.find(&place, &pointer, if self.is_query { IN_ADDRESS } else { IN_SAMPLE });
                if holds_fields(node) {
                    self.nodes(field, node, &pointer, &place);
                }
                continue;
            }
            self.nodes(field, node, &pointer, &place);
            if let Some(page) = self.draft.contradictions.get(&place) {
                self.find(&place, &pointer, page);
            }
            let required = requires(theirs, name);
            if requires(ours, name) != required {
                self.find(&place, &pointer, if required { "requires it" } else { "does not require it" });
            }
        }
        for name in fields.keys().filter(|name| !drafted.contains_key(*name)) {
            self.find(&place, &format!("{pointer}/{}", escape(name)), ABSENT);
        }
    }

    fn nodes(&mut self, ours: &Value, theirs: &Value, pointer: &str, place: &str) {
        let (our_name, their_name) = (reference(ours), reference(theirs));
        let our = our_name.and_then(|name| self.definitions.get(name)).unwrap_or(ours);
        let their = their_name.map_or(theirs, |name| &self.draft.schema["$defs"][name]);
        if our["x-undocumented"] == true || (their["x-undocumented"] == true && our.get("type").is_some()) {
            return;
        }
        if our["type"] != their["type"] {
            if !self.is_query || their["type"] != "string" {
                self.find(place, pointer, format!("has the type {}", shown(&their["type"])));
            }
            return;
        }
        if our_name != Some("ErrCode") {
            self.known_values(our, their, pointer, place);
        }
        match (our_name, their_name) {
            (Some(our_name), Some(their_name)) if our["type"] == "object" => self.objects(our_name, their_name),
            _ if our["type"] == "array" => self.nodes(&our["items"], &their["items"], pointer, place),
            _ if our["type"] == "object" => {
                self.nodes(&our["additionalProperties"], &their["additionalProperties"], pointer, place);
            }
            _ => {}
        }
    }

    /// Compares which values have a meaning, and the meanings, as far as the page has a term.
    fn known_values(&mut self, our: &Value, their: &Value, pointer: &str, place: &str) {
        let (known, drafted) = (meanings(our), meanings(their));
        let values = |meanings: &[(String, &str)]| -> BTreeSet<String> {
            meanings.iter().map(|(value, _)| value.clone()).collect()
        };
        let (ours, theirs) = (values(&known), values(&drafted));
        if ours != theirs {
            let list = theirs.into_iter().collect::<Vec<_>>().join(", ");
            let page =
                if list.is_empty() { "gives no value a meaning".into() } else { format!("gives a meaning to {list}") };
            self.find(place, pointer, page);
            return;
        }
        let differs = |(value, meaning): &&(String, &str)| {
            *meaning != TODO && known.iter().any(|(other, term)| other == value && term != meaning)
        };
        let calls: Vec<_> =
            drafted.iter().filter(differs).map(|(value, meaning)| format!("{value} {meaning}")).collect();
        if !calls.is_empty() {
            self.find(place, pointer, format!("calls {}", calls.join(", ")));
        }
    }
}

/// Whether a definition requires a field, be it only in a success.
fn requires(definition: &Value, name: &str) -> bool {
    let lists = [&definition["required"], &definition["then"]["required"]];
    lists.into_iter().filter_map(Value::as_array).flatten().any(|required| required == name)
}

/// Whether a field is an object, a list of objects, or a map of them.
fn holds_fields(node: &Value) -> bool {
    reference(node).is_some()
        || ["items", "additionalProperties"].iter().any(|key| node.get(key).is_some_and(holds_fields))
}

/// The known values of a definition, with the vendor's terms.
fn meanings(definition: &Value) -> Vec<(String, &str)> {
    let known = definition["x-known-values"].as_array().into_iter().flatten();
    known.map(|known| (shown(&known["value"]), known["x-term"].as_str().unwrap_or(""))).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        value => value.to_string(),
    }
}

pub(super) fn path(link: &Value) -> &str {
    link["href"].as_str().unwrap_or("").split('{').next().unwrap_or("")
}

fn query(link: &Value) -> BTreeSet<&str> {
    let href = link["href"].as_str().unwrap_or("");
    let names = href.split_once("{?").map_or("", |(_, names)| names.trim_end_matches('}'));
    names.split(',').filter(|name| !name.is_empty()).collect()
}

fn reference(node: &Value) -> Option<&str> {
    node["$ref"].as_str().and_then(definition_name)
}
