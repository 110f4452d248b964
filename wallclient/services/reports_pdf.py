"""Reports as PDF, A4, with Chinese by the system's fonts. May run on a worker thread; a second for many pictures."""

from html import escape

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)

from wallclient.domain.errors import StorageFailed
from wallclient.services.report_paper import Cell, Paper, Row, Section

DPI = 96
FONTS = ("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "Noto Sans SC", "WenQuanYi Micro Hei", "Noto Sans")
_FONT_PT = 9
_MARGIN_MM = 15.0
_FOOTER_PX = 28
_PICTURE_PX = 420  # wide, on paper
_LARGEST_PICTURE_PX = 1280  # what is kept of a picture: fine on paper, and 100 of them still go by mail
_STYLE = """
h1 { font-size: 18pt; margin-bottom: 8px; }
h2 { font-size: 12pt; margin-top: 14px; margin-bottom: 4px; }
th { background-color: #e3e8ee; font-weight: bold; text-align: left; }
td { vertical-align: top; }
.table td, .table th { border: 1px solid #b8c1cb; }
.bad { color: #b00020; }
.label { color: #55606c; }
.none { color: #55606c; }
"""


def pdf(paper: Paper) -> bytes:
    """Return a report as PDF. Raises StorageFailed where Qt can't write one."""
    document = QTextDocument()
    font = QFont()
    font.setFamilies(list(FONTS))
    font.setPointSize(_FONT_PT)
    # With cosmetic glyphs Qt 6.11 forgets which digits they stand for: they could not be searched for or copied.
    font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
    document.setDefaultFont(font)
    document.setDefaultStyleSheet(_STYLE)
    document.setDocumentMargin(0.0)
    document.setHtml(_html(paper, document))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(paper.title)
    writer.setCreator("wallclient")
    writer.setResolution(DPI)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    a4 = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(a4, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter))
    painter = QPainter()
    if not painter.begin(writer):
        raise StorageFailed("the PDF can't be begun")
    try:
        _paint(paper, document, writer, painter, font)
    finally:
        painter.end()
    return bytes(buffer.data().data())


def _paint(paper: Paper, document: QTextDocument, writer: QPdfWriter, painter: QPainter, font: QFont) -> None:
    """Paint page after page, each with a footer."""
    document.documentLayout().setPaintDevice(writer)
    width, height = float(writer.width()), float(writer.height() - _FOOTER_PX)
    document.setPageSize(QSizeF(width, height))
    pages = document.pageCount()
    painter.setFont(font)
    for page in range(pages):
        if page:
            writer.newPage()
        painter.save()
        painter.translate(0.0, -page * height)
        document.drawContents(painter, QRectF(0.0, page * height, width, height))
        painter.restore()
        footer = QRectF(0.0, height, width, float(_FOOTER_PX))
        left = paper.words["printed"].format(time=_text(paper.made_utc, paper))
        right = paper.words["page"].format(page=page + 1, pages=pages)
        painter.setPen(Qt.GlobalColor.darkGray)
        painter.drawText(footer, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft), left)
        painter.drawText(footer, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight), right)


def _html(paper: Paper, document: QTextDocument) -> str:
    facts = "".join(
        f"<tr><td class='label' width='18%'>{escape(label)}</td><td>{_cell(value, paper)}</td></tr>"
        for label, value in paper.facts
    )
    parts = [f"<h1>{escape(paper.title)}</h1><table width='100%' cellspacing='0' cellpadding='3'>{facts}</table>"]
    parts += [_section(section, number, paper, document) for number, section in enumerate(paper.sections)]
    if paper.signatures:
        lines = "".join(f"<td width='50%'>{escape(who)} ({escape(paper.words['signature'])}): ____________________</td>"
                        for who in paper.signatures)  # fmt: skip
        parts.append(f"<p>&nbsp;</p><table width='100%' cellpadding='12'><tr>{lines}</tr></table>")
    return "".join(parts)


def _section(section: Section, number: int, paper: Paper, document: QTextDocument) -> str:
    title = f"<h2>{escape(section.title)} ({len(section.rows)})</h2>"
    if not section.rows:
        return f"{title}<p class='none'>{escape(paper.words['none'])}</p>"
    widths = _percents([column.width for column in section.columns])
    heads = "".join(
        f"<th width='{width}%'>{escape(column.title)}</th>"
        for column, width in zip(section.columns, widths, strict=True)
    )
    rows = "".join(
        _row(row, f"{number}-{index}", len(section.columns), paper, document) for index, row in enumerate(section.rows)
    )
    style = "class='table' style='border-collapse: collapse' cellspacing='0' cellpadding='3'"
    return f"{title}<table width='100%' {style}><thead><tr>{heads}</tr></thead>{rows}</table>"


def _percents(widths: list[int]) -> list[int]:
    """Return parts of a whole as percents that come to 100."""
    ends = [round(100 * sum(widths[: count + 1]) / sum(widths)) for count in range(len(widths))]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


def _row(row: Row, name: str, columns: int, paper: Paper, document: QTextDocument) -> str:
    mark = " class='bad'" if row.is_bad else ""
    cells = "".join(f"<td{mark}>{_cell(cell, paper)}</td>" for cell in row.cells)
    html = f"<tr>{cells}</tr>"
    if row.picture is not None:
        html += f"<tr><td colspan='{columns}'>{_picture(row.picture, name, paper, document)}</td></tr>"
    return html


def _picture(picture: bytes, name: str, paper: Paper, document: QTextDocument) -> str:
    image = QImage.fromData(picture)
    if image.isNull():
        return f"<span class='none'>{escape(paper.words['no_picture_kept'])}</span>"
    if image.width() > _LARGEST_PICTURE_PX:
        image = image.scaledToWidth(_LARGEST_PICTURE_PX, Qt.TransformationMode.SmoothTransformation)
    document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(f"report:{name}"), image)
    width = min(_PICTURE_PX, image.width())
    height = width * image.height() // max(1, image.width())
    return f"<img src='report:{name}' width='{width}' height='{height}'/>"


def _cell(cell: Cell, paper: Paper) -> str:
    return escape(_text(cell, paper)).replace("\n", "<br/>")


def _text(cell: Cell, paper: Paper) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, str | int):
        return str(cell)
    return f"{cell.astimezone(paper.zone):%Y-%m-%d %H:%M:%S}"
