"""What is written once: refused as the application's role by missing rights, as the owner by triggers."""

import pytest
from django.db import DatabaseError, connection, transaction

from common import clock
from common.management.commands.grants import append_only_tables
from common.models import ExportLog
from tests.support.factories import UnitFactory

pytestmark = pytest.mark.django_db

VERBS = {
    "update": "UPDATE {t} SET {c} = {c}",
    "delete": "DELETE FROM {t}",
    "truncate": "TRUNCATE {t} CASCADE",
}


def first_column(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position LIMIT 1",
            [table],
        )
        return cursor.fetchone()[0]


def test_ledgers_results_and_the_change_log_are_append_only():
    tables = set(append_only_tables())
    assert {"com_export_log", "com_import_file", "ast_run", "ast_line", "ast_publication"} <= tables
    assert {"led_posting", "led_facet", "prj_share", "prj_move", "lds_move", "lds_handover"} <= tables
    assert {"org_unit_event", "org_user_event", "org_role_event", "com_import_batch_event"} <= tables
    assert not {"org_unit", "org_user", "com_job_run"} & tables


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("table", append_only_tables())
def test_the_application_role_may_only_add(app_role, table, verb):
    statement = VERBS[verb].format(t=table, c=first_column(table))
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        app_role.execute(statement)


def test_the_application_role_reads_and_adds(app_role):
    app_role.execute(
        "INSERT INTO com_export_log (at, actor_name, kind, query, rows) VALUES (now(), '试', 'unit', '', 1) RETURNING id"
    )
    pk = app_role.fetchone()[0]
    app_role.execute("SELECT actor_name FROM com_export_log WHERE id = %s", [pk])
    assert app_role.fetchone() == ("试",)


def test_the_application_role_may_truncate_nothing(app_role):
    for table in ("org_unit", "com_job_run", "django_session"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            app_role.execute(f"TRUNCATE {table} CASCADE")


def test_the_application_role_changes_no_migration_record(app_role):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        app_role.execute("DELETE FROM django_migrations")


@pytest.fixture
def log():
    return ExportLog.objects.create(at=clock.now(), actor_name="试", kind="unit", rows=1)


def test_a_trigger_stops_the_owner_too(log):
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        ExportLog.objects.filter(pk=log.pk).update(rows=2)
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        log.delete()
    log.refresh_from_db()
    assert log.rows == 1


def test_every_change_writes_its_line_as_the_application_role(app_role, tree):
    """The triggers of the change log work with the application's rights."""
    app_role.execute("UPDATE org_unit SET name = '改名' WHERE id = %s", [tree.town.pk])
    app_role.execute(
        "SELECT name FROM org_unit_event WHERE pgh_obj_id = %s ORDER BY pgh_id DESC LIMIT 1", [tree.town.pk]
    )
    assert app_role.fetchone() == ("改名",)


def test_units_are_made_as_the_application_role(app_role):
    assert UnitFactory(name="新镇").pk
