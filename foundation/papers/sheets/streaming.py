"""Write a workbook piece by piece: in flat memory, and with nothing in clear on the disk.

Every cell is text of the format "Text", so that nothing runs and no digit of a number is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Final, cast
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from foundation.papers.sheets.writing import fitting

_PIECE: Final = 1 << 16
_LOOKS_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # Source: ECMA-376 part 1, 22.9.2.19 ST_Xstring
_BREAKS: Final = {"\r": "&#13;"}  # a parser would read a bare one as \n
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET: Final = "xl/worksheets/sheet1.xml"
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/{_SHEET}" ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    "<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}
_ABOVE: Final = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    '<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="200" width="18" style="1"/></cols>'
    "<sheetData>"
)
_BELOW: Final = "</sheetData></worksheet>"


def stream_xlsx(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """
    Yield a workbook whose first row is a header that stays in sight; ``=1+1`` stays what was typed.

    A character that no workbook can hold reads as U+FFFD. The caller keeps to the length that
    spreadsheets open.
    """
    sink = _Sink()
    with ZipFile(cast("IO[bytes]", sink), "w", ZIP_DEFLATED) as archive:  # it needs no more to write
        for name, content in _PARTS.items():
            archive.writestr(name, _XML + content)
        with archive.open(_SHEET, "w") as sheet:
            sheet.write(_ABOVE.encode())
            for number, row in enumerate(rows, start=1):
                sheet.write(_row(number, row))
                if sink.size > _PIECE:
                    yield sink.take()
            sheet.write(_BELOW.encode())
    yield sink.take()


class _Sink:
    """Takes what the archive writes and hands it on; it cannot go back, so the archive never does."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def write(self, content: bytes) -> int:
        """Keep some bytes until they are taken."""
        self.parts.append(bytes(content))
        self.size += len(content)
        return len(content)

    def flush(self) -> None:
        """Do nothing: whoever takes, empties."""

    def take(self) -> bytes:
        """Return what was written since, and forget it."""
        content = b"".join(self.parts)
        self.parts, self.size = [], 0
        return content


def _row(number: int, cells: Sequence[str]) -> bytes:
    style = 2 if number == 1 else 1
    inside = "".join(
        f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{_cell(text)}</t></is></c>'
        if text
        else "<c/>"
        for text in cells
    )
    return f'<row r="{number}">{inside}</row>'.encode()


def _cell(text: str) -> str:
    return escape(_LOOKS_ESCAPED.sub("_x005F_", fitting(text)), _BREAKS)
