from django.urls import URLPattern, URLResolver, path

from workers.api import groups, keys, organization, people, preferences, session, sessions

urlpatterns: list[URLPattern | URLResolver] = [
    path("session", session.Session.as_view(), name="api-session"),
    path("session/preferences", preferences.Preferences.as_view(), name="api-preferences"),
    path("sessions", sessions.OwnSessions.as_view(), name="api-sessions"),
    path("sessions/<int:pk>", sessions.OwnSession.as_view(), name="api-session-one"),
    path("organization", organization.OrganizationView.as_view()),
    path("organization/security", organization.OrganizationSecurity.as_view()),
    path("members", people.Members.as_view()),
    path("members/<int:pk>", people.Member.as_view()),
    path("members/<int:pk>/sessions", people.MemberSessions.as_view()),
    path("invitations", people.Invitations.as_view()),
    path("invitations/<int:pk>", people.InvitationView.as_view()),
    path("invitations/<str:token>/accept", session.AcceptInvitation.as_view()),
    path("groups", groups.Groups.as_view()),
    path("groups/<int:pk>", groups.GroupView.as_view()),
    path("keys", keys.Keys.as_view()),
    path("keys/<int:pk>", keys.KeyView.as_view()),
]
