//! Why a file is no roster.

use std::fmt;

use csv::StringRecord;
use wecom_health_model::{Language, Localized, Words};

/// Why a file is no roster. Its messages show headings, and nothing of the people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RosterError {
    /// The bytes are neither UTF-8 nor GBK, as those of a workbook.
    NotText,
    /// There is nobody in it.
    Empty,
    /// The first line has none of the headings.
    NoHeadings,
    /// The first line has some of the headings.
    MissingColumns {
        /// The columns that are missing.
        missing: Vec<Column>,
        /// The headings that were found, each cut to 20 characters.
        found: Vec<String>,
    },
    /// Two headings are of the same column.
    RepeatedColumn(Column),
    /// A row has no userid.
    MissingUserid {
        /// The line, from 1.
        line: u64,
    },
    /// A quote is not closed, or a cell goes over several lines.
    OpenQuote {
        /// The line where the row begins, from 1.
        line: u64,
    },
}

/// A column of a roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Column {
    /// Userids.
    Userid,
    /// Names.
    Name,
    /// Departments.
    Department,
}

impl Column {
    pub(crate) const ALL: [Self; 3] = [Self::Userid, Self::Name, Self::Department];

    /// Returns the headings that the column may have, in lower case and without spaces and underscores. The first are for messages.
    pub fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Userid => &[
                "userid",
                "用户id",
                "账号",
                "帐号",
                "成员账号",
                "成员帐号",
                "学生账号",
                "学生帐号",
                "成员userid",
                "学生userid",
                "studentuserid",
                "学号",
            ],
            Self::Name => &["name", "姓名", "名字", "成员姓名", "学生姓名"],
            Self::Department => {
                &["department", "部门", "班级", "departments", "所在部门", "所属部门", "所在班级", "所属班级", "class"]
            }
        }
    }

    /// Where a line has one of the headings.
    pub(crate) fn places(self, line: &StringRecord) -> impl Iterator<Item = usize> {
        let is_heading = move |cell: &str| {
            let kept = cell.chars().filter(|char| !char.is_whitespace() && *char != '_');
            let heading = kept.collect::<String>().to_lowercase();
            self.headings().contains(&heading.as_str())
        };
        line.iter().enumerate().filter(move |(_, cell)| is_heading(cell)).map(|(place, _)| place)
    }

    /// What a message calls the column.
    fn words(self) -> Words {
        match self {
            Self::Userid => Words { english: "`userid` (or 账号)", chinese: "「账号」（或 userid）" },
            Self::Name => Words { english: "`name` (or 姓名)", chinese: "「姓名」（或 name）" },
            Self::Department => {
                Words { english: "`department` (or 部门)", chinese: "「部门」（或 department）" }
            }
        }
    }
}

impl RosterError {
    fn words(&self) -> Option<Words> {
        Some(match self {
            Self::NotText => Words {
                english: "the roster is neither UTF-8 nor GBK text: save it as CSV",
                chinese: "名单不是 UTF-8 或 GBK 编码的文本，请另存为 CSV 文件",
            },
            Self::Empty => Words {
                english: "the roster is empty: add a line for each person",
                chinese: "名单为空，请为每个人添加一行",
            },
            Self::NoHeadings => Words {
                english: "the first line of the roster has no headings: write userid, name and department there",
                chinese: "名单的第一行不是表头，请写上账号、姓名和部门",
            },
            _ => return None,
        })
    }
}

impl Localized for RosterError {
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Language::{Chinese, English};
        if let Some(words) = self.words() {
            return f.write_str(words.get(language));
        }
        match (self, language) {
            (Self::MissingColumns { missing, found }, English) => {
                let missing = list(missing, language, " and ");
                write!(f, "the roster has no column {missing}: add it to {}", found.join(", "))
            }
            (Self::MissingColumns { missing, found }, Chinese) => {
                write!(f, "名单缺少{}列，现有列：{}，请补充", list(missing, language, "、"), found.join("、"))
            }
            (Self::RepeatedColumn(column), English) => {
                write!(f, "the roster has two columns for {}: rename one", column.words().english)
            }
            (Self::RepeatedColumn(column), Chinese) => {
                write!(f, "名单中有两列都是{}，请修改其中一列的表头", column.words().chinese)
            }
            (Self::MissingUserid { line }, English) => {
                write!(f, "line {line} of the roster has no userid: write it, or delete the line")
            }
            (Self::MissingUserid { line }, Chinese) => write!(f, "名单第 {line} 行没有账号，请补充或删除该行"),
            (Self::OpenQuote { line }, English) => {
                write!(f, "a quote in line {line} of the roster is not closed in that line: close it")
            }
            (Self::OpenQuote { line }, Chinese) => write!(f, "名单第 {line} 行的引号没有在该行闭合，请检查"),
            _ => Ok(()),
        }
    }
}

fn list(columns: &[Column], language: Language, between: &str) -> String {
    columns.iter().map(|column| column.words().get(language)).collect::<Vec<_>>().join(between)
}

impl fmt::Display for RosterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_in(Language::English, f)
    }
}

impl std::error::Error for RosterError {}
