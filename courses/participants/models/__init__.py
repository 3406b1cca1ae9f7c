"""The person, apart from the account; focal-point designations; consent; lists of people; merges."""

from .imports import ColumnChoice, ImportRow, PeopleImport, private_storage
from .merging import Merge, ToldApart
from .notices import Consent, DataNotice, DataNoticeText, NoticeReceipt
from .people import (
    REPRESENTATION_FIELDS,
    FocalPointDesignation,
    Gender,
    Participant,
    Representation,
    Represents,
    StakeholderGroup,
)

__all__ = [
    "REPRESENTATION_FIELDS",
    "ColumnChoice",
    "Consent",
    "DataNotice",
    "DataNoticeText",
    "FocalPointDesignation",
    "Gender",
    "ImportRow",
    "Merge",
    "NoticeReceipt",
    "Participant",
    "PeopleImport",
    "Representation",
    "Represents",
    "StakeholderGroup",
    "ToldApart",
    "private_storage",
]
