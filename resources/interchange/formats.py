"""A resource as other libraries read it: Dublin Core (oai_dc) and Learning Object Metadata (IEEE 1484.12.1, which
GB/T 21365-2008 follows). Pure: elements out, no database."""

from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement

DC = "http://purl.org/dc/elements/1.1/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
LOM = "http://ltsc.ieee.org/xsd/LOM"
KINDS_ZH = {"lesson": "课例", "slides": "课件", "plan": "教案", "micro": "微课", "exercise": "习题", "material": "素材"}
DC_TYPES = {"video": "MovingImage", "audio": "Sound", "image": "StillImage", "document": "Text"}
"""DCMI's type vocabulary; everything else is a Dataset."""
PHASES_ZH = {"primary": "小学", "lower": "初中", "upper": "高中"}
GRADES_ZH = ("一", "二", "三", "四", "五", "六", "七", "八", "九")
LICENCES = {
    "cc-by": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-sa": "https://creativecommons.org/licenses/by-sa/4.0/",
    "cc-by-nc": "https://creativecommons.org/licenses/by-nc/4.0/",
    "house": "本州学校免费使用",
    "reserved": "保留权利",
}


@dataclass(frozen=True)
class Record:
    """`deleted` has only a header. `set_specs` are paths such as primary:科学 in ASCII form."""

    identifier: str
    datestamp: datetime
    set_specs: tuple[str, ...]
    deleted: bool
    title: str
    description: str
    author: str
    provider: str
    kind: str
    medium: str | None
    content_type: str
    phase: str
    grade: int
    subject: str
    textbook_version: str
    volume: str
    unit: str
    chapter: str
    licence: str
    seconds: float | None
    address: str


def grade_zh(grade: int) -> str:
    return f"{GRADES_ZH[grade - 1]}年级" if grade <= len(GRADES_ZH) else f"高{'一二三'[grade - 10]}"


def dublin_core(record: Record) -> Element:
    """Fifteen elements, all optional and repeatable (ISO 15836); coverage holds the place in the textbook."""
    root = Element(f"{{{OAI_DC}}}dc")
    place = [PHASES_ZH[record.phase], grade_zh(record.grade), record.textbook_version, record.volume]
    told = [
        ("title", record.title),
        ("creator", record.author),
        ("subject", record.subject),
        ("description", record.description),
        ("publisher", record.provider),
        ("date", record.datestamp.date().isoformat()),
        ("type", DC_TYPES.get(record.medium or "", "Dataset")),
        ("type", KINDS_ZH[record.kind]),
        ("format", record.content_type),
        ("identifier", record.address),
        ("language", "zh"),
        ("coverage", " ".join([*place, record.unit, record.chapter]).strip()),
        ("rights", LICENCES[record.licence]),
    ]
    for name, value in told:
        if value:
            SubElement(root, f"{{{DC}}}{name}").text = value
    return root


def lom(record: Record) -> Element:
    root = Element(f"{{{LOM}}}lom")
    _general(_under(root, "general"), record)
    _life(_under(root, "lifeCycle"), record)
    technical = _under(root, "technical")
    _under(technical, "format", record.content_type)
    _under(technical, "location", record.address)
    if record.seconds:
        _under(_under(technical, "duration"), "duration", f"PT{round(record.seconds)}S")
    educational = _under(root, "educational")
    _words(educational, "learningResourceType", KINDS_ZH[record.kind])
    _words(educational, "context", PHASES_ZH[record.phase])
    _string(_under(educational, "typicalAgeRange"), f"{record.grade + 5}-{record.grade + 6}")
    rights = _under(root, "rights")
    _words(rights, "copyrightAndOtherRestrictions", "yes")
    _string(_under(rights, "description"), LICENCES[record.licence])
    _classification(_under(root, "classification"), record)
    return root


def _general(general: Element, record: Record) -> None:
    identifier = _under(general, "identifier")
    _under(identifier, "catalog", "oai")
    _under(identifier, "entry", record.identifier)
    _string(_under(general, "title"), record.title)
    _under(general, "language", "zh")
    if record.description:
        _string(_under(general, "description"), record.description)
    _string(_under(general, "keyword"), record.subject)


def _life(life: Element, record: Record) -> None:
    contribute = _under(life, "contribute")
    _words(contribute, "role", "author")
    _under(contribute, "entity", f"BEGIN:VCARD\nVERSION:3.0\nFN:{record.author}\nORG:{record.provider}\nEND:VCARD")
    _under(_under(contribute, "date"), "dateTime", record.datestamp.date().isoformat())


def _classification(classification: Element, record: Record) -> None:
    """The way through the textbooks, from the phase to the lesson."""
    _words(classification, "purpose", "discipline")
    path = _under(classification, "taxonPath")
    steps = (PHASES_ZH[record.phase], grade_zh(record.grade), record.subject, record.textbook_version, record.volume)
    for step in (*steps, record.unit, record.chapter):
        if step:
            _string(_under(_under(path, "taxon"), "entry"), step)


def _under(parent: Element, name: str, text: str | None = None) -> Element:
    made = SubElement(parent, f"{{{LOM}}}{name}")
    made.text = text
    return made


def _string(parent: Element, text: str) -> None:
    made = _under(parent, "string", text)
    made.set("language", "zh")


def _words(parent: Element, name: str, value: str) -> None:
    vocabulary = _under(parent, name)
    _under(vocabulary, "source", "LOMv1.0")
    _under(vocabulary, "value", value)
