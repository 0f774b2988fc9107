"""The words of the catalogue, as the database and the API spell them."""

from typing import Literal, get_args

Kind = Literal["lesson", "slides", "plan", "micro", "exercise", "material"]
"""课例, 课件, 教案, 微课, 习题, 素材."""
Phase = Literal["primary", "lower", "upper"]
"""学段: 小学, 初中, 高中."""
Volume = Literal["上", "下", "全"]
Licence = Literal["house", "cc-by", "cc-by-sa", "cc-by-nc", "reserved"]
"""`house`: free for every school of the prefecture; the others as Creative Commons names them; all rights reserved."""
Scope = Literal["school", "county", "prefecture", "public"]
Review = Literal["draft", "waiting", "published", "returned", "withdrawn"]
Medium = Literal["video", "audio", "document", "image", "file", "link"]
Track = Literal["main", "teacher", "board", "guest", "room1", "room2", "room3"]
TRACKS: tuple[Track, ...] = get_args(Track)
GUESTS: tuple[Track, ...] = ("guest", "room1", "room2", "room3")
"""Of receiving rooms: pupils' faces and voices."""
FileRole = Literal["source", "rendition", "audio", "poster", "storyboard", "page", "pdf", "caption"]


def phase_of(grade: int) -> Phase:
    """Grades 1–6 are 小学, 7–9 初中, 10–12 高中."""
    return "primary" if grade <= 6 else "lower" if grade <= 9 else "upper"
