"""The monthly report as a page for leaders (reportlab): a serif-less page in the desk's colours, A4 across."""

import io
from datetime import datetime
from zoneinfo import ZoneInfo

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from classroom.reports.fonts import subset
from classroom.reports.schemas import DeliveryReport
from classroom.reports.sheet import DEFINITIONS, HEAD, Language, rows, title

INK, INDIGO, RULE, TINT = HexColor("#1F2329"), HexColor("#1F3A6E"), HexColor("#CFC8B8"), HexColor("#F0ECE2")
PLAIN, BOLD = 400, 700
HERE = ZoneInfo("Asia/Shanghai")
ASCII = "".join(map(chr, range(32, 127)))


def drawn(report: DeliveryReport, place: str, language: Language) -> bytes:
    """Takes a second or two: call it in a thread."""
    words = [title(report, language), place, _counted(report.at, language), *HEAD[language], *DEFINITIONS[language]]
    cells = [[str(cell) for cell in row] for row in rows(report, language)]
    letters = [*words, ASCII, *(cell for row in cells for cell in row)]
    plain, bold = _font("plain", letters, PLAIN), _font("bold", letters, BOLD)
    out = io.BytesIO()
    margins = {"leftMargin": 18 * mm, "rightMargin": 18 * mm, "topMargin": 16 * mm, "bottomMargin": 14 * mm}
    page = SimpleDocTemplate(out, pagesize=landscape(A4), title=words[0], author=place, **margins)
    page.build(_story(report, place, language, cells, plain, bold))
    return out.getvalue()


def _story(
    report: DeliveryReport, place: str, language: Language, cells: list[list[str]], plain: str, bold: str
) -> list[Flowable]:
    heading = ParagraphStyle("heading", fontName=bold, fontSize=20, leading=28, textColor=INDIGO)
    under = ParagraphStyle("under", fontName=plain, fontSize=10, leading=15, textColor=INK)
    small = ParagraphStyle("small", fontName=plain, fontSize=8, leading=12, textColor=INK)
    said = f"{place}　{_counted(report.at, language)}"
    notes = [Paragraph(line, small) for line in DEFINITIONS[language]]
    table = Table([list(HEAD[language]), *cells], repeatRows=1, colWidths=[40 * mm, *[24.5 * mm] * 9])
    table.setStyle(_style(plain, bold))
    head = [Paragraph(title(report, language), heading), Paragraph(said, under), Spacer(1, 6 * mm)]
    return [*head, table, Spacer(1, 6 * mm), *notes]


def _style(plain: str, bold: str) -> TableStyle:
    return TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), plain, 10),
            ("FONT", (0, 0), (-1, 0), bold, 9),
            ("FONT", (0, -1), (-1, -1), bold, 10),
            ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
            ("LINEABOVE", (0, 0), (-1, 0), 1.5, INK),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
            ("LINEBELOW", (0, 1), (-1, -2), 0.4, RULE),
            ("LINEABOVE", (0, -1), (-1, -1), 0.8, INK),
            ("BACKGROUND", (0, -1), (-1, -1), TINT),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ]
    )


def _font(name: str, letters: list[str], weight: int) -> str:
    """Registered anew for each document, because each has its own letters."""
    data = subset(letters, weight)
    called = f"Songjiao-{name}-{hash(data.getvalue()) & 0xFFFFFFFF:08x}"
    pdfmetrics.registerFont(TTFont(called, data))
    return called


def _counted(at: datetime, language: Language) -> str:
    local = at.astimezone(HERE)
    return f"{local:%Y-%m-%d %H:%M} 出表" if language == "zh" else f"counted {local:%Y-%m-%d %H:%M}"
