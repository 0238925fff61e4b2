"""The calendar that the program is shipped with (DOMAIN §3, §11): months are cut off after the 3rd of the next
month, the final account of a year after 20 January."""

from datetime import date

from django.db import migrations


def ship(apps, schema_editor):
    apps.get_model("ledger", "ClosingTerms").objects.get_or_create(
        since=date(2000, 1, 1), defaults={"cut_off_day": 3, "final_month": 1, "final_day": 20, "by_itself": True}
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_closing")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
