"""Sessions that are open at the update get into the list, too: else nobody could end them."""

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.db import migrations


def list_sessions(apps, editor):
    Session, UserSession, User = (
        apps.get_model(*name) for name in (("sessions", "Session"), ("usersessions", "UserSession"), ("workers", "User"))
    )
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    people = set(User.objects.filter(is_active=True).values_list("pk", flat=True))
    made = []
    for session in Session.objects.order_by("pk").iterator(chunk_size=500):
        given = store.decode(session.session_data).get("_auth_user_id", "")
        if not str(given).isdecimal() or int(given) not in people:
            continue
        saved = session.expire_date - timedelta(seconds=settings.SESSION_COOKIE_AGE)
        times = {"created_at": saved, "last_seen_at": saved}
        made.append(UserSession(user_id=int(given), session_key=session.pk, ip="0.0.0.0", user_agent="", **times))
        if len(made) == 500:
            UserSession.objects.bulk_create(made, ignore_conflicts=True)
            made = []
    UserSession.objects.bulk_create(made, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("workers", "0008_invitation_links"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [migrations.RunPython(list_sessions, migrations.RunPython.noop, elidable=True)]
