"""The columns' words, Chinese and English."""

from admin.companions.settlement.models import (
    CatalogueItem,
    Connection,
    Encounter,
    Filing,
    Hospital,
    Insured,
    Policy,
    Reconciliation,
    Settlement,
)
from admin.companions.shape.register import PLACE, Column, Reference

INSURED_NAMED = Reference(Insured.name, "insured")
HOSPITAL_NAMED = Reference(Hospital.name, "hospitals")
SETTLED = {"settled": ("已结算", "Settled"), "reversed": ("已撤销", "Reversed")}
STAYS = {"open": ("费用上传中", "Open"), "settled": ("已结算", "Settled")}
SCHEMES = {"resident": ("城乡居民", "Residents"), "employee": ("职工", "Employees")}
KINDS = {"referral": ("异地转诊", "Referral"), "emergency": ("异地急诊", "Emergency")} | {
    "long_stay": ("长期异地居住", "Long stay")
}
REGIONS = {
    "520000": ("贵州省", "Guizhou"),
    "500000": ("重庆市", "Chongqing"),
    "530000": ("云南省", "Yunnan"),
    "430000": ("湖南省", "Hunan"),
    "450000": ("广西", "Guangxi"),
    "510000": ("四川省", "Sichuan"),
}
"""The connected ones and a neighbour; another shows its code."""
FEE_CLASSES = {"A": ("甲类", "Class A"), "B": ("乙类", "Class B"), "C": ("丙类（自费）", "Class C (self-paid)")}
INSURED = (
    Column(Insured.name, "姓名", "Name", words=True),
    Column(Insured.card, "医保卡号", "Card"),
    Column(Insured.scheme, "险种", "Scheme", choices=SCHEMES),
    Column(Insured.valid_from, "参保起", "Insured from"),
    Column(Insured.valid_to, "参保止", "Insured to"),
    Column(Insured.place_id, "参保地", "Place", refers=PLACE),
)
CONNECTIONS = (
    Column(Connection.region, "就医地", "Region", choices=REGIONS),
    Column(Connection.name, "名称", "Name", words=True),
    Column(Connection.valid_from, "联网起", "Connected from"),
    Column(Connection.valid_to, "联网止", "Connected to"),
)
HOSPITALS = (
    Column(Hospital.code, "医院编码", "Code"),
    Column(Hospital.name, "医院", "Hospital", words=True),
    Column(Hospital.region, "就医地", "Region", choices=REGIONS),
    Column(Hospital.connected, "已联网", "Connected"),
)
FILINGS = (
    Column(Filing.insured_id, "参保人", "Insured", refers=INSURED_NAMED),
    Column(Filing.region, "就医地", "Region", choices=REGIONS),
    Column(Filing.kind, "备案类型", "Kind", choices=KINDS),
    Column(Filing.starts, "起", "From"),
    Column(Filing.ends, "止", "To"),
    Column(Filing.state, "状态", "State"),
)
CATALOGUE = (
    Column(CatalogueItem.region, "就医地", "Region", choices=REGIONS),
    Column(CatalogueItem.code, "目录编码", "Code"),
    Column(CatalogueItem.name, "名称", "Name", words=True),
    Column(CatalogueItem.fee_class, "类别", "Class", choices=FEE_CLASSES),
    Column(CatalogueItem.valid_from, "起", "From"),
    Column(CatalogueItem.valid_to, "止", "To"),
)
POLICIES = (
    Column(Policy.scheme, "险种", "Scheme", choices=SCHEMES),
    Column(Policy.valid_from, "起", "From"),
    Column(Policy.valid_to, "止", "To"),
    Column(Policy.deductible, "起付线（元）", "Deductible (yuan)"),
    Column(Policy.cap, "封顶线（元）", "Cap (yuan)"),
)
ENCOUNTERS = (
    Column(Encounter.insured_id, "患者", "Patient", refers=INSURED_NAMED),
    Column(Encounter.hospital_id, "医院", "Hospital", refers=HOSPITAL_NAMED),
    Column(Encounter.admitted, "入院", "Admitted"),
    Column(Encounter.discharged, "出院", "Discharged"),
    Column(Encounter.place_id, "参保地", "Insured in", refers=PLACE),
    Column(Encounter.state, "状态", "State"),
)
SETTLEMENTS = (
    Column(Settlement.number, "结算号", "Number", words=True),
    Column(Settlement.insured_id, "患者", "Patient", refers=INSURED_NAMED),
    Column(Settlement.day, "结算日", "Day"),
    Column(Settlement.region, "就医地", "Region", choices=REGIONS),
    Column(Settlement.place_id, "参保地", "Insured in", refers=PLACE),
    Column(Settlement.total, "总费用（元）", "Total (yuan)"),
    Column(Settlement.patient, "个人支付（元）", "Patient (yuan)"),
    Column(Settlement.fund, "基金支付（元）", "Fund (yuan)"),
    Column(Settlement.state, "状态", "State"),
)
RECONCILIATIONS = (
    Column(Reconciliation.region, "就医地", "Region", choices=REGIONS),
    Column(Reconciliation.month, "月份", "Month"),
    Column(Reconciliation.ours_fund, "本方基金支付（元）", "Fund, ours (yuan)"),
    Column(Reconciliation.theirs_fund, "对方基金支付（元）", "Fund, theirs (yuan)"),
    Column(Reconciliation.differing, "差异（笔）", "Differences"),
)
