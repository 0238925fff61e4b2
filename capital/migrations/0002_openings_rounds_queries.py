# A balance of a project, basis and year once; a closed round leaves its month free; a question knows where its entry
# stood. Questions that are open keep what was reckoned until now.

import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('capital', '0001_initial'),
        ('common', '0005_draft'),
        ('leads', '0001_initial'),
        ('ledger', '0003_closing_calendar'),
        ('organizations', '0002_reminders'),
        ('projects', '0001_initial'),
        ('reference', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='query',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='query',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='query',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='evaluationround',
            name='cap_round_uq',
        ),
        migrations.AddField(
            model_name='query',
            name='stood_at',
            field=models.CharField(choices=[('draft', 'draft'), ('reported', 'reported'), ('queried', 'queried'), ('preliminary', 'preliminarily recognised'), ('final', 'finally recognised'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='reported', editable=False, max_length=12, verbose_name='stood at'),
        ),
        migrations.AddField(
            model_name='queryevent',
            name='stood_at',
            field=models.CharField(choices=[('draft', 'draft'), ('reported', 'reported'), ('queried', 'queried'), ('preliminary', 'preliminarily recognised'), ('final', 'finally recognised'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='reported', editable=False, max_length=12, verbose_name='stood at'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='query',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cap_query_event" ("answer", "answered_at", "answered_name", "archived_at", "asked_at", "asked_by_id", "asked_name", "created_at", "entry_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stood_at", "text", "updated_at", "version") VALUES (NEW."answer", NEW."answered_at", NEW."answered_name", NEW."archived_at", NEW."asked_at", NEW."asked_by_id", NEW."asked_name", NEW."created_at", NEW."entry_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."stood_at", NEW."text", NEW."updated_at", NEW."version"); RETURN NULL;', hash='61d2d4fd911770c788d3ead34a068f32a56fb10f', operation='INSERT', pgid='pgtrigger_insert_insert_88674', table='cap_query', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='query',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "cap_query_event" ("answer", "answered_at", "answered_name", "archived_at", "asked_at", "asked_by_id", "asked_name", "created_at", "entry_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stood_at", "text", "updated_at", "version") VALUES (NEW."answer", NEW."answered_at", NEW."answered_name", NEW."archived_at", NEW."asked_at", NEW."asked_by_id", NEW."asked_name", NEW."created_at", NEW."entry_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."stood_at", NEW."text", NEW."updated_at", NEW."version"); RETURN NULL;', hash='b325a56c0b5f154be5cc3cb7de909c016f880161', operation='UPDATE', pgid='pgtrigger_update_update_d5fac', table='cap_query', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='query',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cap_query_event" ("answer", "answered_at", "answered_name", "archived_at", "asked_at", "asked_by_id", "asked_name", "created_at", "entry_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stood_at", "text", "updated_at", "version") VALUES (OLD."answer", OLD."answered_at", OLD."answered_name", OLD."archived_at", OLD."asked_at", OLD."asked_by_id", OLD."asked_name", OLD."created_at", OLD."entry_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."stood_at", OLD."text", OLD."updated_at", OLD."version"); RETURN NULL;', hash='852968fd8bff42f6ab3eeb14afc06bb0a8d7dceb', operation='DELETE', pgid='pgtrigger_delete_delete_ffc9d', table='cap_query', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='capitalentry',
            constraint=models.UniqueConstraint(models.F('project'), models.F('basis'), django.db.models.functions.datetime.ExtractYear('occurred_on'), condition=models.Q(('archived_at', None), ('is_opening', True)), name='cap_entry_opening_uq', violation_error_message='There is an opening balance of this project, basis and year.'),
        ),
        migrations.AddConstraint(
            model_name='evaluationround',
            constraint=models.UniqueConstraint(condition=models.Q(('archived_at', None)), fields=('unit', 'kind', 'period'), name='cap_round_uq'),
        ),
        migrations.RunSQL(
            """
            UPDATE cap_query q SET stood_at = 'preliminary' WHERE q.answered_at IS NULL AND q.archived_at IS NULL
                AND (SELECT sum(r.delta) FROM cap_recognition r
                     WHERE r.entry_id = q.entry_id AND r.level = 'preliminary') > 0
            """,
            migrations.RunSQL.noop,
        ),
    ]
