from django.db import models


class Draft(models.Model):
    """What somebody typed into a form and has not sent yet. Read and written for its owner only
    (common/drafts.py); it is no record, so it has no history and is thrown away."""

    owner_id = models.BigIntegerField()
    form = models.CharField(max_length=80)
    data = models.JSONField(default=dict)  # {html name: [values]}
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "com_draft"
        constraints = [models.UniqueConstraint(fields=["owner_id", "form"], name="com_draft_uniq")]

    def __str__(self) -> str:
        return self.form
