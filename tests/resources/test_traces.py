"""Films and documents are kept without what telephones and office programs wrote about place, time and person."""

import io
import struct
import zipfile
from pathlib import Path

import av
import olefile
import pikepdf
import pypdfium2
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from PIL import Image
from pptx import Presentation
from pptx.util import Inches
from reportlab.pdfgen.canvas import Canvas

from classroom.ingest.ffmpeg import make
from resources.media import ffmpeg, office_traces, pdf_traces, traces
from resources.media.refusing import Refused
from tests.resources.library import Library

PLACE, MAKER, AUTHOR = "+25.0880+104.8955/", "a telephone of 韦家", "韦小兰"
LOCI = b"loci"
"""The box of a place in MP4 (3GPP TS 26.244, 8.9)."""
TOLD = ["-metadata", f"location={PLACE}", "-metadata", f"artist={AUTHOR}", "-metadata", "creation_time=2026-11-01"]


def film(folder: Path, name: str, *more: str) -> bytes:
    picture, sound = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=15:d=2"], ["-f", "lavfi", "-i", "sine=d=2"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    make([*picture, *sound, *codecs, *more, str(folder / name)])
    return (folder / name).read_bytes()


def photo() -> io.BytesIO:
    """That tells which device took it."""
    exif = Image.Exif()
    exif[0x010F] = MAKER
    taken = io.BytesIO()
    Image.effect_mandelbrot((64, 48), (-2, -1, 1, 1), 50).convert("RGB").save(taken, "JPEG", exif=exif)
    return taken


def slides() -> bytes:
    """With an author and a photo."""
    shown, written = Presentation(), io.BytesIO()
    shown.core_properties.author = shown.core_properties.last_modified_by = AUTHOR
    shown.slides.add_slide(shown.slide_layouts[6]).shapes.add_picture(photo(), Inches(1), Inches(1))
    shown.save(written)
    return written.getvalue()


@pytest.mark.parametrize("name", ["lesson.mp4", "lesson.mov", "lesson.mkv"])
async def test_a_film_is_written_anew_without_tags_and_its_picture_stays_as_it_was(tmp_path: Path, name: str) -> None:
    sent = film(tmp_path, name, *TOLD)
    address = str(tmp_path / name)
    assert traces.tells(address, name)
    (tmp_path / "out").mkdir()
    bare = await traces.film(ffmpeg.Source(address, 2.0), name, tmp_path / "out")
    assert not traces.tells(str(bare), name)
    left = bare.read_bytes()
    assert AUTHOR.encode() in sent
    assert (PLACE.encode() in sent) or (LOCI in sent)
    assert not [word for word in (PLACE.encode(), LOCI, AUTHOR.encode()) if word in left]
    assert pictures(address) == pictures(str(bare))


def pictures(address: str) -> list[bytes]:
    with av.open(address) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_a_film_that_tells_nothing_is_left_alone(tmp_path: Path) -> None:
    film(tmp_path, "plain.mp4")
    assert not traces.tells(str(tmp_path / "plain.mp4"), "plain.mp4")


async def test_what_the_library_gives_out_of_a_telephones_film_tells_no_place(library: Library, tmp_path: Path) -> None:
    shown = await library.take("lesson.mp4", film(tmp_path, "lesson.mp4", *TOLD))
    assert shown["stage"] == "playable"
    stored = [one for one in library.desk.ground.store.listed() if str(shown["id"]) in one.name]
    assert stored
    for one in stored:
        data = await library.desk.ground.store.get(one.name)
        assert not [word for word in (PLACE.encode(), LOCI, AUTHOR.encode()) if word in data], one.name


def test_slides_lose_author_and_the_photos_traces_and_open_as_before(tmp_path: Path) -> None:
    sent, bare = tmp_path / "sent.pptx", tmp_path / "bare.pptx"
    sent.write_bytes(slides())
    assert office_traces.office(sent, bare)
    with zipfile.ZipFile(bare) as parts:
        everything = b"".join(parts.read(one) for one in parts.infolist())
    assert AUTHOR.encode() not in everything
    assert MAKER.encode() not in everything
    opened = Presentation(str(bare))
    assert (opened.core_properties.author, opened.core_properties.last_modified_by) == ("", "")
    assert [shape.image.size for shape in opened.slides[0].shapes] == [(64, 48)]


MARKED = """<?xml version="1.0"?>
<w:document xmlns:w="urn:w" xmlns:w14="urn:w14" xmlns:mc="urn:mc" mc:Ignorable="w14"><w:p>
<w:ins w:id="1" w:author="韦小兰" w:date="2026-11-01T08:00:00Z">
<w:t xml:space="preserve"> 水 &lt; 冰 </w:t></w:ins></w:p></w:document>"""
SAID = {
    "word/document.xml": MARKED,
    "word/people.xml": '<w15:people xmlns:w15="urn:p"><w15:person w15:author="韦小兰"/></w15:people>',
    "ppt/commentAuthors.xml": '<p:l xmlns:p="urn:p"><p:cmAuthor id="0" name="韦小兰" initials="韦"/></p:l>',
    "ppt/changesInfos/changesInfo1.xml": '<c><chgData name="韦小兰" userId="wei@school"/></c>',
    "xl/comments1.xml": "<comments><authors><author>韦小兰</author></authors><text>看这里</text></comments>",
    "xl/persons/person.xml": '<personList><person displayName="韦小兰" id="{1}" userId="wei"/></personList>',
    "xl/workbook.xml": '<w xmlns:x="urn:x"><x:absPath url="C:\\Users\\韦小兰\\"/><sheet name="成绩"/></w>',
    "content.xml": '<o:a xmlns:o="urn:o" xmlns:d="urn:d"><d:creator>韦小兰</d:creator><o:p>看这里</o:p></o:a>',
}


def test_remarks_and_marked_changes_keep_their_words_and_lose_who_and_when(tmp_path: Path) -> None:
    sent, bare = tmp_path / "sent.docx", tmp_path / "bare.docx"
    with zipfile.ZipFile(sent, "w") as parts:
        for name, text in SAID.items():
            parts.writestr(name, text)
    assert office_traces.office(sent, bare)
    with zipfile.ZipFile(bare) as parts:
        left = {name: parts.read(name).decode() for name in SAID}
    assert not [name for name, text in left.items() if "韦" in text or "wei" in text or "2026" in text]
    for kept in ('mc:Ignorable="w14"', 'w:id="1"', 'xml:space="preserve"> 水 &lt; 冰 </w:t>', 'w:author=""'):
        assert kept in left["word/document.xml"]
    assert "看这里" in left["xl/comments1.xml"]
    assert "看这里" in left["content.xml"]
    assert '<sheet name="成绩"' in left["xl/workbook.xml"]


def test_a_workbook_opens_with_its_remarks_and_a_part_that_names_nobody_stays_to_the_byte(tmp_path: Path) -> None:
    sent, bare, book = tmp_path / "sent.xlsx", tmp_path / "bare.xlsx", Workbook()
    book.active["A1"], book.active["A1"].comment = "水", Comment("看这里", AUTHOR)  # type: ignore[index]
    book.save(sent)
    assert office_traces.office(sent, bare)
    comment = load_workbook(bare).active["A1"].comment  # type: ignore[index]
    assert (comment.text, comment.author == AUTHOR) == ("看这里", False)
    with zipfile.ZipFile(sent) as before, zipfile.ZipFile(bare) as after:
        assert before.read("xl/worksheets/sheet1.xml") == after.read("xl/worksheets/sheet1.xml")


def test_xml_that_declares_entities_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "sent.docx", "w") as parts:
        parts.writestr("word/comments.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a author="&b;"/>')
    with pytest.raises(Refused):
        office_traces.office(tmp_path / "sent.docx", tmp_path / "bare.docx")


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file (MS-CFB) of up to seven streams, each of 4,096 bytes."""
    count = len(streams)
    fat = [-3, 2, -2] + [3 + at + 1 if (at + 1) % 8 else -2 for at in range(count * 8)]
    head = struct.pack("<8s16xHHHHH6xIIIIIIIII", olefile.MAGIC, 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0,
                       0xFFFFFFFE, 0)  # fmt: skip
    head += struct.pack("<109i", 0, *[-1] * 108)
    entry = "<64sHBBiii16xI8x8xiII"
    nodes = [struct.pack(entry, "Root Entry".encode("utf-16le"), 22, 5, 1, -1, -1, 1, 0, -2, 0, 0)]
    for at, name in enumerate(sorted(streams, key=lambda one: (len(one), one.upper())), 1):
        wide, after = name.encode("utf-16le"), at + 1 if at < count else -1
        nodes.append(struct.pack(entry, wide, len(wide) + 2, 2, 1, -1, after, -1, 0, 3 + (at - 1) * 8, 4096, 0))
    body = b"".join(
        streams[name].ljust(4096, b"\0") for name in sorted(streams, key=lambda one: (len(one), one.upper()))
    )
    table = struct.pack(f"<{len(fat)}i", *fat).ljust(512, b"\xff")
    return head + table + b"".join(nodes).ljust(1024, b"\0") + body


def summary(author: bytes) -> bytes:
    """A property set with an author (MS-OLEPS)."""
    text = author.ljust(len(author) + 4 - len(author) % 4, b"\0")
    values = struct.pack("<IIIIII", 24 + 8 + 8 + len(text), 2, 1, 24, 4, 32) + struct.pack("<HHHH", 2, 0, 936, 0)
    return struct.pack("<HHI16xI16xI", 0xFFFE, 0, 0, 1, 48) + values + struct.pack("<II", 30, len(author) + 1) + text


def test_an_old_slide_show_loses_its_properties_and_its_last_user_and_keeps_its_slides(tmp_path: Path) -> None:
    name, author = b"Wei Xiaolan", AUTHOR.encode("gbk")
    user = struct.pack("<HHIIIIHHBBH", 0, 0xFF6, 44, 20, 0, 0, len(name), 1012, 3, 0, 0) + name + struct.pack("<I", 8)
    user += name.decode().encode("utf-16le")
    streams = {"\x05SummaryInformation": summary(author), "Current User": user, "PowerPoint Document": b"slides" * 600}
    sent, bare = tmp_path / "sent.ppt", tmp_path / "bare.ppt"
    sent.write_bytes(compound(streams))
    with olefile.OleFileIO(str(sent)) as document:
        assert document.get_metadata().author == author
    assert office_traces.office(sent, bare)
    left = bare.read_bytes()
    assert not [told for told in (author, name, name.decode().encode("utf-16le")) if told in left]
    with olefile.OleFileIO(str(bare)) as document:
        assert not document.get_metadata().author
        assert document.openstream("PowerPoint Document").read().startswith(b"slides" * 600)
        assert document.openstream("Current User").read()[20:22] == struct.pack("<H", len(name))


def worksheet(path: Path) -> None:
    """A PDF with an author, an XMP packet, a signed remark and a photo."""
    canvas = Canvas(str(path))
    canvas.setAuthor(AUTHOR)
    canvas.drawString(100, 700, "water and ice")
    canvas.save()
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        with document.open_metadata() as told:
            told["dc:creator"] = [AUTHOR]
        remark = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[1, 1, 9, 9])
        remark.Contents, remark.T = "look", AUTHOR
        document.pages[0].obj.Annots = pikepdf.Array([remark])
        picture = document.make_stream(photo().getvalue())
        picture.Filter, picture.Subtype, picture.ColorSpace = [
            pikepdf.Name(name) for name in ("/DCTDecode", "/Image", "/DeviceRGB")
        ]
        picture.Width, picture.Height, picture.BitsPerComponent = 64, 48, 8
        document.pages[0].add_resource(picture, pikepdf.Name.XObject, pikepdf.Name("/Photo"))
        document.save(path, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def test_a_pdf_loses_its_makers_and_keeps_pages_words_remarks_and_the_photos_pixels(tmp_path: Path) -> None:
    sent, bare = tmp_path / "sent.pdf", tmp_path / "bare.pdf"
    worksheet(sent)
    pdf_traces.pdf(sent, bare)
    with pikepdf.open(bare) as document:
        assert not document.docinfo
        assert "/Metadata" not in document.Root
        [remark] = document.pages[0].obj.Annots.as_list()
        assert (str(remark.Contents), "/T" in remark) == ("look", False)
        picture = document.pages[0].Resources.XObject.Photo
        assert MAKER.encode() not in picture.read_raw_bytes()
        with Image.open(io.BytesIO(picture.read_raw_bytes())) as left, Image.open(photo()) as before:
            assert left.tobytes() == before.tobytes()
    left_bytes = bare.read_bytes()
    assert not [
        told for told in (AUTHOR.encode(), AUTHOR.encode("utf-16be"), b"ReportLab", b"xmpmeta") if told in left_bytes
    ]
    assert "water and ice" in pypdfium2.PdfDocument(bare)[0].get_textpage().get_text_range()


def test_a_pdf_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sent.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    with pytest.raises(Refused):
        pdf_traces.pdf(tmp_path / "sent.pdf", tmp_path / "bare.pdf")


async def test_what_the_library_gives_out_of_a_pdf_names_nobody(library: Library, tmp_path: Path) -> None:
    worksheet(tmp_path / "sheet.pdf")
    shown = await library.take("sheet.pdf", (tmp_path / "sheet.pdf").read_bytes())
    assert shown["stage"] == "playable"
    stored = [one for one in library.desk.ground.store.listed() if str(shown["id"]) in one.name]
    assert stored
    for one in stored:
        assert AUTHOR.encode("utf-16be") not in await library.desk.ground.store.get(one.name), one.name
