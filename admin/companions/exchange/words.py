"""The columns' words, Chinese and English."""

from admin.companions.exchange.models import Dataset, Share
from admin.companions.shape.register import PERSON, PLACE, Column, Reference

DATASET_NAMED = Reference(Dataset.title, "datasets", "title")
STORES = {"pushed": ("推送到本平台", "Pushed here"), "module": ("模块直接提供", "Given by a module")}
CLASSES = {
    "unconditional": ("无条件共享", "Unconditional"),
    "conditional": ("有条件共享", "Conditional"),
    "no": ("不予共享", "Not shared"),
}
DATASET = (
    Column(Dataset.code, "数据集编码", "Code", words=True),
    Column(Dataset.title, "数据集", "Dataset", words=True),
    Column(Dataset.source, "数据来源", "Source"),
    Column(Dataset.store, "存放方式", "Stored", choices=STORES),
    Column(Dataset.use, "使用方式", "Use"),
    Column(Dataset.share_class, "共享类型", "Share class", choices=CLASSES),
    Column(Dataset.columns, "数据项", "Columns"),
    Column(Dataset.place_id, "数据责任单位", "Owner", refers=PLACE),
)
SHARE = (
    Column(Share.dataset_id, "数据集", "Dataset", refers=DATASET_NAMED),
    Column(Share.for_place_id, "申请单位", "Applicant", refers=PLACE),
    Column(Share.purpose, "使用目的", "Purpose", words=True),
    Column(Share.columns, "数据项", "Columns"),
    Column(Share.until, "有效期至", "Until"),
    Column(Share.created_by, "申请人", "Applied by", refers=PERSON),
    Column(Share.state, "状态", "State"),
)
