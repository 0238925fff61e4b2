"""Follow-ups, tasks and files to test with, written past the services."""

import factory
from django.core.files.uploadedfile import SimpleUploadedFile

from common import clock, files
from leads.models import Attachment, FollowUp, Task
from tests.support.factories import RowFactory
from tests.support.factories_leads import LeadFactory

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def pdf(name="合同.pdf", mark=b""):
    """A small file that is taken; `mark` makes its content another one."""
    return SimpleUploadedFile(name, PDF + mark, "application/pdf")


class FollowUpFactory(RowFactory):
    class Meta:
        model = FollowUp
        skip_postgeneration_save = True

    lead = factory.SubFactory(LeadFactory)
    unit = factory.SelfAttribute("lead.unit")
    kind = "visit"
    on = factory.LazyFunction(clock.today)
    text = "谈了用地和用电。"


class TaskFactory(RowFactory):
    class Meta:
        model = Task
        skip_postgeneration_save = True

    lead = factory.SubFactory(LeadFactory)
    title = factory.Sequence(lambda n: f"第{n}件事")
    due_on = factory.LazyFunction(clock.today)


class AttachmentFactory(RowFactory):
    class Meta:
        model = Attachment
        skip_postgeneration_save = True

    lead = factory.SubFactory(LeadFactory)
    stored = factory.LazyFunction(lambda: files.store(pdf()))
    name = "合同.pdf"
    kind = "agreement"
    author_name = "tests"
