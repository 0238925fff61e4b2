import common.migration_operations
import django.core.validators
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
                    name='Currency',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('code', models.CharField(max_length=3, unique=True, verbose_name='code')),
                        ('name_zh', models.CharField(max_length=60, verbose_name='Chinese name')),
                        ('name_en', models.CharField(max_length=60, verbose_name='English name')),
                        ('pinyin', models.CharField(db_collation='C', editable=False, max_length=300)),
                        ('minor_units', models.PositiveSmallIntegerField(verbose_name='decimal places')),
                    ],
                    options={
                        'verbose_name': 'currency',
                        'verbose_name_plural': 'currencies',
                        'db_table': 'ref_currency',
                        'ordering': ('code',),
                        'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z]{3}$')), name='ref_currency_code_ck'), models.CheckConstraint(condition=models.Q(('minor_units__lte', 4)), name='ref_currency_minor_ck')],
                    },
                ),
                migrations.CreateModel(
                    name='ExchangeRate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('kind', models.CharField(choices=[('day', 'Rate of the day'), ('month', 'Average of the month')], max_length=5, verbose_name='kind')),
                        ('date', models.DateField(help_text='For the average of a month: its first day.', verbose_name='date')),
                        ('rate', models.DecimalField(decimal_places=8, help_text='Quoted per 100 units? Divide by 100.', max_digits=18, verbose_name='yuan for one unit')),
                        ('source', models.CharField(help_text='Who published it, for example the central parity rate.', max_length=100, verbose_name='source')),
                        ('currency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rates', to='reference.currency', verbose_name='currency')),
                    ],
                    options={
                        'verbose_name': 'exchange rate',
                        'verbose_name_plural': 'exchange rates',
                        'db_table': 'ref_rate',
                        'ordering': ('-date', 'currency'),
                        'indexes': [models.Index(models.F('currency'), models.F('kind'), models.OrderBy(models.F('date'), descending=True), name='ref_rate_latest_ix')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='ref_rate_positive_ck', violation_error_message='A rate must be above zero.'), models.UniqueConstraint(condition=models.Q(('archived_at', None)), fields=('currency', 'kind', 'date', 'source'), name='ref_rate_once_uq', violation_error_message='This source already has a rate for this currency and date. Change that row instead.'), models.CheckConstraint(condition=models.Q(('kind', 'day'), models.Q(('date__day', 1), ('kind', 'month')), _connector='OR'), name='ref_rate_month_ck', violation_error_message='The average of a month carries the first day of the month.'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='ref_rate_source_ck')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "ref_rate_event" ("archived_at", "created_at", "currency_id", "date", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "source", "updated_at", "version") VALUES (NEW."archived_at", NEW."created_at", NEW."currency_id", NEW."date", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rate", NEW."source", NEW."updated_at", NEW."version"); RETURN NULL;', hash='89d3c37aa0d9998730c867223ed916aca9aa578e', operation='INSERT', pgid='pgtrigger_insert_insert_beaf2', table='ref_rate', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "ref_rate_event" ("archived_at", "created_at", "currency_id", "date", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "source", "updated_at", "version") VALUES (NEW."archived_at", NEW."created_at", NEW."currency_id", NEW."date", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rate", NEW."source", NEW."updated_at", NEW."version"); RETURN NULL;', hash='ad3df77cd2508e5ed401f53d866b994b95ff8fb5', operation='UPDATE', pgid='pgtrigger_update_update_edebd', table='ref_rate', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "ref_rate_event" ("archived_at", "created_at", "currency_id", "date", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "source", "updated_at", "version") VALUES (OLD."archived_at", OLD."created_at", OLD."currency_id", OLD."date", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rate", OLD."source", OLD."updated_at", OLD."version"); RETURN NULL;', hash='aa4ec43f1d0dd48054bc058292ec86a147e38ee0', operation='DELETE', pgid='pgtrigger_delete_delete_e6c9b', table='ref_rate', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ExchangeRateEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('kind', models.CharField(choices=[('day', 'Rate of the day'), ('month', 'Average of the month')], max_length=5, verbose_name='kind')),
                        ('date', models.DateField(help_text='For the average of a month: its first day.', verbose_name='date')),
                        ('rate', models.DecimalField(decimal_places=8, help_text='Quoted per 100 units? Divide by 100.', max_digits=18, verbose_name='yuan for one unit')),
                        ('source', models.CharField(help_text='Who published it, for example the central parity rate.', max_length=100, verbose_name='source')),
                        ('currency', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='reference.currency', verbose_name='currency')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='reference.exchangerate')),
                    ],
                    options={
                        'db_table': 'ref_rate_event',
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Holiday',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('date', models.DateField(verbose_name='date')),
                        ('kind', models.CharField(choices=[('off', 'Day off'), ('working', 'Working weekend day')], max_length=7, verbose_name='kind')),
                        ('name', models.CharField(max_length=60, verbose_name='holiday')),
                        ('source', models.CharField(max_length=200, verbose_name='source')),
                    ],
                    options={
                        'verbose_name': 'holiday',
                        'verbose_name_plural': 'holidays',
                        'db_table': 'ref_holiday',
                        'ordering': ('-date',),
                        'constraints': [models.UniqueConstraint(condition=models.Q(('archived_at', None)), fields=('date',), name='ref_holiday_date_uq', violation_error_message='This date is already in the calendar. Change that row instead.'), models.CheckConstraint(condition=models.Q(('kind', 'off'), models.Q(('date__iso_week_day__in', [6, 7]), ('kind', 'working')), _connector='OR'), name='ref_holiday_weekend_ck', violation_error_message='Only a Saturday or Sunday can be a working weekend day.'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='ref_holiday_source_ck')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "ref_holiday_event" ("archived_at", "created_at", "date", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "updated_at", "version") VALUES (NEW."archived_at", NEW."created_at", NEW."date", NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."updated_at", NEW."version"); RETURN NULL;', hash='ab658830179f6b192e15a538744ab5a0c277ae97', operation='INSERT', pgid='pgtrigger_insert_insert_73be5', table='ref_holiday', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "ref_holiday_event" ("archived_at", "created_at", "date", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "updated_at", "version") VALUES (NEW."archived_at", NEW."created_at", NEW."date", NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."updated_at", NEW."version"); RETURN NULL;', hash='e710594f89c9c895cc7c40492b1f95e8c43dcef9', operation='UPDATE', pgid='pgtrigger_update_update_91cf1', table='ref_holiday', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "ref_holiday_event" ("archived_at", "created_at", "date", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "updated_at", "version") VALUES (OLD."archived_at", OLD."created_at", OLD."date", OLD."id", OLD."kind", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."updated_at", OLD."version"); RETURN NULL;', hash='ebe6a6620d3b76990f07c8e915df2f4ec06353db', operation='DELETE', pgid='pgtrigger_delete_delete_31310', table='ref_holiday', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='HolidayEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('date', models.DateField(verbose_name='date')),
                        ('kind', models.CharField(choices=[('off', 'Day off'), ('working', 'Working weekend day')], max_length=7, verbose_name='kind')),
                        ('name', models.CharField(max_length=60, verbose_name='holiday')),
                        ('source', models.CharField(max_length=200, verbose_name='source')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='reference.holiday')),
                    ],
                    options={
                        'db_table': 'ref_holiday_event',
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Industry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('edition', models.PositiveSmallIntegerField(default=2017, verbose_name='edition')),
                        ('code', models.CharField(max_length=4, verbose_name='code')),
                        ('level', models.CharField(choices=[('section', 'Section'), ('division', 'Division'), ('group', 'Group'), ('class', 'Class')], max_length=8, verbose_name='level')),
                        ('name', models.CharField(max_length=100, verbose_name='name')),
                        ('pinyin', models.CharField(db_collation='C', editable=False, max_length=300)),
                        ('sector', models.CharField(blank=True, choices=[('primary', 'Primary sector'), ('secondary', 'Secondary sector'), ('tertiary', 'Tertiary sector')], max_length=9, verbose_name='sector')),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='reference.industry', verbose_name='part of')),
                    ],
                    options={
                        'verbose_name': 'industry',
                        'verbose_name_plural': 'industries',
                        'db_table': 'ref_industry',
                        'ordering': ('edition', 'code'),
                        'indexes': [models.Index(fields=['pinyin'], name='ref_industry_pinyin_ix')],
                        'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='ref_industry_code_uq'), models.CheckConstraint(condition=models.Q(models.Q(('code__regex', '^[A-T]$'), ('level', 'section'), ('parent', None)), models.Q(('code__regex', '^\\d{2}$'), ('level', 'division'), ('parent__isnull', False)), models.Q(('code__regex', '^\\d{3}$'), ('level', 'group'), ('parent__isnull', False)), models.Q(('code__regex', '^\\d{4}$'), ('level', 'class'), ('parent__isnull', False)), _connector='OR'), name='ref_industry_level_ck'), models.CheckConstraint(condition=models.Q(('level', 'section'), models.Q(('sector', ''), _negated=True), _connector='OR'), name='ref_industry_sector_ck')],
                    },
                ),
                migrations.CreateModel(
                    name='Region',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='list of the year')),
                        ('code', models.CharField(max_length=6, validators=[django.core.validators.RegexValidator('^\\d{6}$')], verbose_name='code')),
                        ('level', models.CharField(choices=[('province', 'Province'), ('city', 'City'), ('county', 'County')], max_length=8, verbose_name='level')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('pinyin', models.CharField(db_collation='C', editable=False, max_length=300)),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='reference.region', verbose_name='part of')),
                    ],
                    options={
                        'verbose_name': 'region',
                        'verbose_name_plural': 'regions',
                        'db_table': 'ref_region',
                        'ordering': ('-year', 'code'),
                        'indexes': [models.Index(fields=['pinyin'], name='ref_region_pinyin_ix')],
                        'constraints': [models.UniqueConstraint(fields=('year', 'code'), name='ref_region_code_uq'), models.CheckConstraint(condition=models.Q(('code__regex', '^\\d{6}$')), name='ref_region_code_ck'), models.CheckConstraint(condition=models.Q(models.Q(('level', 'province'), ('parent', None)), models.Q(('level__in', ['city', 'county']), ('parent__isnull', False)), _connector='OR'), name='ref_region_parent_ck')],
                    },
                ),
                migrations.CreateModel(
                    name='CalendarYear',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('year', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1949)], verbose_name='year')),
                        ('source', models.CharField(help_text='The notice that announced the holidays.', max_length=200, verbose_name='source')),
                    ],
                    options={
                        'verbose_name': 'calendar year',
                        'verbose_name_plural': 'calendar years',
                        'db_table': 'ref_year',
                        'ordering': ('-year',),
                        'constraints': [models.UniqueConstraint(condition=models.Q(('archived_at', None)), fields=('year',), name='ref_year_year_uq'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='ref_year_source_ck')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "ref_year_event" ("archived_at", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "updated_at", "version", "year") VALUES (NEW."archived_at", NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."updated_at", NEW."version", NEW."year"); RETURN NULL;', hash='a009076fd7b13ecc4b73415e363e7242bb47696e', operation='INSERT', pgid='pgtrigger_insert_insert_98858', table='ref_year', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "ref_year_event" ("archived_at", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "updated_at", "version", "year") VALUES (NEW."archived_at", NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."updated_at", NEW."version", NEW."year"); RETURN NULL;', hash='613442fb157691b20d13a20b5e3a0c5b0e1afaeb', operation='UPDATE', pgid='pgtrigger_update_update_dad28', table='ref_year', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "ref_year_event" ("archived_at", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "updated_at", "version", "year") VALUES (OLD."archived_at", OLD."created_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."updated_at", OLD."version", OLD."year"); RETURN NULL;', hash='ce0dc125e2ff9527ad51deca768bfd81b784289c', operation='DELETE', pgid='pgtrigger_delete_delete_8ffdb', table='ref_year', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='CalendarYearEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                        ('year', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1949)], verbose_name='year')),
                        ('source', models.CharField(help_text='The notice that announced the holidays.', max_length=200, verbose_name='source')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='reference.calendaryear')),
                    ],
                    options={
                        'db_table': 'ref_year_event',
                        'abstract': False,
                    },
                ),
            ],
        ),
        common.migration_operations.CreateTriggers(
        ),
    ]
