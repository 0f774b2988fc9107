"""Why a file is refused: a code for programs, a sentence for people in both languages."""


class Refused(Exception):
    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.words = {"code": code, "zh": zh, "en": en}


def empty() -> Refused:
    return Refused(
        "empty",
        "文件里没有内容（0 字节）。请检查后重新上传。",
        "The file has no content (0 bytes). Check it and send it again.",
    )


def wrong_checksum() -> Refused:
    zh = "收到的内容和发送时的校验值不一致，可能在传输中损坏。请重新上传。"
    return Refused(
        "wrong-checksum", zh, "What arrived does not fit the checksum; it was damaged on the way. Send it again."
    )


def virus(name: str) -> Refused:
    zh = f"文件里发现病毒（{name}），没有收下。请先查杀这台电脑。"
    return Refused("virus", zh, f"The file carries a virus ({name}) and was not taken. Clean the computer first.")


def cannot_be_scanned(most: int) -> Refused:
    """`most`: bytes."""
    size = most >> 20
    zh = f"这种压缩包超过 {size} MB，查毒程序看不到里面。请改用 zip，或分成小包再上传。"
    en = f"An archive of this kind above {size} MB cannot be searched for viruses. Send a zip, or several smaller ones."
    return Refused("cannot-be-scanned", zh, en)


def wrong_type(extension: str, found: str) -> Refused:
    zh = f"文件名说是 .{extension}，内容却是 {found}。请改正文件名或换一个文件。"
    en = f"The name says .{extension}, the content is {found}. Correct the name or choose another file."
    return Refused("wrong-type", zh, en)


def program() -> Refused:
    zh, en = "程序文件不能放进资源库。", "Programs cannot be put into the library."
    return Refused("program", zh, en)


def bomb() -> Refused:
    zh = "文件解开后大得异常，没有收下。请把内容重新保存成普通文件再上传。"
    return Refused(
        "too-large-inside", zh, "Unpacked, the file is abnormally large. Save its content anew and send that."
    )


def truncated() -> Refused:
    zh = "视频不完整，后面一段读不出来。请重新导出后再上传。"
    return Refused("truncated", zh, "The recording is cut off: its end cannot be read. Export it again and send that.")


def unreadable(what: str) -> Refused:
    zh = "文件打不开，可能已损坏或有密码。请用原来的软件另存一份再上传。"
    return Refused("unreadable", zh, f"The file cannot be opened ({what}); it may be damaged or locked. Save it anew.")


def cannot_convert() -> Refused:
    zh = "这份文档转不成页面，可能已损坏或有密码。请另存为 PDF 再上传。"
    return Refused("cannot-convert", zh, "This document cannot be turned into pages. Save it as PDF and send that.")
