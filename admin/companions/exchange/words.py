"""The columns' words, Chinese and English."""

from admin.companions.exchange.models import Dataset, Share
from admin.companions.shape.register import Column

DATASET = (
    Column(Dataset.code, "数据集编码", "Code", words=True),
    Column(Dataset.title, "数据集", "Dataset", words=True),
    Column(Dataset.source, "数据来源", "Source"),
    Column(Dataset.store, "存放方式", "Stored"),
    Column(Dataset.use, "使用方式", "Use"),
    Column(Dataset.share_class, "共享类型", "Share class"),
    Column(Dataset.place_id, "数据责任单位", "Owner"),
)
SHARE = (
    Column(Share.dataset_id, "数据集", "Dataset"),
    Column(Share.for_place_id, "申请单位", "Applicant"),
    Column(Share.purpose, "使用目的", "Purpose", words=True),
    Column(Share.until, "有效期至", "Until"),
    Column(Share.state, "状态", "State"),
)
