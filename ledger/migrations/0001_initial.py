import common.migration_operations
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organizations', '0002_reminders'),
    ]

    operations = [
        common.migration_operations.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Facet',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('sha', models.CharField(max_length=64, unique=True)),
                        ('sector', models.CharField(blank=True, choices=[('primary', 'Primary sector'), ('secondary', 'Secondary sector'), ('tertiary', 'Tertiary sector')], max_length=9, verbose_name='sector')),
                        ('industry', models.CharField(blank=True, max_length=4, verbose_name='industry')),
                        ('source', models.CharField(blank=True, max_length=20, verbose_name='source')),
                        ('zone', models.CharField(blank=True, choices=[('abroad', 'abroad'), ('outside_province', 'outside the province'), ('outside_city', 'in the province, outside the city'), ('inside_city', 'inside the city')], max_length=20, verbose_name='zone')),
                        ('fund_source', models.CharField(blank=True, max_length=20, verbose_name='source of funds')),
                        ('mode', models.CharField(blank=True, choices=[('new', 'new enterprise'), ('increase', 'capital increase'), ('merger', 'merger or acquisition')], max_length=20, verbose_name='mode')),
                        ('park', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.unit', verbose_name='park')),
                    ],
                    options={
                        'db_table': 'led_facet',
                        'abstract': False,
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8b59431efffc351b1d271c55a2602c00faeb07cb', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f0e13', table='led_facet', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Period',
                    fields=[
                        ('code', models.PositiveIntegerField(primary_key=True, serialize=False, verbose_name='period')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                        ('state', models.CharField(choices=[('open', 'open'), ('closed', 'closed')], default='open', max_length=6, verbose_name='state')),
                    ],
                    options={
                        'verbose_name': 'period',
                        'db_table': 'led_period',
                        'ordering': ('code',),
                        'constraints': [models.CheckConstraint(condition=models.Q(('code', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('year'), '*', models.Value(100)), '+', models.F('number'))), ('number__range', (1, 13))), name='led_period_code_ck')],
                    },
                ),
                migrations.CreateModel(
                    name='Posting',
                    fields=[
                        ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                        ('event', models.CharField(max_length=120, verbose_name='event')),
                        ('line', models.PositiveSmallIntegerField(verbose_name='line')),
                        ('subject_type', models.CharField(max_length=20)),
                        ('subject_id', models.BigIntegerField()),
                        ('source_type', models.CharField(max_length=20)),
                        ('source_id', models.BigIntegerField()),
                        ('kind', models.CharField(choices=[('lead.handed_in', 'leads handed in'), ('lead.valid', 'leads found valid'), ('project.signed', 'projects signed'), ('project.registered', 'projects registered'), ('project.permitted', 'projects with all permits'), ('project.started', 'projects started'), ('project.completed', 'projects completed'), ('project.in_production', 'projects in production'), ('project.at_capacity', 'projects at capacity'), ('contract.amount', 'contract amount'), ('contract.registered', 'registered capital agreed')], max_length=30, verbose_name='what')),
                        ('basis', models.CharField(blank=True, max_length=12, verbose_name='basis')),
                        ('role', models.CharField(choices=[('place', 'landing place'), ('assessed', 'assessed unit'), ('department', 'department or outpost that brought it'), ('leader', 'leader'), ('referrer', 'first referrer'), ('officer', 'officers')], max_length=12, verbose_name='dimension')),
                        ('holder', models.CharField(blank=True, max_length=40, verbose_name='person')),
                        ('share', models.DecimalField(decimal_places=8, max_digits=9, verbose_name='share')),
                        ('qty', models.DecimalField(decimal_places=8, max_digits=24, verbose_name='counted')),
                        ('whole', models.DecimalField(decimal_places=8, max_digits=24, verbose_name='whole')),
                        ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                        ('rate', models.DecimalField(decimal_places=8, max_digits=18, null=True, verbose_name='rate')),
                        ('base_qty', models.DecimalField(decimal_places=8, max_digits=24, verbose_name='in yuan')),
                        ('occurred_on', models.DateField(verbose_name='happened on')),
                        ('posted_at', models.DateTimeField(verbose_name='posted')),
                        ('cause', models.CharField(choices=[('normal', 'as it happened'), ('opening', 'opening balance'), ('correction', 'correction'), ('reversal', 'reversal')], default='normal', max_length=10, verbose_name='cause')),
                        ('actor_id', models.BigIntegerField(null=True)),
                        ('actor_name', models.CharField(max_length=150, verbose_name='entered by')),
                        ('facet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='ledger.facet')),
                        ('posted_in', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='ledger.period', verbose_name='counted in')),
                        ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='ledger.posting', verbose_name='takes back')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='organizations.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'posting',
                        'db_table': 'led_posting',
                        'ordering': ('-seq',),
                        'abstract': False,
                        'indexes': [models.Index(fields=['kind', 'role', 'unit', 'occurred_on'], name='led_posting_sum_ix'), models.Index(fields=['subject_type', 'subject_id'], name='led_posting_subject_ix'), models.Index(fields=['posted_in', 'kind'], name='led_posting_period_ix')],
                        'constraints': [models.UniqueConstraint(fields=('event', 'line'), name='led_posting_event_uq'), models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', 1)), name='led_posting_share_ck'), models.CheckConstraint(condition=models.Q(models.Q(('currency', ''), ('rate__isnull', True)), ('rate__gt', 0), _connector='OR'), name='led_posting_rate_ck')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7a444841c743e7663db791f4145b6cc44def1bd5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f2ff5', table='led_posting', when='BEFORE'))],
                    },
                ),
            ],
        ),
        common.migration_operations.CreateTriggers(
        ),
    ]
