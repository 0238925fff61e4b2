import common.migration_operations
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        common.migration_operations.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Closing',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('revision', models.PositiveSmallIntegerField(verbose_name='revision')),
                        ('watermark', models.BigIntegerField(verbose_name='last line')),
                        ('lines', models.PositiveIntegerField(verbose_name='lines')),
                        ('prev_hash', models.CharField(blank=True, max_length=64)),
                        ('hash', models.CharField(max_length=64, unique=True, verbose_name='hash')),
                        ('at', models.DateTimeField(verbose_name='closed')),
                        ('actor_id', models.BigIntegerField(null=True)),
                        ('actor_name', models.CharField(max_length=150, verbose_name='closed by')),
                        ('remarks', models.JSONField(default=list, verbose_name='left open')),
                        ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closings', to='ledger.period', verbose_name='period')),
                    ],
                    options={
                        'verbose_name': 'closing',
                        'db_table': 'led_closing',
                        'ordering': ('-id',),
                        'abstract': False,
                        'constraints': [models.UniqueConstraint(fields=('period', 'revision'), name='led_closing_revision_uq'), models.UniqueConstraint(fields=('prev_hash',), name='led_closing_chain_uq')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a20182dab52a20411f070d506deb32ace5e0ba79', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_03327', table='led_closing', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='ClosingTerms',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('since', models.DateField(unique=True, verbose_name='in force from')),
                        ('cut_off_day', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(28)], verbose_name='cut-off: day of the next month')),
                        ('final_month', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='final account until: month of the next year')),
                        ('final_day', models.PositiveSmallIntegerField(default=20, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(28)], verbose_name='and day')),
                        ('by_itself', models.BooleanField(default=True, verbose_name='months are cut off by themselves')),
                    ],
                    options={
                        'verbose_name': 'closing calendar',
                        'db_table': 'led_terms',
                        'ordering': ('-since',),
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "led_terms_event" ("archived_at", "by_itself", "created_at", "cut_off_day", "final_day", "final_month", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "updated_at", "version") VALUES (NEW."archived_at", NEW."by_itself", NEW."created_at", NEW."cut_off_day", NEW."final_day", NEW."final_month", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."since", NEW."updated_at", NEW."version"); RETURN NULL;', hash='908e7168393240fb82d081543f7073b290fa1dc2', operation='INSERT', pgid='pgtrigger_insert_insert_eadf7', table='led_terms', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "led_terms_event" ("archived_at", "by_itself", "created_at", "cut_off_day", "final_day", "final_month", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "updated_at", "version") VALUES (NEW."archived_at", NEW."by_itself", NEW."created_at", NEW."cut_off_day", NEW."final_day", NEW."final_month", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."since", NEW."updated_at", NEW."version"); RETURN NULL;', hash='4f2bf44166c93389adf81ecda5f88a43ae0597cd', operation='UPDATE', pgid='pgtrigger_update_update_29afd', table='led_terms', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "led_terms_event" ("archived_at", "by_itself", "created_at", "cut_off_day", "final_day", "final_month", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "updated_at", "version") VALUES (OLD."archived_at", OLD."by_itself", OLD."created_at", OLD."cut_off_day", OLD."final_day", OLD."final_month", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."since", OLD."updated_at", OLD."version"); RETURN NULL;', hash='4b170ca488cf4cbc7ea7dec7619e3c48b8270593', operation='DELETE', pgid='pgtrigger_delete_delete_81574', table='led_terms', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ClosingTermsEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('since', models.DateField(verbose_name='in force from')),
                        ('cut_off_day', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(28)], verbose_name='cut-off: day of the next month')),
                        ('final_month', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='final account until: month of the next year')),
                        ('final_day', models.PositiveSmallIntegerField(default=20, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(28)], verbose_name='and day')),
                        ('by_itself', models.BooleanField(default=True, verbose_name='months are cut off by themselves')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='ledger.closingterms')),
                    ],
                    options={
                        'db_table': 'led_terms_event',
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='PeriodEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('code', models.PositiveIntegerField(serialize=False, verbose_name='period')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                        ('state', models.CharField(choices=[('open', 'open'), ('cut_off', 'cut off'), ('closed', 'closed')], default='open', max_length=7, verbose_name='state')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='ledger.period')),
                    ],
                    options={
                        'db_table': 'led_period_event',
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Reopening',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reason', models.CharField(max_length=500, verbose_name='reason')),
                        ('by_id', models.BigIntegerField()),
                        ('by_name', models.CharField(max_length=150, verbose_name='asked by')),
                        ('second_by_id', models.BigIntegerField()),
                        ('second_by_name', models.CharField(max_length=150, verbose_name='second signature')),
                        ('at', models.DateTimeField(verbose_name='when')),
                        ('closing', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reopening', to='ledger.closing', verbose_name='closing')),
                    ],
                    options={
                        'verbose_name': 'reopening',
                        'db_table': 'led_reopening',
                        'ordering': ('-id',),
                        'abstract': False,
                        'constraints': [models.CheckConstraint(condition=models.Q(('by_id', models.F('second_by_id')), _negated=True), name='led_reopening_two_ck'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='led_reopening_reason_ck')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8a2fb94e04ab1334a9ad4ba19a5800bdbe06ab51', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8dea7', table='led_reopening', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='ReopeningAsked',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('reason', models.CharField(max_length=500, verbose_name='reason')),
                        ('by_id', models.BigIntegerField(editable=False)),
                        ('by_name', models.CharField(editable=False, max_length=150, verbose_name='asked by')),
                        ('at', models.DateTimeField(editable=False, verbose_name='asked')),
                        ('signed', models.BooleanField(editable=False, null=True, verbose_name='signed')),
                        ('answered_name', models.CharField(blank=True, editable=False, max_length=150, verbose_name='answered by')),
                        ('answered_at', models.DateTimeField(editable=False, null=True, verbose_name='answered')),
                        ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asked', to='ledger.closing', verbose_name='closing')),
                    ],
                    options={
                        'verbose_name': 'request to reopen',
                        'db_table': 'led_reopening_ask',
                        'ordering': ('-id',),
                        'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at', None), ('archived_at', None)), fields=('closing',), name='led_reopening_ask_uq')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "led_reopening_ask_event" ("answered_at", "answered_name", "archived_at", "at", "by_id", "by_name", "closing_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "signed", "updated_at", "version") VALUES (NEW."answered_at", NEW."answered_name", NEW."archived_at", NEW."at", NEW."by_id", NEW."by_name", NEW."closing_id", NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."signed", NEW."updated_at", NEW."version"); RETURN NULL;', hash='f9270124c773bc3dfc1ef8aa9decc945c9e36a36', operation='INSERT', pgid='pgtrigger_insert_insert_b8089', table='led_reopening_ask', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "led_reopening_ask_event" ("answered_at", "answered_name", "archived_at", "at", "by_id", "by_name", "closing_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "signed", "updated_at", "version") VALUES (NEW."answered_at", NEW."answered_name", NEW."archived_at", NEW."at", NEW."by_id", NEW."by_name", NEW."closing_id", NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."signed", NEW."updated_at", NEW."version"); RETURN NULL;', hash='56ae9bd5adfe667b2749f30d418324a4509767bc', operation='UPDATE', pgid='pgtrigger_update_update_17571', table='led_reopening_ask', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "led_reopening_ask_event" ("answered_at", "answered_name", "archived_at", "at", "by_id", "by_name", "closing_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "signed", "updated_at", "version") VALUES (OLD."answered_at", OLD."answered_name", OLD."archived_at", OLD."at", OLD."by_id", OLD."by_name", OLD."closing_id", OLD."created_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."signed", OLD."updated_at", OLD."version"); RETURN NULL;', hash='90b6cd90efe37d9bc5a3c6f90db4e56be8b2a468', operation='DELETE', pgid='pgtrigger_delete_delete_6e917', table='led_reopening_ask', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ReopeningAskedEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('reason', models.CharField(max_length=500, verbose_name='reason')),
                        ('by_id', models.BigIntegerField(editable=False)),
                        ('by_name', models.CharField(editable=False, max_length=150, verbose_name='asked by')),
                        ('at', models.DateTimeField(editable=False, verbose_name='asked')),
                        ('signed', models.BooleanField(editable=False, null=True, verbose_name='signed')),
                        ('answered_name', models.CharField(blank=True, editable=False, max_length=150, verbose_name='answered by')),
                        ('answered_at', models.DateTimeField(editable=False, null=True, verbose_name='answered')),
                        ('closing', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='ledger.closing', verbose_name='closing')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='ledger.reopeningasked')),
                    ],
                    options={
                        'db_table': 'led_reopening_ask_event',
                        'abstract': False,
                    },
                ),
            ],
        ),
        migrations.AlterField(
            model_name='period',
            name='state',
            field=models.CharField(choices=[('open', 'open'), ('cut_off', 'cut off'), ('closed', 'closed')], default='open', max_length=7, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='posting',
            name='kind',
            field=models.CharField(choices=[('lead.handed_in', 'leads handed in'), ('lead.valid', 'leads found valid'), ('project.signed', 'projects signed'), ('project.registered', 'projects registered'), ('project.permitted', 'projects with all permits'), ('project.started', 'projects started'), ('project.completed', 'projects completed'), ('project.in_production', 'projects in production'), ('project.at_capacity', 'projects at capacity'), ('contract.amount', 'contract amount'), ('contract.registered', 'registered capital agreed'), ('capital.reported', 'capital reported'), ('capital.preliminary', 'capital, at least preliminarily recognised'), ('capital.recognised', 'capital, finally recognised'), ('tax.net', 'tax paid less refunded')], max_length=30, verbose_name='what'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='period',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "led_period_event" ("code", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "year") VALUES (NEW."code", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."code", NEW."state", NEW."year"); RETURN NULL;', hash='f7e59e75ad5a447c706479f0c41d72758d544b90', operation='INSERT', pgid='pgtrigger_insert_insert_66280', table='led_period', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='period',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "led_period_event" ("code", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "year") VALUES (NEW."code", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."code", NEW."state", NEW."year"); RETURN NULL;', hash='5b396d77b0fc1cc7e88f2059fc9b2b347628d043', operation='UPDATE', pgid='pgtrigger_update_update_907ec', table='led_period', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='period',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "led_period_event" ("code", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "year") VALUES (OLD."code", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."code", OLD."state", OLD."year"); RETURN NULL;', hash='90c4efa4e8df2c22bd71463d552327b2e53bda0e', operation='DELETE', pgid='pgtrigger_delete_delete_b3766', table='led_period', when='AFTER')),
        ),
        common.migration_operations.CreateTriggers(
        ),
    ]
