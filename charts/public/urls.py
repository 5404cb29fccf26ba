"""Every public address. What does not stand here does not exist."""

from django.urls import path, re_path

from charts.public import views

urlpatterns = [
    re_path(r"^c/(?P<slug>[\w-]{24})(?P<form>|/embed|/view|\.json|\.csv|\.png|\.svg|\.html)\Z", views.chart),
    path("oembed", views.oembed),
    re_path(r"^s/(?P<name>[\w.-]{1,80})\Z", views.asset),
    path("robots.txt", views.robots),
    path("health/", views.health),
    re_path(r"", views.nothing),
]
handler400 = views.bad_request
handler404 = views.no_page
handler500 = views.trouble
