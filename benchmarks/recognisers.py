"""32 people recognise entries of one unit at once, as a ratio to 32 people with a unit each in the same run.

Run: python -m benchmarks.recognisers [entries per person]. Uses DATABASE_URL (a server on which databases may be made)
or the embedded server. Everybody has a connection of his own and calls the service of the desk, one entry after the
other: locks, rules, decision, state, lines of the books, all in one transaction. The goal is a throughput of at least
0.7 of the spread one: nothing that the decisions of a unit share may be held against each other. A third figure is
for one project alone. The order is turned from round to round, and the middle one of the ratios counts.
"""

import statistics
import sys
import time
from datetime import UTC, datetime
from threading import Barrier, Thread

from benchmarks.scratch import database

PEOPLE, ROUNDS, GOAL = 32, 3, 0.7
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


def build(units):
    """A tree with a project in each of so many towns, and 32 in one; people who check."""
    from organizations.choices import Role
    from tests.support.clients import user_with
    from tests.support.factories import Tree, UnitFactory
    from tests.support.factories_projects import signed_project
    from tests.support.pipeline import ship

    ship()
    tree = Tree()
    towns = [UnitFactory(parent=tree.county) for _ in range(units)]
    spread = [signed_project(town) for town in towns]
    one = [signed_project(tree.town) for _ in range(units)]
    people = [user_with(Role.EVALUATOR, tree.city) for _ in range(units)]
    return people, spread, one


def throughput(people, projects, each):
    """Decisions in a second: every person has his own project of the list and so many entries."""
    from django.db import connections

    from capital.services.recognition import recognise
    from common import clock
    from tests.capital.recognising import many_reported

    queues = [many_reported(project, each) for project in projects]
    start, problems = Barrier(len(people) + 1), []

    def work(person, entries):
        try:
            with clock.at(NOW):
                person.grants()
                start.wait()
                for pk in entries:
                    recognise(actor=person, entry=pk, level="preliminary")
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=pair) for pair in zip(people, queues, strict=True)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return len(people) * each / (time.perf_counter() - began)


def run(each):
    from common import clock

    with clock.at(NOW):
        people, spread, one = build(PEOPLE)
        kinds = {"32 units": spread, "one unit": one, "one project": one[:1] * PEOPLE}
        throughput(people, spread, 2)  # warm
        found = {name: [] for name in kinds}
        for turn in range(ROUNDS):
            for name in sorted(kinds, reverse=bool(turn % 2)):
                found[name].append(throughput(people, kinds[name], each))
    print(f"{PEOPLE} people, {each} entries each, {ROUNDS} rounds")
    for name, speeds in found.items():
        ratio = statistics.median(mine / floor for mine, floor in zip(speeds, found["32 units"], strict=True))
        note = f" (goal at least {GOAL})" if name == "one unit" else ""
        print(f"{name:12} {statistics.median(speeds):7.1f} decisions/s  ratio {ratio:.2f}{note}")


def main():
    each = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with database():
        run(each)


if __name__ == "__main__":
    main()
