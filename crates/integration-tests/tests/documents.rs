//! Links in documents lead somewhere, translations show the same code, and crates depend on each other as described.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// Path from the root, and text, of each file of the workspace with this ending.
fn files(ending: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
            let (name, path) = (entry.file_name().display().to_string(), entry.path());
            if entry.file_type().unwrap().is_dir() {
                folders.extend((name != "target" && name != ".git").then_some(path));
            } else if name.ends_with(ending) {
                let text = std::fs::read_to_string(&path).unwrap();
                let relative = path.strip_prefix(root()).unwrap().display().to_string();
                found.insert(relative.replace('\\', "/"), text);
            }
        }
    }
    found
}

/// A document in its parts.
#[derive(Default)]
struct Document {
    /// Text of each heading.
    headings: Vec<String>,
    /// Language and text of each fenced block.
    blocks: Vec<(String, String)>,
    /// Where the links lead.
    links: Vec<String>,
}

impl Document {
    fn new(text: &str) -> Self {
        let mut document = Self::default();
        let mut open = false;
        for line in text.lines() {
            if let Some(language) = line.strip_prefix("```") {
                open = !open;
                if open {
                    document.blocks.push((language.to_owned(), String::new()));
                }
            } else if open {
                let block = &mut document.blocks.last_mut().unwrap().1;
                block.push_str(line);
                block.push('\n');
            } else {
                let level = line.bytes().take_while(|byte| *byte == b'#').count();
                if let Some(heading) = line[level..].strip_prefix(' ').filter(|_| level > 0) {
                    document.headings.push(heading.to_owned());
                }
                // Every second part is code.
                let words: String = line.split('`').step_by(2).collect();
                let ends = words.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
                document.links.extend(ends.map(|(target, _)| target.to_owned()));
                let definition = line.strip_prefix('[').and_then(|line| line.split_once("]: "));
                document.links.extend(definition.map(|(_, target)| target.trim().to_owned()));
            }
        }
        assert!(!open, "a block is not closed");
        document
    }

    /// The anchors of the headings, as GitHub makes them.
    fn anchors(&self) -> BTreeSet<String> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let headings = self.headings.iter().map(|heading| {
            let kept = heading.chars().filter(|char| char.is_alphanumeric() || " -_".contains(*char));
            let anchor: String = kept.map(|char| if char == ' ' { '-' } else { char }).collect();
            let anchor = anchor.to_lowercase();
            let before = seen.entry(anchor.clone()).or_default();
            *before += 1;
            if *before == 1 { anchor } else { format!("{anchor}-{}", *before - 1) }
        });
        headings.collect()
    }

    fn relative_links(&self) -> impl Iterator<Item = &String> {
        self.links.iter().filter(|link| !link.contains("://") && !link.starts_with("mailto:"))
    }
}

/// A path from the root without `..`; nothing if it leaves the workspace.
fn joined(folder: &Path, link: &str) -> Option<PathBuf> {
    let mut path = PathBuf::new();
    for part in folder.join(link).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir => path.pop().then_some(())?,
            _ => return None,
        }
    }
    Some(path)
}

#[test]
fn every_relative_link_resolves() {
    let mut broken = Vec::new();
    let mut followed = 0;
    for (name, text) in files(".md") {
        for link in Document::new(&text).relative_links() {
            followed += 1;
            let (file, anchor) =
                link.split_once('#').map_or((link.as_str(), None), |(file, anchor)| (file, Some(anchor)));
            let target = match file {
                "" => Some(PathBuf::from(&name)),
                file => joined(Path::new(&name).parent().unwrap(), file),
            };
            let target = target.map(|target| root().join(target)).filter(|target| target.exists());
            let found = target.is_some_and(|target| {
                anchor.is_none_or(|anchor| {
                    std::fs::read_to_string(target).is_ok_and(|text| Document::new(&text).anchors().contains(anchor))
                })
            });
            if !found {
                broken.push(format!("{name}: {link}"));
            }
        }
    }
    assert!(followed > 0);
    assert!(broken.is_empty(), "links that lead nowhere: {broken:#?}");
}

#[test]
fn front_pages_of_crates_have_no_link_out_of_their_crate() {
    for (name, text) in files("README.md").iter().filter(|(name, _)| name.starts_with("crates/")) {
        let folder = Path::new(name).parent().unwrap();
        let document = Document::new(text);
        let leaving: Vec<_> = document
            .relative_links()
            .filter(|link| !joined(folder, link).is_some_and(|to| to.starts_with(folder)))
            .collect();
        assert!(leaving.is_empty(), "{name}: nothing is there beside a packaged crate: {leaving:?}");
    }
}

#[test]
fn translations_show_the_same_code() {
    let documents = files(".md");
    let mut pairs = 0;
    for (name, text) in documents.iter().filter(|(name, _)| name.ends_with(".zh-CN.md")) {
        let original = name.replace(".zh-CN.md", ".md");
        let english = documents.get(&original).unwrap_or_else(|| panic!("{name} has no original"));
        let (chinese, english) = (Document::new(text), Document::new(english));
        for (chinese, english) in chinese.blocks.iter().zip(&english.blocks) {
            assert_eq!(in_no_language(chinese), in_no_language(english), "{name}: another block than in {original}");
        }
        assert_eq!(chinese.blocks.len(), english.blocks.len(), "{name}: blocks");
        let own = Path::new(name).file_name().unwrap().display().to_string();
        let (own, other) = (own.clone(), own.replace(".zh-CN.md", ".md"));
        assert!(chinese.links.contains(&other) && english.links.contains(&own), "{name}: no link to and from");
        pairs += 1;
    }
    assert_eq!(pairs, 5, "README, guides and reference");
}

/// A block in no language: commands without comments, `--lang` and output.
fn in_no_language((language, text): &(String, String)) -> (String, String) {
    let text = match language.as_str() {
        "sh" => text.lines().map(|line| line.split(" #").next().unwrap().trim_end()).collect::<Vec<_>>().join("\n"),
        "console" => text.lines().filter(|line| line.starts_with("$ ")).collect::<Vec<_>>().join("\n"),
        _ => text.clone(),
    };
    (language.clone(), text.replace(" --lang en", "").replace(" --lang zh", ""))
}

#[test]
fn the_crates_depend_on_each_other_as_described() {
    for (name, expected) in [
        ("crates/wecom-health-model", &[][..]),
        ("crates/wecom-health", &["wecom-health-model"]),
        ("crates/wecom-health-report", &["wecom-health-model"]),
        ("crates/wecom-health-emulator", &[]),
        ("crates/wecom-health-cli", &["wecom-health", "wecom-health-emulator", "wecom-health-report"]),
        ("xtask", &[]),
    ] {
        let manifest = std::fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
        let section = manifest.split("\n[dependencies]\n").nth(1).unwrap().split("\n[").next().unwrap();
        let names = section.lines().filter_map(|line| line.split(['.', ' ', '=']).next());
        let found: Vec<_> = names.filter(|name| name.starts_with("wecom-health")).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn no_published_crate_needs_a_file_outside_itself() {
    let mut included = 0;
    let published = |name: &str| name.starts_with("crates/") && !name.starts_with("crates/integration-tests/");
    for (name, text) in files(".rs").iter().filter(|(name, _)| published(name)) {
        let own = Path::new(name).components().take(2).collect::<PathBuf>();
        let arguments = ["include_str!(\"", "include_bytes!(\"", "include!(\""]
            .into_iter()
            .flat_map(|macro_| text.split(macro_).skip(1));
        for file in arguments.filter_map(|rest| rest.split('"').next()) {
            let target = joined(Path::new(name).parent().unwrap(), file);
            assert!(target.is_some_and(|target| target.starts_with(&own)), "{name} includes {file}");
            included += 1;
        }
    }
    assert!(included > 0);
}
