//! `cargo xtask audit`: compares the schema and its samples with the vendor's pages.
//!
//! Each page is drafted as the import does it, and the draft is compared with the schema. What `schema/deviations.json` records is no
//! finding. An entry of it that no page confirms is one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::import::{self, Comparison, Difference, Draft, Sample, compare, join_renames};
use crate::schema::deviations::HAS_FIELD;
use crate::schema::{self, Deviation, definition_name};

/// Compares pages, given as files, with the schema and the samples of a workspace. Returns what was compared.
///
/// With `record`, writes the differences into `deviations.json`, where a person has to give the reasons.
///
/// # Errors
///
/// The schema breaks a rule, a page cannot be read, no page describes an endpoint of the schema, or they differ: all differences
/// are listed.
pub fn audit(root: &Path, pages: &[PathBuf], record: bool) -> Result<String> {
    let file = root.join(schema::PATH);
    let document = schema::load(root, &file, schema::Stage::Finished)?;
    let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", schema::PATH))?;
    let mut audit = Audit::new(&file, serde_json::from_str(&text)?, document.deviations);
    let (pages, left_out) = import::read(pages)?;
    audit.findings.extend(left_out);
    for page in pages {
        audit.page(&import::draft(&[page]));
    }
    let more = audit.unrecorded.clone();
    if !record || more.is_empty() {
        return audit.outcome();
    }
    schema::deviations::add(&file, &audit.deviations, &more)?;
    let (count, findings) = (more.len(), audit.findings.join("\n"));
    bail!("recorded in deviations.json (entries: {count}): write each reason where it says TODO\n{findings}")
}

/// A comparison of pages with a schema, page by page.
#[derive(Debug)]
pub struct Audit {
    /// The folder of the schema, which has the samples.
    folder: PathBuf,
    schema: Value,
    deviations: Vec<Deviation>,
    /// The deviations that a page confirmed.
    confirmed: BTreeSet<usize>,
    /// The links that were compared.
    links: BTreeSet<usize>,
    /// The endpoints of the pages that are not in the schema.
    others: Vec<Difference>,
    findings: Vec<String>,
    /// The differences among the findings, as deviations without a reason.
    unrecorded: Vec<Deviation>,
}

impl Audit {
    /// Starts a comparison with the schema of a file.
    #[must_use]
    pub fn new(file: &Path, schema: Value, deviations: Vec<Deviation>) -> Self {
        let folder = file.parent().unwrap_or(file).to_owned();
        let (confirmed, links) = (BTreeSet::new(), BTreeSet::new());
        Self {
            folder,
            schema,
            deviations,
            confirmed,
            links,
            others: Vec::new(),
            findings: Vec::new(),
            unrecorded: Vec::new(),
        }
    }

    /// Compares a page, given as a draft.
    pub fn page(&mut self, draft: &Draft) {
        let Comparison { differences, endpoints } = compare(&self.schema, draft);
        // Pages also describe endpoints that are none of ours.
        let (others, differences): (Vec<_>, _) =
            differences.into_iter().partition(|difference| difference.at == "/links");
        self.others.extend(others);
        self.find(differences);
        for (drafted, link) in endpoints {
            self.links.insert(link);
            self.samples(draft, &draft.schema["links"][drafted], link);
        }
    }

    fn find(&mut self, mut differences: Vec<Difference>) {
        self.drop_recorded(&mut differences);
        let mut differences = join_renames(differences);
        // A field of another name is recorded as such.
        self.drop_recorded(&mut differences);
        self.findings.extend(differences.iter().map(Difference::to_string));
        self.unrecorded.extend(differences.into_iter().map(|Difference { at, page, .. }| Deviation {
            at,
            page,
            reason: String::new(),
        }));
    }

    fn drop_recorded(&mut self, differences: &mut Vec<Difference>) {
        differences.retain(|difference| {
            let recorded = self.deviations.iter().position(|deviation| difference.is_recorded_as(deviation));
            self.confirmed.extend(recorded);
            recorded.is_none()
        });
    }

    /// Compares the samples of an endpoint with the files.
    fn samples(&mut self, draft: &Draft, drafted: &Value, link: usize) {
        let rel = drafted["rel"].as_str().unwrap_or("");
        let link = &self.schema["links"][link];
        let ours = link["rel"].as_str().unwrap_or("").to_owned();
        let sent = link.get("submissionSchema").or(link.get("hrefSchema")).cloned().unwrap_or_default();
        let received = link["targetSchema"].clone();
        for Sample { file, line, json } in &draft.samples {
            let Some(ending) = file.strip_prefix(rel).filter(|ending| ending.starts_with('.')) else { continue };
            let node = if ending.starts_with(".request") { &sent } else { &received };
            let at = format!("samples/{ours}{ending}");
            let printed = self.kept(json, node);
            let page = match self.sample(&at) {
                Some(sample) if sample == printed => continue,
                Some(sample) if structure(&sample) == structure(&printed) => "prints other values",
                Some(_) => "prints another structure",
                None => "prints a sample that is not kept",
            };
            self.find(vec![Difference::new(line, &at, page)]);
        }
    }

    fn sample(&self, at: &str) -> Option<Value> {
        serde_json::from_str(&std::fs::read_to_string(self.folder.join(at)).ok()?).ok()
    }

    /// A value without the fields that the schema leaves out.
    fn kept(&self, value: &Value, node: &Value) -> Value {
        let name = node["$ref"].as_str().and_then(definition_name);
        let definition = name.map_or(node, |name| &self.schema["$defs"][name]);
        match value {
            Value::Object(members) => {
                let is_kept = |field: &&String| !name.is_some_and(|name| self.leaves_out(name, field));
                let kept = members.iter().filter(|(field, _)| is_kept(field));
                kept.map(|(field, value)| (field.clone(), self.kept(value, &definition["properties"][field]))).collect()
            }
            Value::Array(items) => items.iter().map(|item| self.kept(item, &definition["items"])).collect(),
            value => value.clone(),
        }
    }

    fn leaves_out(&self, definition: &str, field: &str) -> bool {
        let at = format!("/$defs/{definition}/properties/{field}");
        self.deviations.iter().any(|deviation| deviation.page == HAS_FIELD && deviation.at == at)
    }

    /// Returns what was compared.
    ///
    /// # Errors
    ///
    /// The findings, or that no page describes an endpoint of the schema.
    pub fn outcome(mut self) -> Result<String> {
        if self.links.is_empty() {
            let others = self.others.iter().map(|other| format!("\n{}: the page {}", other.line, other.page));
            let others: String = others.collect();
            bail!("no page describes an endpoint of the schema: give the vendor's pages about one{others}");
        }
        self.find_unconfirmed();
        if !self.findings.is_empty() {
            let findings = self.findings.join("\n");
            bail!("pages and schema differ: mend the schema, or record the reason in deviations.json\n{findings}");
        }
        let (links, recorded, others) = (self.links.len(), self.confirmed.len(), self.others.len());
        Ok(format!(
            "audit: schema and pages agree (endpoints: {links}, recorded deviations: {recorded}, endpoints outside the schema: {others})"
        ))
    }

    /// Finds the deviations that no page confirms, though all pages that could were compared.
    fn find_unconfirmed(&mut self) {
        for (index, deviation) in self.deviations.iter().enumerate() {
            // What was found at the place says why it is not confirmed.
            let is_explained = self.unrecorded.iter().any(|found| found.at == deviation.at);
            if !self.confirmed.contains(&index) && !is_explained && self.could_confirm(deviation) {
                let Deviation { at, page, .. } = deviation;
                self.findings
                    .push(format!("deviations.json#/{index}: {at}: no page {page} any more: delete the entry"));
            }
        }
    }

    /// Whether every endpoint that a deviation concerns was compared.
    fn could_confirm(&self, deviation: &Deviation) -> bool {
        let links = self.schema["links"].as_array().into_iter().flatten().enumerate();
        let concerned: Vec<usize> = links
            .filter(|(at, link)| {
                let sample = link["rel"].as_str().map(|rel| format!("samples/{rel}."));
                deviation.at.starts_with(&format!("/links/{at}/"))
                    || sample.is_some_and(|sample| deviation.at.starts_with(&sample))
                    || self.definitions(link).iter().any(|name| deviation.at.starts_with(&format!("/$defs/{name}/")))
            })
            .map(|(at, _)| at)
            .collect();
        !concerned.is_empty() && concerned.iter().all(|at| self.links.contains(at))
    }

    /// The definitions that a link leads to.
    fn definitions<'a>(&'a self, link: &'a Value) -> BTreeSet<&'a str> {
        let mut names = BTreeSet::new();
        let mut open = vec![link];
        while let Some(node) = open.pop() {
            match node {
                Value::Object(members) => open.extend(members.values()),
                Value::Array(items) => open.extend(items),
                Value::String(text) => {
                    if let Some(name) = definition_name(text).filter(|name| names.insert(*name)) {
                        open.push(&self.schema["$defs"][name]);
                    }
                }
                _ => {}
            }
        }
        names
    }
}

/// A sample with nothing but its names and the kinds of its values.
fn structure(value: &Value) -> Value {
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), structure(value))).collect(),
        Value::Array(items) => items.iter().map(structure).collect(),
        Value::String(_) => "".into(),
        Value::Number(_) => 0.into(),
        Value::Bool(_) => false.into(),
        Value::Null => Value::Null,
    }
}
