"""The module's registers and what is checked before a row is written."""

from sqlalchemy.ext.asyncio import AsyncSession

from admin.children.registering import Family, child_of
from admin.companions.bracelets import schemas, words
from admin.companions.bracelets.models import Bracelet, Child, SearchCase
from admin.companions.bracelets.rules import CASE, GROWN_UP, age
from admin.companions.shape.register import Register
from admin.who import Actor
from admin.working_days import local_day
from core.clock import now
from core.errors import NotValid


async def check_child(session: AsyncSession, who: Actor, row: Child) -> None:
    today = local_day(now())
    if row.born > today or age(row.born, today) >= GROWN_UP:
        raise NotValid("not-a-child", zh="出生日期不是未成年人的。", en="This is no minor's date of birth.")
    if row.person_id is None:
        family = Family(row.guardian_id, row.name, row.born, row.place_id)
        row.person_id = await child_of(session, who, family, now())


CHILDREN = Register(
    noun="child",
    path="children",
    row=Child,
    out=schemas.ChildOut,
    columns=words.CHILDREN,
    read="bracelets.read",
    write="bracelets.keep",
    new=schemas.ChildNew,
    check=check_child,
    sensitive=True,
    taken=("child-taken", "这个孩子已经登记。", "This child is registered already."),
)
BRACELETS = Register(
    noun="bracelet",
    path="bracelets",
    row=Bracelet,
    out=schemas.BraceletOut,
    columns=words.BRACELETS,
    read="bracelets.read",
    write="bracelets.keep",
    new=schemas.BraceletNew,
    taken=("number-taken", "这个手环已经登记。", "This bracelet is registered already."),
)
CASES = Register(
    noun="search-case",
    path="cases",
    row=SearchCase,
    out=schemas.CaseOut,
    columns=words.CASES,
    read="bracelets.search",
    write="bracelets.search",
    sensitive=True,
    machine=CASE,
)
ALL = (CHILDREN, BRACELETS, CASES)
