from .delivery import Carriage, Condition, Delivery, Receipt, loads, send, senders
from .enterprise import (
    Acceptance,
    Discharge,
    Enterprise,
    Governance,
    Harvest,
    Passing,
    Remit,
    Stewardship,
)
from .good import Good, Measure
from .motion import Motion
from .plan import Allotment, Deed, Plan, carried_by
from .statement import Need, Statement, Surplus, measured
from .statement_import import StatementImport
from .working import Place
from .yardstick import Yardstick, measures_of, set_yardstick

__all__ = [
    "Acceptance",
    "Allotment",
    "Carriage",
    "Condition",
    "Deed",
    "Delivery",
    "Discharge",
    "Enterprise",
    "Good",
    "Governance",
    "Harvest",
    "Measure",
    "Motion",
    "Need",
    "Passing",
    "Place",
    "Plan",
    "Receipt",
    "Remit",
    "Statement",
    "StatementImport",
    "Stewardship",
    "Surplus",
    "Yardstick",
    "carried_by",
    "loads",
    "measured",
    "measures_of",
    "send",
    "senders",
    "set_yardstick",
]
