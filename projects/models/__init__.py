from .attribution import AttributionShare, AttributionVersion
from .projects import Agreement, PlannedPayment, Project, ProjectInvestor, ProjectMove
from .promises import Commitment, HalfYear, LandParcel, Obligation

__all__ = [
    "Agreement",
    "AttributionShare",
    "AttributionVersion",
    "Commitment",
    "HalfYear",
    "LandParcel",
    "Obligation",
    "PlannedPayment",
    "Project",
    "ProjectInvestor",
    "ProjectMove",
]
