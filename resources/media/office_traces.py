"""Office files without who made, changed and remarked on them, and when. The words of a remark stay; its author and its
day go.

OOXML and OpenDocument are packages of XML: parts with nothing but properties are replaced by empty ones, and where a
part names people beside the content (`TOLD`), only these values are blanked; one that names nobody stays to the byte.
The old binary formats (OLE) keep their properties in streams of their own, which are overwritten in place. Names inside
their text (marked changes, the last ten who saved a .doc) stay: only a new writing of the whole document would lose
them, and that changes documents.
"""

import io
import re
import shutil
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from xml.sax import SAXException
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

import olefile
from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from core.pictures import BrokenPicture, without_traces
from resources.media import refusing

PROPERTIES = "http://schemas.openxmlformats.org"
EMPTY = {
    "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{PROPERTIES}/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": f'<Properties xmlns="{PROPERTIES}/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": f'<Properties xmlns="{PROPERTIES}/officeDocument/2006/custom-properties"/>',
    "meta.xml": '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' office:version="1.3"><office:meta/></office:document-meta>',
}
"""The parts with properties (ECMA-376 part 2, clause 11; OpenDocument 1.3 part 2, 3.3), with none in them."""
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".bmp", ".webp"})
LEAST_DATE = (1980, 1, 1, 0, 0, 0)
NO_DAY = "1980-01-01T00:00:00Z"
TIMES = frozenset({"date", "dateUtc", "dt", "dT", "dateTime", "created"})
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Told(NamedTuple):
    """By their local names: attributes and elements of a part whose value names a person or a moment."""

    parts: re.Pattern[str]
    attributes: frozenset[str] = frozenset()
    elements: frozenset[str] = frozenset()


TOLD = (
    Told(re.compile(r"word/.+\.xml"), frozenset({"author", "initials", "userId", "date", "dateUtc"})),
    Told(re.compile(r"ppt/(commentAuthors|authors)\.xml"), frozenset({"name", "initials", "userId"})),
    Told(re.compile(r"ppt/comments/.+\.xml"), frozenset({"dt", "created"})),
    Told(re.compile(r"ppt/changesInfos/.+\.xml"), frozenset({"name", "userId"})),
    Told(re.compile(r"xl/comments.*\.xml"), elements=frozenset({"author"})),
    Told(re.compile(r"xl/threadedComments/.+\.xml"), frozenset({"dT"})),
    Told(re.compile(r"xl/persons/.+\.xml"), frozenset({"displayName", "userId"})),
    Told(re.compile(r"xl/revisions/.+\.xml"), frozenset({"userName", "dateTime", "name"})),
    Told(re.compile(r"xl/workbook\.xml"), frozenset({"userName", "url"})),
    Told(re.compile(r"(content|styles)\.xml"), elements=frozenset({"creator", "creator-initials", "date"})),
)
"""Marked changes and remarks (ECMA-376 part 1: 17.13, 18.7, 18.11, 19.4; MS-DOCX, MS-XLSX and MS-PPTX for those of
co-authoring; `url` is the folder that a workbook was last saved in); OpenDocument 1.3 part 3, 14.1 and 5.5.7."""

SUMMARIES = ("\x05SummaryInformation", "\x05DocumentSummaryInformation")
CURRENT_USER = "Current User"
NO_PROPERTIES = struct.pack("<HHI16xI16xIIIIIHHHH", 0xFFFE, 0, 0, 1, 48, 24, 1, 1, 16, 2, 0, 65001, 0)
"""A property set with its code page alone (MS-OLEPS 2.21, 2.20)."""


def office(sent: Path, made: Path) -> bool:
    """Whether it is of one of the three forms, and so written to `made`. Blocks; raises Refused."""
    if zipfile.is_zipfile(sent):
        _package(sent, made)
    elif olefile.isOleFile(str(sent)):
        _binary(sent, made)
    else:
        return False
    return True


def _package(sent: Path, made: Path) -> None:
    with zipfile.ZipFile(sent) as before, zipfile.ZipFile(made, "w") as after:
        for part in before.infolist():
            kept = zipfile.ZipInfo(part.filename, LEAST_DATE)
            kept.compress_type = part.compress_type
            after.writestr(kept, _part(part.filename, before.read(part)))


def _part(name: str, data: bytes) -> bytes:
    if name in EMPTY:
        return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{EMPTY[name]}'.encode()
    try:
        if PurePosixPath(name.lower()).suffix in PICTURES:
            return without_traces(data)
        told = next((one for one in TOLD if one.parts.fullmatch(name)), None)
        return blanked(data, told) if told and _may_tell(data, told) else data
    except (BrokenPicture, SAXException, DefusedXmlException) as error:
        raise refusing.unreadable(type(error).__name__) from None


def _may_tell(data: bytes, told: Told) -> bool:
    return data.startswith(UTF_16) or any(name.encode() in data for name in told.attributes | told.elements)


def blanked(data: bytes, told: Told) -> bytes:
    """The same XML, its prefixes included, with what names a person empty and every moment at `NO_DAY`."""
    written = io.BytesIO()
    parseString(data, _Blanking(written, told))
    return written.getvalue()


class _Blanking(XMLGenerator):
    def __init__(self, out: io.BytesIO, told: Told) -> None:
        super().__init__(out, "utf-8", short_empty_elements=True)
        self._told = told
        self._inside = ""

    def startElement(self, name: str, attrs: AttributesImpl | Mapping[str, str]) -> None:  # noqa: N802  # SAX's name
        values = {key: self._value(_local(key), value) for key, value in attrs.items()}
        super().startElement(name, AttributesImpl(values))
        self._inside = _local(name) if _local(name) in self._told.elements else ""
        if self._inside in TIMES:
            super().characters(NO_DAY)

    def endElement(self, name: str) -> None:  # noqa: N802
        self._inside = ""
        super().endElement(name)

    def characters(self, content: str) -> None:
        if not self._inside:
            super().characters(content)

    def _value(self, name: str, value: str) -> str:
        if name not in self._told.attributes:
            return value
        return NO_DAY if name in TIMES else ""


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _binary(sent: Path, made: Path) -> None:
    """Properties are emptied, and the name of the last user."""
    shutil.copyfile(sent, made)
    try:
        with olefile.OleFileIO(str(made), write_mode=True) as document:
            for name in SUMMARIES:
                if document.exists(name):
                    size = document.get_size(name)
                    document.write_stream(name, NO_PROPERTIES.ljust(size, b"\0")[:size])
            if document.exists(CURRENT_USER):
                document.write_stream(CURRENT_USER, _nobody(document.openstream(CURRENT_USER).read()))
    except (OSError, ValueError, struct.error) as error:
        raise refusing.unreadable(type(error).__name__) from None


def _nobody(atom: bytes) -> bytes:
    """CurrentUserAtom (MS-PPT 2.3.2): its length stays, the letters of the name in both writings become blanks."""
    letters = struct.unpack_from("<H", atom, 20)[0]
    name, wide = slice(28, 28 + letters), slice(32 + letters, 32 + letters * 3)
    bare = bytearray(atom)
    bare[name] = b" " * len(bare[name])
    bare[wide] = b" \0" * (len(bare[wide]) // 2) + b" " * (len(bare[wide]) % 2)
    return bytes(bare)
