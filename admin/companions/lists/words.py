"""The columns' words, Chinese and English."""

from admin.companions.lists.models import ListItem
from admin.companions.shape.register import PERSON, PLACE, Column

ITEM = (
    Column(ListItem.programme, "清单", "List", words=True),
    Column(ListItem.title, "事项", "Item", words=True),
    Column(ListItem.route, "路线图", "Route"),
    Column(ListItem.starts, "开始日期", "Starts"),
    Column(ListItem.due, "完成期限", "Due"),
    Column(ListItem.owner_id, "责任人", "Owner", refers=PERSON),
    Column(ListItem.place_id, "单位", "Place", refers=PLACE),
    Column(ListItem.state, "状态", "State"),
)
