//! How the answers to a job are distributed over the options of its questions.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use serde::Serialize;
use wecom_health_model::{
    Answer, Described, ItineraryCardType, JobInfo, Language, OptionId, QuestionId, QuestionTemplate, QuestionType,
    ReportValue, Shape, TypedValue,
};

/// Answers to a job, counted by question and option as they arrive. Memory grows with questions and options, not with answers.
///
/// ```
/// use wecom_health_report::Summary;
/// use wecom_health_report::model::{Answer, JobInfo, Language, from_slice};
///
/// let job: JobInfo = from_slice(br#"{"title": "Daily", "creator": "user1", "type": 1, "report_type": 2, "skip_weekend": 0, "finish_cnt": 1,
///     "question_templates": [{"question_id": 1, "title": "Fever?", "question_type": 2, "is_required": 1,
///         "option_list": [{"option_id": 1, "option_text": "yes"}, {"option_id": 2, "option_text": "no"}]}]}"#)?;
/// let answer: Answer = from_slice(br#"{"id_type": 1, "userid": "user1", "report_values": [{"question_id": 1, "single_choice": 2}]}"#)?;
///
/// let mut summary = Summary::new(&job);
/// summary.add(&answer);
/// let fever = &summary.questions[0];
/// assert_eq!((summary.answers, fever.answered), (1, 1));
/// let counts = fever.options.iter().map(|option| (option.choice.label(Language::English), option.count));
/// assert_eq!(counts.collect::<Vec<_>>(), [("yes".into(), 0), ("no".into(), 1)]);
/// # Ok::<(), wecom_health_report::model::DecodeError>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// How many answers there are. A student for whom two parents answer has two.
    pub answers: usize,
    /// The job's questions in its order, and then others, which answers have and the job no longer does, by id.
    pub questions: Vec<Distribution>,
    #[serde(skip)]
    places: HashMap<QuestionId, usize>,
}

/// How the answers to a question are distributed. `Debug` leaves out the texts.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct Distribution {
    /// The question.
    pub question_id: QuestionId,
    /// Its title, if the job has the question.
    pub title: Option<String>,
    /// Its kind, if the job has the question.
    pub question_type: Option<QuestionType>,
    /// How many answers have a value for it. A blank text is none.
    pub answered: usize,
    /// How many of them chose no option. To a question with options, their value is of another kind.
    pub without_option: usize,
    /// How often each option was chosen: the job's options in its order, and then others that answers name, as they arrive.
    /// Empty for texts, files and signatures.
    pub options: Vec<OptionCount>,
    #[serde(skip)]
    places: HashMap<Key, usize>,
}

/// How many answers chose an option.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct OptionCount {
    /// The option.
    #[serde(flatten)]
    pub choice: Choice,
    /// How many answers chose it.
    pub count: usize,
}

/// What can be chosen. `Debug` leaves out the text.
#[derive(Clone, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Choice {
    /// An option.
    Option {
        /// Its id.
        option_id: OptionId,
        /// Its text, if the job has the option.
        option_text: Option<String>,
    },
    /// What was recognised on an itinerary card.
    ItineraryCard {
        /// The code.
        itinerary_card_type: ItineraryCardType,
    },
}

/// A choice without its text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Key {
    Option(OptionId),
    /// By its number, because codes have no order.
    ItineraryCard(i64),
}

impl Summary {
    /// Starts with the job's questions and options, each counted 0.
    pub fn new(job: &JobInfo) -> Self {
        let mut summary = Self { answers: 0, questions: Vec::new(), places: HashMap::new() };
        for question in &job.question_templates {
            if !summary.places.contains_key(&question.question_id) {
                summary.push(Distribution::of(question));
            }
        }
        summary
    }

    /// Counts an answer. Each question and each option counts once for an answer, however often it occurs in it.
    pub fn add(&mut self, answer: &Answer) {
        self.answers += 1;
        let mut chosen: BTreeMap<QuestionId, BTreeSet<Key>> = BTreeMap::new();
        for value in &answer.report_values {
            if let Some(choices) = choices(value) {
                chosen.entry(value.question_id).or_default().extend(choices);
            }
        }
        for (id, choices) in chosen {
            self.question(id).add(choices);
        }
    }

    fn question(&mut self, id: QuestionId) -> &mut Distribution {
        let place = match self.places.get(&id) {
            Some(place) => *place,
            None => self.push(Distribution::unknown(id)),
        };
        &mut self.questions[place]
    }

    fn push(&mut self, distribution: Distribution) -> usize {
        let place = self.questions.len();
        self.places.insert(distribution.question_id, place);
        self.questions.push(distribution);
        place
    }
}

impl Distribution {
    fn unknown(question_id: QuestionId) -> Self {
        let (title, question_type, options, places) = (None, None, Vec::new(), HashMap::new());
        Self { question_id, title, question_type, answered: 0, without_option: 0, options, places }
    }

    fn of(question: &QuestionTemplate) -> Self {
        let mut distribution = Self {
            title: Some(question.title.clone()),
            question_type: Some(question.question_type),
            ..Self::unknown(question.question_id)
        };
        for option in &question.option_list {
            let text = Some(option.option_text.clone());
            distribution.place(Key::Option(option.option_id), text);
        }
        if question.question_type == QuestionType::ItineraryCard
            && let Shape::Coded(known) = ItineraryCardType::SHAPE
        {
            for known in known {
                distribution.place(Key::ItineraryCard(known.value), None);
            }
        }
        distribution
    }

    /// Counts an answer that has a value for the question, with these choices in it.
    fn add(&mut self, choices: BTreeSet<Key>) {
        self.answered += 1;
        self.without_option += usize::from(choices.is_empty());
        for key in choices {
            let place = self.place(key, None);
            self.options[place].count += 1;
        }
    }

    /// Returns where an option is, which is added if it is new.
    fn place(&mut self, key: Key, text: Option<String>) -> usize {
        *self.places.entry(key).or_insert_with(|| {
            let choice = match key {
                Key::Option(option_id) => Choice::Option { option_id, option_text: text },
                Key::ItineraryCard(code) => Choice::ItineraryCard { itinerary_card_type: code.into() },
            };
            self.options.push(OptionCount { choice, count: 0 });
            self.options.len() - 1
        })
    }

    /// Returns whether the question has options to choose from.
    pub fn has_options(&self) -> bool {
        !self.options.is_empty()
    }
}

impl Choice {
    /// Returns what the option is called: its text, the label of its code, or its number where the job or the schema does not know it.
    pub fn label(&self, language: Language) -> Cow<'_, str> {
        match self {
            Self::Option { option_text: Some(text), .. } => text.as_str().into(),
            Self::Option { option_id, .. } => option_id.to_string().into(),
            Self::ItineraryCard { itinerary_card_type: card } => match card.known() {
                Some(known) => known.label.get(language).into(),
                None => card.value().to_string().into(),
            },
        }
    }
}

/// Returns the choices of a value, or `None` if nothing was filled in.
fn choices(value: &ReportValue) -> Option<Vec<Key>> {
    Some(match value.typed() {
        TypedValue::Nothing => return None,
        TypedValue::Text(text) if text.trim().is_empty() => return None,
        TypedValue::SingleChoice(choice) => vec![Key::Option(choice)],
        TypedValue::MultiChoice(choices) => choices.iter().copied().map(Key::Option).collect(),
        TypedValue::ItineraryCard { card, .. } => {
            card.into_iter().map(|card| Key::ItineraryCard(card.value())).collect()
        }
        _ => Vec::new(),
    })
}

impl fmt::Debug for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Distribution");
        fields.field("question_id", &self.question_id).field("answered", &self.answered);
        fields.field("options", &self.options.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option { option_id, .. } => f.debug_tuple("Option").field(option_id).finish(),
            Self::ItineraryCard { itinerary_card_type: card } => f.debug_tuple("ItineraryCard").field(card).finish(),
        }
    }
}
