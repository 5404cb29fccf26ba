"""Every address of the signed-in product."""

from django.urls import include, path

urlpatterns = [
    path("", include("hub.urls")),
    path("", include("sharing.urls")),
    path("", include("charts.urls")),
    path("", include("accounts.urls")),
    path("account/", include("allauth.urls")),
]
