"""Reports opened again: PDF with pypdf, XLSX as the archive of XML it is, in both languages, with their pictures."""

import asyncio
import io
import re
import unicodedata
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from xml.etree import ElementTree

import pypdf
import pytest
from patrol_fakes import ME, OTHER, steps
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from wallclient.domain.patrol import (
    Acknowledgement,
    Category,
    Closing,
    Handover,
    Plan,
    PlanView,
    Record,
    RecordKind,
    Round,
    RoundState,
    Schedule,
    Step,
    Why,
)
from wallclient.domain.patrol_round import StepOutcome, account, findings_of, line_of
from wallclient.domain.patrol_schedule import Run
from wallclient.services import report_text
from wallclient.services.report_paper import HandoverSheet, RoundReport, round_paper
from wallclient.services.report_text import LANGUAGES, Words
from wallclient.services.reports import ReportKind, rendered, report_name, save_report

K = RecordKind
EVIL = '=HYPERLINK("http://example.invalid","点我")'
BEGUN = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)  # 22:00 in Shanghai


def jpeg(color, width=1920, height=1080):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", 90)
    return bytes(buffer.data().data())


@pytest.fixture
def made(qapp):
    return made_report()


def made_report():
    view = Step("四路同看", 10.0, view=PlanView("四路同看", "4", ("c7", "c8")))
    named = (replace(steps(1)[0], title=EVIL), *steps(4, first=2), view)
    plan = Plan("plan-0001", 3, "重点部位日常巡查 <b>&", named, Schedule("Asia/Shanghai"))
    red, blue = jpeg("red"), jpeg("blue", 640, 480)
    records, moment = [], BEGUN

    def tell(kind, step=None, by=ME, picture=b"", **fields):
        nonlocal moment
        moment += timedelta(seconds=5)
        digest = sha256(picture).hexdigest() if picture else ""
        key = f"record-{len(records):04}"
        channel = plan.steps[step].channel_id if step is not None else None
        records.append(Record(key, "round-0001", plan.id, 3, kind, moment, by, step, channel, picture=digest, **fields))
        return key

    tell(K.STARTED, scheduled_utc=BEGUN)
    tell(K.SHOWN, 0)
    settled = tell(K.FINDING, 0, picture=red, category="crowd", text="广场东侧聚集\n约二十人\x07\u202e")
    tell(K.UNAVAILABLE, 1, reason="offline")
    tell(K.PRESET_MISSED, 2, reason="held")
    tell(K.SHOWN, 2)
    tell(K.MISSED, 2)
    tell(K.SHOWN, 3)
    tell(K.PAUSED, 3, reason="接电话")
    tell(K.TAKEN_OVER, 3, by=OTHER)
    tell(K.FINDING, 3, by=OTHER, picture=blue, category="自定类别", text="@SUM(1+1)")
    tell(K.FINDING, 3, by=OTHER, picture=b"lost on the way", category="damage", text="截图丢失")
    tell(K.SKIPPED, 4, by=OTHER)
    tell(K.SHOWN, 5, by=OTHER, reason="c7:offline c8:no_picture")
    tell(K.SEEN, 5, by=OTHER)
    tell(K.ENDED, by=OTHER)
    pictures = {sha256(picture).hexdigest(): picture for picture in (red, blue)}
    closings = {settled: Closing(moment, OTHER, "人群已疏散")}
    return RoundReport(Round("round-0001", plan, tuple(records)), "重庆市视频监控中心", moment, pictures, closings)


def made_sheet():
    report = made_report()
    whole = account(report.round.id, report.round.plan, report.round.records)
    end = BEGUN + timedelta(hours=8)
    taken = Acknowledgement(end + timedelta(minutes=7), OTHER, "已知悉")
    handover = Handover(
        "handover-1", ME.post, "夜班", BEGUN, end, end, ME, "3号枪机偏移\n围挡今晚拆除", ("round-0001",), (), taken
    )
    found = findings_of(whole, report.closings)
    run = Run(BEGUN + timedelta(hours=2), "夜班", BEGUN, end)
    return HandoverSheet(
        handover, "重庆市视频监控中心", end, "Asia/Shanghai", [line_of(whole)], found, [(report.round.plan, run)]
    )


# --- PDF ---


def pdf_text(content):
    """Return the text of a PDF without white space; Qt names some glyphs by the radicals that share them."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    text = "".join(page.extract_text() for page in reader.pages).replace("\u2eda", "页")
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)), reader


def pdf_pictures(reader):
    """Yield the photographs of a PDF."""
    for page in reader.pages:
        for thing in page["/Resources"].get("/XObject", {}).values():
            stream = thing.get_object()
            if stream.get("/Filter") == "/DCTDecode":
                yield QImage.fromData(stream._data, "JPEG")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh_CN",
            "巡查报告 计划时间2026-03-0222:00:00 开始时间2026-03-0222:00:05 已完成 漏查1 无画面1 跳过1 发现的问题3 "
            "摄像机离线 云台被他人占用 人员聚集 自定类别 设施损坏 约二十人 已处理:管理员人群已疏散 "
            "未处理 截图无法取得 接电话 他人接手 "
            "c7:摄像机离线;c8:无视频画面",
        ),
        (
            "en",
            "Patrolroundreport completed missed1 cameraoffline heldbysomebodyelse Crowd 自定类别 takenover "
            "closed:管理员 Thepicturecan'tbehad. 2026-03-0222:00:05 Findings(3)",
        ),
    ],
)
def test_a_round_as_pdf(made, language, words):
    text, reader = pdf_text(rendered(made, ReportKind.PDF, language))
    for word in words.split(" "):
        assert re.sub(r"\s", "", unicodedata.normalize("NFKC", word)) in text, word
    assert "重点部位日常巡查<b>&" in text  # shown, not taken as mark-up
    assert EVIL.replace('"', "") in text.replace('"', "")
    assert "\u202e" not in text
    assert reader.metadata.title == Words(language)["round_report"]
    pictures = {(image.width(), image.height()): image.pixelColor(300, 300) for image in pdf_pictures(reader)}
    assert set(pictures) == {(640, 480), (1280, 720)}
    assert (pictures[1280, 720].red() > 200, pictures[640, 480].blue() > 200) == (True, True)
    pages = len(reader.pages)
    assert {"zh_CN": f"第{pages}页,共{pages}页", "en": f"Page{pages}of{pages}"}[language] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hand_over_as_pdf(qapp, language):
    text, _ = pdf_text(rendered(made_sheet(), ReportKind.PDF, language))
    words = Words(language)
    for word in ("handover_sheet", "open_findings", "not_made", "taken_over", "signature"):
        assert re.sub(r"\s", "", unicodedata.normalize("NFKC", words[word])) in text
    for word in ("夜班", "3号枪机偏移", "围挡今晚拆除", "已知悉", "2026-03-0306:07:00", "2026-03-0300:00:00"):
        assert word in text
    untaken = replace(made_sheet(), handover=replace(made_sheet().handover, acknowledgement=None), is_complete=False)
    text, _ = pdf_text(rendered(untaken, ReportKind.PDF, language))
    for word in ("not_taken", "incomplete"):
        assert re.sub(r"\s", "", unicodedata.normalize("NFKC", words[word])) in text


def test_long_tables_go_over_pages_with_nothing_lost(qapp):
    plan = Plan("plan-0001", 1, "长计划", steps(300), Schedule("Asia/Shanghai"))
    started = Record("record-0000", "round-0001", plan.id, 1, K.STARTED, BEGUN, ME)
    text, reader = pdf_text(
        rendered(RoundReport(Round("round-0001", plan, (started,)), "x", BEGUN), ReportKind.PDF, "en")
    )
    assert len(reader.pages) > 5
    missing = [number for number in range(1, 301) if f"{number}号枪机" not in text]
    assert missing == []


# --- XLSX ---

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


class Workbook:
    """A workbook as others read it: names of sheets, cells by sheet, formulas, pictures."""

    def __init__(self, content):
        self.archive = zipfile.ZipFile(io.BytesIO(content))
        assert self.archive.testzip() is None
        strings = self._xml("xl/sharedStrings.xml").findall("m:si", _NS)
        self._strings = ["".join(part.text or "" for part in item.iter(f"{{{_NS['m']}}}t")) for item in strings]
        sheets = self._xml("xl/workbook.xml").findall("m:sheets/m:sheet", _NS)
        self.names = [sheet.get("name") for sheet in sheets]
        self.sheets = [self._cells(number) for number in range(1, len(self.names) + 1)]

    def _xml(self, name):
        return ElementTree.fromstring(self.archive.read(name))

    def _cells(self, number):
        cells = {}
        for cell in self._xml(f"xl/worksheets/sheet{number}.xml").iter(f"{{{_NS['m']}}}c"):
            assert cell.find("m:f", _NS) is None, "a formula"
            value = cell.find("m:v", _NS)
            if value is not None:
                is_text = cell.get("t") == "s"
                cells[cell.get("r")] = self._strings[int(value.text)] if is_text else float(value.text)
        return cells

    @property
    def pictures(self):
        return {self.archive.read(name) for name in self.archive.namelist() if name.startswith("xl/media/")}


def excel_day(moment):
    """Return a local time as the number of days workbooks count."""
    return (moment - datetime(1899, 12, 30)).total_seconds() / 86400


def test_a_round_as_workbook(made):
    book = Workbook(rendered(made, ReportKind.XLSX, "zh_CN"))
    assert book.names == ["巡查报告", "巡查步骤", "发现的问题", "过程记录"]
    facts, table, found, course = book.sheets
    assert (facts["A2"], facts["B2"]) == ("巡查计划", "重点部位日常巡查 <b>& (版本 3)")
    assert facts["B5"] == pytest.approx(excel_day(datetime(2026, 3, 2, 22, 0)))
    assert table["B2"] == EVIL  # as text: `Workbook` has found no formula anywhere
    assert [table[f"E{row}"] for row in range(2, 8)] == ["已确认", "无画面", "漏查", "已确认", "跳过", "已确认"]
    assert table["D2"] == pytest.approx(excel_day(datetime(2026, 3, 2, 22, 0, 10)))
    assert table["H3"] == "摄像机离线"
    assert found["E2"] == "广场东侧聚集\n约二十人"
    assert found["E3"] == "@SUM(1+1)"
    assert found["G2"] == "已处理: 管理员 人群已疏散"
    assert found["H4"] == "截图无法取得"
    assert book.pictures == set(made.pictures.values())
    assert len(course) == 5 * (len(made.round.records) + 1) - sum(
        1 for cells in ("C", "E") for row in range(2, 18) if f"{cells}{row}" not in course
    )
    assert "xl/externalLinks" not in " ".join(book.archive.namelist())
    assert all("hyperlink" not in book.archive.read(n).decode("utf-8", "ignore").lower().replace(EVIL.lower(), "")
               for n in book.archive.namelist() if n.startswith("xl/worksheets"))  # fmt: skip


def test_a_hand_over_as_workbook(qapp):
    book = Workbook(rendered(made_sheet(), ReportKind.XLSX, "en"))
    assert book.names == ["Shift hand-over", "Open findings", "Rounds made", "Rounds due that were not made"]
    facts, found, rounds, missing = book.sheets
    assert facts["B10"] == "3号枪机偏移\n围挡今晚拆除\n已知悉"
    assert len([cell for cell in found if cell.startswith("A")]) == 4
    assert [rounds[f"{column}2"] for column in "FGHIJ"] == [3, 1, 1, 1, 3]
    assert missing["B2"] == "重点部位日常巡查 <b>&"


def test_pictures_keep_their_shape_in_their_cells(made):
    book = Workbook(rendered(made, ReportKind.XLSX, "en"))
    names = [name for name in book.archive.namelist() if name.startswith("xl/drawings/drawing")]
    assert len(names) == 1
    drawing = book._xml(names[0])
    shapes = [
        (int(e.get("cx")), int(e.get("cy")))
        for e in drawing.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}ext")
        if e.get("cx")
    ]
    assert sorted(round(width / height, 2) for width, height in shapes) == [1.33, 1.78]
    assert {round(width / 9525) for width, _ in shapes} == {240}  # px


# --- words, names, files ---


def test_every_word_is_there_in_both_languages():
    tables = [table for name, table in vars(report_text).items() if name.startswith("_") and name.isupper()]
    tables = [table for table in tables if isinstance(table, dict)]
    assert len(tables) == 7
    for table in tables:
        for key, pair in table.items():
            chinese, english = pair
            assert chinese.strip(), key
            assert english.strip(), key
            assert re.search(r"[\u4e00-\u9fff]", chinese), key
            assert english.isascii() or "’" in english, key
            assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", english)), key
    for language in LANGUAGES:
        words = Words(language)
        assert all(words.outcome(outcome) for outcome in StepOutcome)
        assert all(words.state(state) for state in RoundState)
        assert all(words.kind(kind) for kind in RecordKind)
        assert all(words.category(category) != category.value for category in Category)
        assert all(words.reason(why) for why in Why)
    assert Words("zh_CN").reason("下雨了 看不清") == "下雨了 看不清"


def test_names_of_files_are_safe_and_tell_what_is_inside(made):
    name = report_name(made, ReportKind.PDF, "zh_CN")
    assert name.startswith("巡查报告 重点部位日常巡查")
    assert name.endswith("2026-03-02 22-00.pdf")
    assert not set(name) & set('<>:"/\\|?*')


def test_a_report_is_written_whole(made, tmp_path):
    path = asyncio.run(save_report(made, tmp_path / "deep" / "r.xlsx", ReportKind.XLSX, "en"))
    assert Workbook(path.read_bytes()).names[0] == "Patrol round report"
    assert [p.name for p in path.parent.iterdir()] == ["r.xlsx"]


def test_times_are_those_of_the_plans_zone(made):
    berlin = replace(made.round.plan, schedule=Schedule("Europe/Berlin"))
    facts = dict(round_paper(replace(made, round=replace(made.round, plan=berlin)), "en").facts)
    assert facts["Time zone"] == "Europe/Berlin"
    text, _ = pdf_text(
        rendered(replace(made, round=replace(made.round, plan=berlin)), ReportKind.PDF, "en"),
    )
    assert "2026-03-0215:00:05" in text
