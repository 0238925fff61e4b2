import common.migration_operations
import common.models.imports
import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        common.migration_operations.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='ExportLog',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(verbose_name='time')),
                        ('actor_id', models.BigIntegerField(null=True)),
                        ('actor_name', models.CharField(max_length=150, verbose_name='who')),
                        ('kind', models.CharField(max_length=40, verbose_name='what')),
                        ('query', models.CharField(blank=True, max_length=2000, verbose_name='filters')),
                        ('rows', models.PositiveIntegerField(verbose_name='rows')),
                    ],
                    options={
                        'db_table': 'com_export_log',
                        'ordering': ('-id',),
                        'abstract': False,
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4e38e0174dc399ad93325d4697e895e50bbc5425', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_21fda', table='com_export_log', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Heartbeat',
                    fields=[
                        ('name', models.CharField(max_length=30, primary_key=True, serialize=False)),
                        ('at', models.DateTimeField()),
                    ],
                    options={
                        'db_table': 'com_heartbeat',
                    },
                ),
                migrations.CreateModel(
                    name='ImportFile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('sha256', models.CharField(max_length=64, unique=True)),
                        ('content', models.FileField(max_length=200, upload_to=common.models.imports.place)),
                        ('size', models.PositiveIntegerField(verbose_name='size')),
                    ],
                    options={
                        'db_table': 'com_import_file',
                        'abstract': False,
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1f0c9a9cae2a8147e5f26c78d4e6849b6ee4934a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_13595', table='com_import_file', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='ImportBatch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('importer', models.CharField(max_length=40, verbose_name='what')),
                        ('filename', models.CharField(max_length=200, verbose_name='file name')),
                        ('sheet', models.CharField(blank=True, max_length=100, verbose_name='sheet')),
                        ('header_row', models.PositiveIntegerField(default=1, verbose_name='header row')),
                        ('header_rows', models.PositiveSmallIntegerField(default=1, verbose_name='rows of the header')),
                        ('scope_path', models.CharField(db_collation='C', max_length=200)),
                        ('params', models.JSONField(default=dict)),
                        ('columns', models.JSONField(default=dict)),
                        ('names', models.JSONField(default=dict)),
                        ('state', models.CharField(choices=[('mapping', 'columns to be matched'), ('preview', 'preview'), ('confirmed', 'imported'), ('undone', 'undone'), ('discarded', 'discarded')], default='mapping', max_length=10, verbose_name='state')),
                        ('actor_id', models.BigIntegerField(null=True)),
                        ('actor_name', models.CharField(max_length=150, verbose_name='imported by')),
                        ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed')),
                        ('undone_at', models.DateTimeField(null=True, verbose_name='undone')),
                        ('undone_by', models.CharField(blank=True, max_length=150, verbose_name='undone by')),
                        ('undo_reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='common.importfile', verbose_name='file')),
                    ],
                    options={
                        'db_table': 'com_import_batch',
                        'ordering': ('-id',),
                        'indexes': [models.Index(fields=['scope_path', '-id'], name='com_import_scope_ix')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "com_import_batch_event" ("actor_id", "actor_name", "archived_at", "columns", "confirmed_at", "created_at", "file_id", "filename", "header_row", "header_rows", "id", "importer", "names", "params", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scope_path", "sheet", "state", "undo_reason", "undone_at", "undone_by", "updated_at", "version") VALUES (NEW."actor_id", NEW."actor_name", NEW."archived_at", NEW."columns", NEW."confirmed_at", NEW."created_at", NEW."file_id", NEW."filename", NEW."header_row", NEW."header_rows", NEW."id", NEW."importer", NEW."names", NEW."params", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."scope_path", NEW."sheet", NEW."state", NEW."undo_reason", NEW."undone_at", NEW."undone_by", NEW."updated_at", NEW."version"); RETURN NULL;', hash='27cf2a64211d7eb32172c9690e8f0a8ffa698022', operation='INSERT', pgid='pgtrigger_insert_insert_1f774', table='com_import_batch', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "com_import_batch_event" ("actor_id", "actor_name", "archived_at", "columns", "confirmed_at", "created_at", "file_id", "filename", "header_row", "header_rows", "id", "importer", "names", "params", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scope_path", "sheet", "state", "undo_reason", "undone_at", "undone_by", "updated_at", "version") VALUES (NEW."actor_id", NEW."actor_name", NEW."archived_at", NEW."columns", NEW."confirmed_at", NEW."created_at", NEW."file_id", NEW."filename", NEW."header_row", NEW."header_rows", NEW."id", NEW."importer", NEW."names", NEW."params", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."scope_path", NEW."sheet", NEW."state", NEW."undo_reason", NEW."undone_at", NEW."undone_by", NEW."updated_at", NEW."version"); RETURN NULL;', hash='843fdc2f4f6a6c667aae90d151c22c3e3a17e795', operation='UPDATE', pgid='pgtrigger_update_update_90fb8', table='com_import_batch', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "com_import_batch_event" ("actor_id", "actor_name", "archived_at", "columns", "confirmed_at", "created_at", "file_id", "filename", "header_row", "header_rows", "id", "importer", "names", "params", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scope_path", "sheet", "state", "undo_reason", "undone_at", "undone_by", "updated_at", "version") VALUES (OLD."actor_id", OLD."actor_name", OLD."archived_at", OLD."columns", OLD."confirmed_at", OLD."created_at", OLD."file_id", OLD."filename", OLD."header_row", OLD."header_rows", OLD."id", OLD."importer", OLD."names", OLD."params", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."scope_path", OLD."sheet", OLD."state", OLD."undo_reason", OLD."undone_at", OLD."undone_by", OLD."updated_at", OLD."version"); RETURN NULL;', hash='eebb7dee6f1f4234f03d902789befe05a518a6e5', operation='DELETE', pgid='pgtrigger_delete_delete_f18bc', table='com_import_batch', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ImportBatchEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('importer', models.CharField(max_length=40, verbose_name='what')),
                        ('filename', models.CharField(max_length=200, verbose_name='file name')),
                        ('sheet', models.CharField(blank=True, max_length=100, verbose_name='sheet')),
                        ('header_row', models.PositiveIntegerField(default=1, verbose_name='header row')),
                        ('header_rows', models.PositiveSmallIntegerField(default=1, verbose_name='rows of the header')),
                        ('scope_path', models.CharField(db_collation='C', max_length=200)),
                        ('params', models.JSONField(default=dict)),
                        ('columns', models.JSONField(default=dict)),
                        ('names', models.JSONField(default=dict)),
                        ('state', models.CharField(choices=[('mapping', 'columns to be matched'), ('preview', 'preview'), ('confirmed', 'imported'), ('undone', 'undone'), ('discarded', 'discarded')], default='mapping', max_length=10, verbose_name='state')),
                        ('actor_id', models.BigIntegerField(null=True)),
                        ('actor_name', models.CharField(max_length=150, verbose_name='imported by')),
                        ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed')),
                        ('undone_at', models.DateTimeField(null=True, verbose_name='undone')),
                        ('undone_by', models.CharField(blank=True, max_length=150, verbose_name='undone by')),
                        ('undo_reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='common.importbatch')),
                        ('file', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='common.importfile', verbose_name='file')),
                    ],
                    options={
                        'db_table': 'com_import_batch_event',
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='ImportMapping',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('importer', models.CharField(max_length=40)),
                        ('scope_path', models.CharField(db_collation='C', max_length=200)),
                        ('header', models.CharField(max_length=200)),
                        ('field', models.CharField(max_length=100)),
                    ],
                    options={
                        'db_table': 'com_import_mapping',
                        'constraints': [models.UniqueConstraint(fields=('importer', 'scope_path', 'header'), name='com_import_map_uq')],
                    },
                ),
                migrations.CreateModel(
                    name='ImportRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField(verbose_name='row')),
                        ('cells', models.JSONField(default=dict)),
                        ('plan', models.JSONField(default=list)),
                        ('problems', models.JSONField(default=list)),
                        ('result', models.CharField(choices=[('new', 'new'), ('changed', 'changed'), ('unchanged', 'unchanged'), ('wrong', 'wrong')], max_length=10)),
                        ('fate', models.CharField(choices=[('open', 'not yet imported'), ('applied', 'imported'), ('parked', 'parked'), ('dropped', 'dropped')], default='open', max_length=10)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='common.importbatch')),
                    ],
                    options={
                        'db_table': 'com_import_row',
                        'ordering': ('number',),
                        'constraints': [models.UniqueConstraint(fields=('batch', 'number'), name='com_import_row_uq')],
                    },
                ),
                migrations.CreateModel(
                    name='JobRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=60, verbose_name='kind')),
                        ('params', models.JSONField(default=dict, verbose_name='parameters')),
                        ('key', models.CharField(max_length=200, unique=True)),
                        ('state', models.CharField(choices=[('queued', 'waiting'), ('dispatched', 'handed to a worker'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='queued', max_length=12, verbose_name='state')),
                        ('actor_id', models.BigIntegerField(null=True)),
                        ('actor_name', models.CharField(max_length=150, verbose_name='started by')),
                        ('created_at', models.DateTimeField(verbose_name='created')),
                        ('not_before', models.DateTimeField(null=True, verbose_name='not before')),
                        ('dispatched_at', models.DateTimeField(null=True)),
                        ('started_at', models.DateTimeField(null=True, verbose_name='started')),
                        ('beat_at', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                        ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('total', models.PositiveIntegerField(default=0)),
                        ('result', models.JSONField(default=dict, verbose_name='result')),
                        ('error', models.TextField(blank=True, verbose_name='error')),
                    ],
                    options={
                        'db_table': 'com_job_run',
                        'ordering': ('-id',),
                        'indexes': [models.Index(fields=['state', 'not_before'], name='com_job_state_ix'), models.Index(fields=['kind', '-id'], name='com_job_kind_ix')],
                    },
                ),
                migrations.CreateModel(
                    name='JobSchedule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=60, unique=True, verbose_name='kind')),
                        ('day', models.PositiveSmallIntegerField(verbose_name='day of the month')),
                        ('hour', models.PositiveSmallIntegerField(default=6, verbose_name='hour')),
                        ('enabled', models.BooleanField(default=True, verbose_name='enabled')),
                        ('last_month', models.DateField(null=True, verbose_name='last month run')),
                    ],
                    options={
                        'db_table': 'com_job_schedule',
                        'constraints': [models.CheckConstraint(condition=models.Q(('day__range', (1, 28))), name='com_sched_day_ck'), models.CheckConstraint(condition=models.Q(('hour__range', (0, 23))), name='com_sched_hour_ck')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "com_job_schedule_event" ("day", "enabled", "hour", "id", "kind", "last_month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."day", NEW."enabled", NEW."hour", NEW."id", NEW."kind", NEW."last_month", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='7842d0f4eb8c80ae83684eb117875f979b659cbc', operation='INSERT', pgid='pgtrigger_insert_insert_3967b', table='com_job_schedule', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "com_job_schedule_event" ("day", "enabled", "hour", "id", "kind", "last_month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."day", NEW."enabled", NEW."hour", NEW."id", NEW."kind", NEW."last_month", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='ae2d0629e180593b9e20cc73361dba2d3bd7c831', operation='UPDATE', pgid='pgtrigger_update_update_a84cd', table='com_job_schedule', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "com_job_schedule_event" ("day", "enabled", "hour", "id", "kind", "last_month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."day", OLD."enabled", OLD."hour", OLD."id", OLD."kind", OLD."last_month", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='0c4db1bcb72b32b1d99dc32aea012b1bb52e6daf', operation='DELETE', pgid='pgtrigger_delete_delete_f3bf5', table='com_job_schedule', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='JobScheduleEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('kind', models.CharField(max_length=60, verbose_name='kind')),
                        ('day', models.PositiveSmallIntegerField(verbose_name='day of the month')),
                        ('hour', models.PositiveSmallIntegerField(default=6, verbose_name='hour')),
                        ('enabled', models.BooleanField(default=True, verbose_name='enabled')),
                        ('last_month', models.DateField(null=True, verbose_name='last month run')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='common.jobschedule')),
                    ],
                    options={
                        'db_table': 'com_job_schedule_event',
                        'abstract': False,
                    },
                ),
            ],
        ),
        common.migration_operations.CreateTriggers(
        ),
    ]
