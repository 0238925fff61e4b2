"""Running numbers for papers."""

from __future__ import annotations

from django.db import models


class Serial(models.Model):
    """The last number given out under a name, for example `lead-2026`."""

    name = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "com_serial"

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"
