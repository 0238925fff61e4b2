from capital import urls_desk, urls_entries, urls_rounds, urls_rules

urlpatterns = [
    *urls_entries.urlpatterns,
    *urls_desk.urlpatterns,
    *urls_rules.urlpatterns,
    *urls_rounds.urlpatterns,
]
