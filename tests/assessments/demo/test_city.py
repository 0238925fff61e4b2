import time

import pytest

from projects.demo import loading

pytestmark = pytest.mark.django_db


def test_load(db):
    import cProfile
    import pstats

    t = time.process_time()
    pr = cProfile.Profile() if __import__("os").environ.get("PROF") else None
    if pr:
        pr.enable()
    print(loading.load())
    if pr:
        pr.disable()
        pstats.Stats(pr).sort_stats("cumtime").print_stats(60)
    print("CPU", time.process_time() - t)
