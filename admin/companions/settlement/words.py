"""The columns' words, Chinese and English."""

from admin.companions.settlement.models import (
    CatalogueItem,
    Connection,
    Filing,
    Hospital,
    Insured,
    Policy,
    Reconciliation,
    Settlement,
)
from admin.companions.shape.register import Column

INSURED = (
    Column(Insured.name, "姓名", "Name", words=True),
    Column(Insured.card, "医保卡号", "Card"),
    Column(Insured.scheme, "险种", "Scheme"),
    Column(Insured.valid_from, "参保起", "Insured from"),
    Column(Insured.valid_to, "参保止", "Insured to"),
    Column(Insured.place_id, "参保地", "Place"),
)
CONNECTIONS = (
    Column(Connection.region, "就医地", "Region"),
    Column(Connection.name, "名称", "Name", words=True),
    Column(Connection.valid_from, "联网起", "Connected from"),
    Column(Connection.valid_to, "联网止", "Connected to"),
)
HOSPITALS = (
    Column(Hospital.code, "医院编码", "Code"),
    Column(Hospital.name, "医院", "Hospital", words=True),
    Column(Hospital.region, "就医地", "Region"),
    Column(Hospital.connected, "已联网", "Connected"),
)
FILINGS = (
    Column(Filing.insured_id, "参保人", "Insured"),
    Column(Filing.region, "就医地", "Region"),
    Column(Filing.kind, "备案类型", "Kind"),
    Column(Filing.starts, "起", "From"),
    Column(Filing.ends, "止", "To"),
    Column(Filing.state, "状态", "State"),
)
CATALOGUE = (
    Column(CatalogueItem.region, "就医地", "Region"),
    Column(CatalogueItem.code, "目录编码", "Code"),
    Column(CatalogueItem.name, "名称", "Name", words=True),
    Column(CatalogueItem.fee_class, "类别", "Class"),
    Column(CatalogueItem.valid_from, "起", "From"),
    Column(CatalogueItem.valid_to, "止", "To"),
)
POLICIES = (
    Column(Policy.scheme, "险种", "Scheme"),
    Column(Policy.valid_from, "起", "From"),
    Column(Policy.valid_to, "止", "To"),
    Column(Policy.deductible, "起付线（元）", "Deductible (yuan)"),
    Column(Policy.cap, "封顶线（元）", "Cap (yuan)"),
)
SETTLEMENTS = (
    Column(Settlement.number, "结算号", "Number"),
    Column(Settlement.day, "结算日", "Day"),
    Column(Settlement.region, "就医地", "Region"),
    Column(Settlement.total, "总费用（元）", "Total (yuan)"),
    Column(Settlement.patient, "个人支付（元）", "Patient (yuan)"),
    Column(Settlement.fund, "基金支付（元）", "Fund (yuan)"),
    Column(Settlement.state, "状态", "State"),
)
RECONCILIATIONS = (
    Column(Reconciliation.region, "就医地", "Region"),
    Column(Reconciliation.month, "月份", "Month"),
    Column(Reconciliation.ours_fund, "本方基金支付（元）", "Fund, ours (yuan)"),
    Column(Reconciliation.theirs_fund, "对方基金支付（元）", "Fund, theirs (yuan)"),
)
