"""A PDF without who made it, with what and when: document information, XMP packets, programs' private data, the names
and days of remarks, and what telephones wrote into photos. Pages, text, links, forms and attached files stay. The one
file that imports pikepdf.

A signature does not outlive this, for nothing that is written anew keeps one; who signed is part of its content and
stays (ISO 32000-2, 12.8, 14.3, 14.5).
"""

from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name, Object, Stream

from core.pictures import without_words
from resources.media import refusing

BESIDE = (Name.Metadata, Name.PieceInfo, Name.LastModified)
"""Of any object: XMP, programs' private data, when they wrote it."""
OF_REMARKS = (Name.T, Name.M, Name.CreationDate)
"""Of an annotation: who, when. A form field's T is its name, and stays."""
CAMERAS = (b"Exif\x00", b"http://ns.adobe.com/", b"Photoshop 3.0")
HEAD = 256 * 1024


def pdf(sent: Path, made: Path) -> None:
    """Blocks; raises Refused for what qpdf cannot read."""
    try:
        with pikepdf.open(sent) as document:
            if Name.Info in document.trailer:
                del document.trailer.Info
            for found in document.objects:
                _bare(found)
            for page in document.pages:
                for remark in page.obj.get(Name.Annots, pikepdf.Array()).as_list():
                    _bare(remark)
            document.save(made, encryption=document.is_encrypted, linearize=document.is_linearized)
    except (pikepdf.PdfError, pikepdf.DataDecodingError) as error:
        raise refusing.unreadable(type(error).__name__) from None


def _bare(found: Object) -> None:
    if not isinstance(found, Dictionary | Stream):
        return
    is_remark = Name.Rect in found and found.get(Name.Subtype) != Name.Widget
    for key in BESIDE + (OF_REMARKS if is_remark else ()):
        if key in found:
            del found[key]
    if isinstance(found, Stream) and found.get(Name.Filter) in (Name.DCTDecode, pikepdf.Array([Name.DCTDecode])):
        _bare_photo(found)


def _bare_photo(photo: Stream) -> None:
    """Its pixels stay to the bit; one whose form is not as its norm says stays as it is, for drawing it anew would turn
    or recolour it on the page."""
    data = photo.read_raw_bytes()
    if not any(mark in data[:HEAD] for mark in CAMERAS):
        return
    parms = photo.get(Name.DecodeParms)
    kept = parms if isinstance(parms, Dictionary | pikepdf.Array) else None
    try:
        photo.write(without_words(data), filter=Name.DCTDecode, decode_parms=kept)
    except (ValueError, IndexError, OSError):
        return
