"""What people do with certificates: ask for a batch, approve it, revoke, re-issue, withdraw a name."""

from .batches import ARCHIVE_JOB, JOB, approve_batch, is_waiting, request_batch, require_suitable, suitable_templates
from .ending import reconcile, revoke
from .errors import (
    AlreadyWithdrawn,
    NobodyChosen,
    NotAllowed,
    NotComplete,
    NotValid,
    NotWaiting,
    OwnCertificate,
    ReasonMissing,
    TemplateUnsuitable,
)
from .files import is_unaltered, remove_withdrawn_files, storage, withdraw_name
from .issuing import issue_certificate, serial_for, supersede
from .telling import LINK, LINK_AGE, address_of, tell_holder

__all__ = [
    "ARCHIVE_JOB",
    "JOB",
    "LINK",
    "LINK_AGE",
    "AlreadyWithdrawn",
    "NobodyChosen",
    "NotAllowed",
    "NotComplete",
    "NotValid",
    "NotWaiting",
    "OwnCertificate",
    "ReasonMissing",
    "TemplateUnsuitable",
    "address_of",
    "approve_batch",
    "is_unaltered",
    "is_waiting",
    "issue_certificate",
    "reconcile",
    "remove_withdrawn_files",
    "request_batch",
    "require_suitable",
    "revoke",
    "serial_for",
    "storage",
    "suitable_templates",
    "supersede",
    "tell_holder",
    "withdraw_name",
]
