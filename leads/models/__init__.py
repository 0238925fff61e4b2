from .duplicates import LikePair, Merge, NotDuplicate
from .investors import Contact, Introducer, Investor, OfferedProject
from .leads import Handover, Lead, LeadMove
from .protection import Dispute, DisputeStatement, FirstContact, LeadTransfer, ProtectionTerms
from .screening import Gate, GateCheck, Screening, ScreeningCheck
from .stages import Stage, StageReason
from .work import Attachment, FollowUp, Look, Task

__all__ = [
    "Attachment",
    "Contact",
    "Dispute",
    "DisputeStatement",
    "FirstContact",
    "FollowUp",
    "Gate",
    "GateCheck",
    "Handover",
    "Introducer",
    "Investor",
    "Lead",
    "LeadMove",
    "LeadTransfer",
    "LikePair",
    "Look",
    "Merge",
    "NotDuplicate",
    "OfferedProject",
    "ProtectionTerms",
    "Screening",
    "ScreeningCheck",
    "Stage",
    "StageReason",
    "Task",
]
