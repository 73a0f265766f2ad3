"""Compares the files of an export with its spool, value by value. Knows nothing of the program's code.

Usage: equal.py FOLDER RAW   (RAW is "raw" or "guarded")
"""
import csv
import datetime
import json
import pathlib
import sys

import openpyxl
from openpyxl.utils.escape import unescape

csv.field_size_limit(1 << 30)
folder, raw = pathlib.Path(sys.argv[1]), sys.argv[2] == "raw"
EXCEL = 32767
HEAD = ["report_time", "id_type", "userid", "student_userid", "parent_userid"]
ZONE = datetime.timezone(datetime.timedelta(hours=8))


def guarded(text):
    return "'" + text if not raw and text[:1] in ("=", "+", "-", "@", "\t", "\r") and text else text


def read_csv(name):
    with open(folder / name, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def parts(question, value):
    """The texts of a value: (kind, option id, text)."""
    options = {option["option_id"]: option["option_text"] for option in (question or {}).get("option_list") or []}
    if "text" in value:
        return [("text", "", value["text"])]
    if "single_choice" in value:
        return [("single_choice", value["single_choice"], options.get(value["single_choice"], str(value["single_choice"])))]
    if value.get("multi_choice"):
        return [("multi_choice", choice, options.get(choice, str(choice))) for choice in value["multi_choice"]]
    if value.get("fileid"):
        return [("fileid", "", file) for file in value["fileid"]]
    if "url" in value:
        return [("url", "", value["url"])]
    return [("", "", "")]


def time(answer):
    if "report_time" not in answer:
        return ""
    return datetime.datetime.fromtimestamp(answer["report_time"], ZONE).isoformat()


def separator(question):
    texts = [option["option_text"] for option in (question or {}).get("option_list") or []]
    for separator in ["; ", " | ", " / ", " || "]:
        if not any(separator.strip() in text for text in texts):
            return separator
    raise SystemExit("no separator is free")


def columns(questions, others):
    titles = [question["title"] for question in questions]
    for question in questions:
        title = question["title"]
        alone = title and titles.count(title) == 1 and title not in HEAD
        yield question["question_id"], title if alone else f'{title} [{question["question_id"]}]'.strip()
    for other in others:
        yield other, f"[{other}]"


def head(answer):
    ids = [answer.get(name) or "" for name in ("userid", "student_userid", "parent_userid")]
    return [time(answer), str(answer["id_type"]), *ids]


def row(questions, order, answer):
    by_id = {question["question_id"]: question for question in questions}
    cells = []
    for number in order:
        texts = [
            text
            for value in answer.get("report_values") or []
            if value["question_id"] == number
            for _, _, text in parts(by_id.get(number), value)
        ]
        cells.append(separator(by_id.get(number)).join(texts))
    return cells


def check(what, got, expected):
    if got != expected:
        raise SystemExit(f"{what} differs:\n{got!r:.2000}\n{expected!r:.2000}")


def excel(cell):
    if isinstance(cell, datetime.datetime):
        return cell.replace(tzinfo=ZONE).isoformat()
    # Excel writes a carriage return as _x000D_.
    return "" if cell is None else unescape(str(cell))


days = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["days"]
long, sheets = [], {}
for day in days:
    job, date = day["jobid"], day["date"]
    (spooled,) = (folder / ".spool" / job).glob(f"{date}.*.ndjson")
    lines = spooled.read_text(encoding="utf-8").split("\n")[:-1]
    details, answers = json.loads(lines[0])["job_info"], [json.loads(line) for line in lines[1:]]
    check("rows", len(answers), day["rows"])
    ndjson = (folder / f"answers_{job}_{date}.ndjson").read_text(encoding="utf-8").split("\n")[:-1]
    check("ndjson", [json.loads(line) for line in ndjson], answers)
    questions = details.get("question_templates") or []
    known = {question["question_id"] for question in questions}
    asked = {value["question_id"] for answer in answers for value in answer.get("report_values") or []}
    fixed = list(columns(questions, sorted(asked - known)))
    order = [number for number, _ in fixed]
    wide = read_csv(f"answers_{job}_{date}.csv")
    check("titles", wide[0], HEAD + [guarded(title) for _, title in fixed])
    rows = [head(answer) + row(questions, order, answer) for answer in answers]
    check("wide", wide[1:], [[guarded(cell) if place != 1 else cell for place, cell in enumerate(cells)] for cells in rows])
    sheets.setdefault(job, []).extend([date] + cells for cells in rows)
    by_id = {question["question_id"]: question for question in questions}
    for answer in answers:
        start = [job, date, str(answer["id_type"]), *head(answer)[2:], head(answer)[0]]
        mine = [
            start + [str(value["question_id"]), by_id.get(value["question_id"], {}).get("title", ""), kind, str(option), text]
            for value in answer.get("report_values") or []
            for kind, option, text in parts(by_id.get(value["question_id"]), value)
        ]
        long.extend(mine or [start + ["", "", "", "", ""]])
got = read_csv("answers_long.csv")[1:]
numbers = (2, 7, 10)
check("long", got, [[cell if place in numbers else guarded(cell) for place, cell in enumerate(cells)] for cells in long])

book = openpyxl.load_workbook(folder / "answers.xlsx", read_only=True)
for job, rows in sheets.items():
    sheet = list(book[job].iter_rows(min_row=2))
    check("formats of dates", {cells[0].number_format for cells in sheet}, {"yyyy-mm-dd"})
    dates = [cells[0].value for cells in sheet]
    check("dates", dates, [datetime.datetime.fromisoformat(cells[0]) for cells in rows])
    cut = [[cell[:EXCEL] for cell in cells[1:]] for cells in rows]
    check("workbook", [[excel(cell.value) for cell in cells[1:]] for cells in sheet], cut)
print(f"{len(days)} days are equal")
