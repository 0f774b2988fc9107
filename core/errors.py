"""What can go wrong, as the client hears it: problem documents of RFC 9457.

    Problem                    status  title
    ├── BadInput                 400   the request cannot be understood
    │   └── NotValid             422   understood, but a field is wrong
    ├── NotSignedIn              401   no, or no longer valid, sign-in or ticket
    ├── NotAllowed               403   signed in, but without the right
    ├── NotFound                 404
    ├── Conflict                 409   collides with what is there
    ├── Gone                     410
    ├── TooLarge                 413
    ├── Unsupported              415
    ├── TooMany                  429
    └── Unavailable              503   a part of the system does not answer

Raise them anywhere below a route: `NotAllowed("not-model-school", zh="…", en="…", school=name)`. The sentence says what
happened and what to do; the code is for programs and never changes. This module imports no database.
"""

from typing import Any, ClassVar


class Problem(Exception):
    """`code` is stable, lower case with hyphens; `zh` and `en` are whole sentences; `extra` joins the document."""

    status: ClassVar[int] = 500
    title_zh: ClassVar[str] = "没有办成"
    title_en: ClassVar[str] = "It could not be done"

    def __init__(self, code: str, *, zh: str, en: str, headers: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.headers = headers or {}
        self.extra = extra


class BadInput(Problem):
    status = 400
    title_zh, title_en = "看不懂这个请求", "The request cannot be understood"


class NotValid(BadInput):
    status = 422
    title_zh, title_en = "有一项填得不对", "A field is not right"


class NotSignedIn(Problem):
    status = 401
    title_zh, title_en = "还没有登录", "Not signed in"

    def __init__(self, code: str, *, zh: str, en: str, headers: dict[str, str] | None = None, **extra: Any) -> None:
        # RFC 9110, section 15.5.2: a 401 names the scheme that would have been accepted
        super().__init__(code, zh=zh, en=en, headers={"WWW-Authenticate": "Bearer", **(headers or {})}, **extra)


class NotAllowed(Problem):
    status = 403
    title_zh, title_en = "没有这项权限", "Not allowed"


class NotFound(Problem):
    status = 404
    title_zh, title_en = "没有找到", "Not found"


class Conflict(Problem):
    status = 409
    title_zh, title_en = "和已有的冲突", "Conflicts with what is there"


class Gone(Problem):
    status = 410
    title_zh, title_en = "已经不在了", "No longer there"


class TooLarge(Problem):
    status = 413
    title_zh, title_en = "太大了", "Too large"


class Unsupported(Problem):
    status = 415
    title_zh, title_en = "不支持这种格式", "This format is not supported"


class TooMany(Problem):
    status = 429
    title_zh, title_en = "太频繁了", "Too many"


class Unavailable(Problem):
    status = 503
    title_zh, title_en = "有一部分暂时没有应答", "A part of the system does not answer"


class StartError(Exception):
    """Something prevents a start. The text is one sentence that names it; the command prints it and ends with 2."""
