"""The columns' words, Chinese and English."""

from admin.companions.bracelets.models import Bracelet, Child, SearchCase
from admin.companions.shape.register import PERSON, PLACE, Column, Reference
from admin.models import Person

GUARDIAN = Reference(Person.name, "guardians")
CHILD = Reference(Child.name, "children")
CHILDREN = (
    Column(Child.name, "孩子", "Child", words=True),
    Column(Child.born, "出生日期", "Born"),
    Column(Child.guardian_id, "监护人", "Guardian", refers=GUARDIAN),
    Column(Child.place_id, "居住地", "Lives in", refers=PLACE),
)
BRACELETS = (
    Column(Bracelet.number, "手环编号", "Number", words=True),
    Column(Bracelet.child_id, "佩戴人", "Worn by", refers=CHILD),
    Column(Bracelet.place_id, "发放单位", "Issued by", refers=PLACE),
)
CASES = (
    Column(SearchCase.child_id, "孩子", "Child", refers=CHILD),
    Column(SearchCase.reason, "事由", "Reason"),
    Column(SearchCase.reported_by, "报告人", "Reported by", refers=PERSON),
    Column(SearchCase.created_at, "开始", "Opened"),
    Column(SearchCase.expires_at, "到期", "Expires"),
    Column(SearchCase.state, "状态", "State"),
)
