"""What the library holds about a person (admin/children/holdings.py)."""

from admin.children.holdings import Holding, plain
from resources import shown_children
from resources.reader_models import Favourite, Note, Watching

HOLDINGS = (
    plain(
        Watching,
        "person_id",
        "看过的资源",
        "What was watched",
        "resource_id",
        "position",
        "completed",
        "changed_at",
        purpose="space",
    ),
    plain(Favourite, "person_id", "收藏", "Favourites", "resource_id", "created_at", purpose="space"),
    plain(Note, "person_id", "写的笔记", "Notes", "resource_id", "text", "created_at"),
    Holding(
        "recordings",
        "可能拍到的课堂录像",
        "Recordings that may show the child",
        (),
        shown_children.told,
        shown_children.take_down,
        purpose="recording",
        withdraw=shown_children.take_down,
    ),
)
