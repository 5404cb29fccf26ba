"""Addresses of published charts for the signed-in: the page of them, the entrance for viewers, REST."""

from charts import api, views
from sharing.doors import ANYBODY, SIGNED_IN, door

urlpatterns = [
    door("published/", views.published, "published", GET=SIGNED_IN),
    door("charts/enter/<slug:slug>/", views.enter, "chart_enter", GET=ANYBODY),
    door("charts/enter/<slug:slug>/token/", views.enter_token, "chart_token", POST=ANYBODY),
    door("charts/entered/", views.entered, "chart_entered", GET=SIGNED_IN),
    door("api/charts/", api.Charts.as_view(), "api_charts", GET=SIGNED_IN, POST=SIGNED_IN),
    door("api/charts/all/<slug:action>/", api.AllCharts.as_view(), "api_charts_all", POST=SIGNED_IN),
    door(
        "api/charts/<uuid:chart_id>/",
        api.OneChart.as_view(),
        "api_chart",
        GET=SIGNED_IN,
        PUT=SIGNED_IN,
        DELETE=SIGNED_IN,
    ),
    door(
        "api/charts/<uuid:chart_id>/preview/",
        api.ChartPreview.as_view(),
        "api_chart_preview",
        GET=SIGNED_IN,
        DELETE=SIGNED_IN,
    ),
    door("api/charts/<uuid:chart_id>/picture/", api.ChartPicture.as_view(), "api_chart_picture", GET=SIGNED_IN),
    door(
        "api/charts/<uuid:chart_id>/publication/",
        api.ChartPublication.as_view(),
        "api_chart_publication",
        POST=SIGNED_IN,
    ),
    door("api/charts/<uuid:chart_id>/refresh/", api.ChartRefresh.as_view(), "api_chart_refresh", POST=SIGNED_IN),
    door(
        "api/charts/<uuid:chart_id>/pause/",
        api.ChartPause.as_view(),
        "api_chart_pause",
        POST=SIGNED_IN,
        DELETE=SIGNED_IN,
    ),
    door("api/charts/<uuid:chart_id>/audience/", api.ChartAudience.as_view(), "api_chart_audience", PUT=SIGNED_IN),
]
