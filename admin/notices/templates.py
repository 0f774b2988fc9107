"""The words of notices, in both languages. A notice keeps its values, and is put into words when it is read or sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from admin.schemas import Language


@dataclass(frozen=True)
class Template:
    subject_zh: str
    subject_en: str
    body_zh: str
    body_en: str


TEMPLATES: Mapping[str, Template] = {
    "ticket.opened": Template(
        "{place}报故障：{kind_zh}",
        "{place} reports: {kind_en}",
        "{place}{room}，{kind_zh}。请在 {due} 前接手，过时自动报上一级。",
        "{place} {room}: {kind_en}. Take it over by {due}; then it goes one tier up by itself.",
    ),
    "ticket.escalated": Template(
        "到时无人接手，已报到{tier_zh}：{place}{kind_zh}",
        "Nobody took it, now with the {tier_en}: {place}, {kind_en}",
        "{place}{room}，{kind_zh}，下一级到时没有接手。请在 {due} 前接手。",
        "{place} {room}: {kind_en}. The tier below did not take it in time. Take it over by {due}.",
    ),
    "ticket.at-the-top": Template(
        "{place}报故障，已到{tier_zh}：{kind_zh}",
        "{place} reports, now with the {tier_en}: {kind_en}",
        "{place}{room}，{kind_zh}。上面没有再接手的了，请尽快处理。",
        "{place} {room}: {kind_en}. Nobody above is left to take it: see to it soon.",
    ),
    "ticket.taken": Template(
        "{by}已接手您报的故障",
        "{by} has taken over your ticket",
        "{place}{room}，{kind_zh}：{by}正在处理。",
        "{place} {room}, {kind_en}: {by} is at it.",
    ),
    "ticket.closed": Template(
        "您报的故障已处理",
        "Your ticket is closed",
        "{place}{room}，{kind_zh}：{remedy}",
        "{place} {room}, {kind_en}: {remedy}",
    ),
    "lesson.soon": Template(
        "《{title}》{time} 开始",
        "“{title}” begins at {time}",
        "教室已经开了，可以先进去试声音和画面。",
        "Its room is open: go in and try sound and picture.",
    ),
    "timetable.published": Template(
        "{place}课表第 {number} 版：您有 {count} 节课变动",
        "Timetable of {place_en}, version {number}: {count} of your lessons change",
        "请在课表里看您的课；已经订阅日历的，日历会自己更新。",
        "See your lessons in the timetable; a calendar that you have subscribed follows by itself.",
    ),
    "timetable.cancelled": Template(
        "{when_zh}的《{name}》不上了",
        "{name}, {when_en}, is cancelled",
        "原因：{reason}",
        "Reason: {reason}",
    ),
    "timetable.restored": Template(
        "{when_zh}的《{name}》照原计划上",
        "{name}, {when_en}, is held as planned",
        "由原来的老师主讲。",
        "By its own teacher.",
    ),
    "timetable.substituted": Template(
        "{when_zh}的《{name}》由{by}代课",
        "{by} teaches {name}, {when_en}",
        "原因：{reason}",
        "Reason: {reason}",
    ),
    "recording.trouble": Template(
        "《{title}》没有录上",
        "“{title}” is not being recorded",
        "录制服务停了，或它的磁盘写不进去了；课照常上。请信息中心看录制服务和磁盘，好了自动接着录。",
        "The recorder has stopped or its disk is full; the lesson goes on. See to it; it then goes on by itself.",
    ),
    "recording.recovered": Template(
        "《{title}》又在录了",
        "“{title}” is being recorded again",
        "录制恢复了，中间缺的一段补不回来。",
        "The recording goes on; what is missing in between is lost.",
    ),
}


def subject(kind: str, values: Mapping[str, Any], language: Language) -> str:
    found = TEMPLATES[kind]
    return (found.subject_zh if language == "zh" else found.subject_en).format_map(values)


def body(kind: str, values: Mapping[str, Any], language: Language) -> str:
    found = TEMPLATES[kind]
    return (found.body_zh if language == "zh" else found.body_en).format_map(values)
