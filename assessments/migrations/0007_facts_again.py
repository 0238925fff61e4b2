from django.db import migrations


class Migration(migrations.Migration):
    """Facts that come back after other ones make a new run, which can be published."""

    dependencies = [("assessments", "0006_targets")]

    operations = [
        migrations.RemoveConstraint(model_name="schemerun", name="ast_scheme_run_input_uq"),
    ]
