"""The public addresses: what each form answers, to whom, with which headers; and that nothing else does."""

from __future__ import annotations

import json

import pytest

from charts import publishing
from charts.models import ChartViews
from charts.public import counting, forms, views
from charts.tokens import SECONDS, make_viewer_token
from tests.charts import apps
from tests.charts.site import FORMS, public_site
from tests.security.observatory import score

pytestmark = pytest.mark.django_db
BAR = apps.chart_properties("barchart", ["carrier"], ["Sum(delay)"])
PLAN = apps.plan(
    [["carrier"], ["month"]], ["Delay"], filters=[{"field": "month", "label": "Month", "values": ["1", "2"]}]
)


@pytest.fixture
def site():
    with public_site() as client:
        yield client


@pytest.fixture
def chart(flights, published):
    return published(flights, BAR, PLAN)


@pytest.mark.parametrize("form", FORMS)
def test_t24_reads_only_and_unknown_parameters_change_nothing(form, chart, site):
    path = f"/c/{chart.slug}{form}"
    plain = site.get(path)
    assert plain.status_code == 200
    for query in ("?level=2", "?callback=x", "?__proto__=1&filter='or 1=1", "?qDef=Sum(delay)"):
        other = site.get(path + query)
        assert (other.content, dict(other.headers)) == (plain.content, dict(plain.headers))
    assert site.head(path).headers["Content-Length"] == plain.headers["Content-Length"]
    for method in ("post", "put", "patch", "delete", "options", "trace"):
        refused = getattr(site, method)(path)
        assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    ["/", "/c/", "/c/short", "/c/{slug}/", "/c/{slug}.xml", "//c/{slug}", "/c/{slug}/..;/", "/c/../c/{slug}",
     "/app/x", "/api/charts/", "/s/../settings", "/s/manifest.json", "/s/none.js", "/oembed", "/account/login/"],
)  # fmt: skip
def test_t24_nothing_else_exists(path, chart, site):
    answer = site.get(path.format(slug=chart.slug))
    assert answer.status_code == 404
    assert chart.slug not in answer.content.decode()


def test_t24_another_host_name_is_refused(chart, site):
    assert site.get(f"/c/{chart.slug}", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("form", FORMS)
def test_t10_headers_of_every_form(form, chart, site):
    answer = site.get(f"/c/{chart.slug}{form}")
    policy = dict(
        part.split(" ", 1) if " " in part else (part, "") for part in answer["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy.get("script-src", "'none'") in ("'self'", "'none'")
    assert policy["frame-ancestors"] == ("*" if form == "/embed" else "'none'")
    assert ("X-Frame-Options" in answer) == (form != "/embed")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "Set-Cookie" not in answer
    assert not answer.cookies


SCORES = {
    "": 130, ".json": 120, ".csv": 120, ".png": 120, ".svg": 120, ".html": 120, "/view": 130, "/other": 130,
    "/embed": 80,  # any site may frame it: that costs 20, and all that goes beyond 100
}  # fmt: skip


def test_t10_a_scanner_of_headers_rates_every_kind_of_page(alice, flights, published, settings, site):
    settings.PUBLIC_URL = "https://charts.localhost:8001"
    chart = published(flights, BAR, PLAN)
    rated = {form: score(site.get(f"/c/{chart.slug}{form}").headers) for form in SCORES}
    assert rated == SCORES
    own = published(flights, BAR, PLAN, embedding="sites", sites=["https://news.example"])
    members = published(flights, BAR, PLAN, audience="members", embedding="nowhere")
    publishing.set_paused(chart, alice, paused=True)
    others = {f"/c/{own.slug}/embed": 120, f"/c/{members.slug}": 130, f"/c/{members.slug}/embed": 130,
              "/robots.txt": 130, "/": 130, f"/c/{chart.slug}": 80}  # fmt: skip
    assert {path: score(site.get(path).headers) for path in others} == others


def test_t10_exactly_the_owner_s_sites_may_frame_it(flights, published, site):
    sites = ["https://news.example", "https://blog.example:8443"]
    chart = published(flights, BAR, PLAN, embedding="sites", sites=sites)
    policy = site.get(f"/c/{chart.slug}/embed")["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors https://news.example https://blog.example:8443")
    none = published(flights, BAR, PLAN, embedding="nowhere")
    assert site.get(f"/c/{none.slug}/embed")["X-Frame-Options"] == "DENY"


def test_a_chart_for_the_pages_of_sites_stands_in_no_page_of_its_own(flights, published, site):
    chart = published(flights, BAR, PLAN, audience="sites", sites=["https://news.example"])
    assert site.get(f"/c/{chart.slug}/embed", headers={"sec-fetch-dest": "iframe"}).status_code == 200
    refused = site.get(f"/c/{chart.slug}/embed", headers={"sec-fetch-dest": "document"})
    assert refused.status_code == 403
    assert b"UA" not in refused.content
    for form in ("", ".json", ".csv", ".png", ".svg", ".html"):
        assert site.get(f"/c/{chart.slug}{form}").status_code == 404


@pytest.mark.parametrize("end", ["delete", "pause", "app"])
def test_t09_all_forms_answer_410_and_an_old_validator_helps_nothing(end, alice, flights, chart, site):
    tags = {form: site.get(f"/c/{chart.slug}{form}")["ETag"] for form in FORMS}
    assert all(
        site.get(f"/c/{chart.slug}{form}", headers={"if-none-match": tags[form]}).status_code == 304 for form in FORMS
    )
    if end == "delete":
        publishing.unpublish(chart, str(alice.pk))
    elif end == "pause":
        publishing.set_paused(chart, alice, paused=True)
    else:
        flights.deleted_at = flights.created
        flights.save()
    for form in FORMS:
        answer = site.get(f"/c/{chart.slug}{form}", headers={"if-none-match": tags[form]})
        assert answer.status_code == 410
        assert answer["Cache-Control"] == "no-store"
        assert "ETag" not in answer
    assert site.get("/oembed", {"url": f"http://charts.localhost:8001/c/{chart.slug}"}).status_code == 410


def test_what_is_static_is_answered_compressed_with_a_validator_of_its_own(chart, site):
    seen = {}
    for accepted, encoding in (("", None), ("gzip", "gzip"), ("gzip, br", "br"), ("br;q=0, gzip", "gzip")):
        answer = site.get(f"/c/{chart.slug}", headers={"accept-encoding": accepted})
        assert answer.headers.get("Content-Encoding") == encoding
        assert answer["Vary"] == "Accept-Encoding"
        seen[answer["ETag"]] = len(answer.content)
    assert len(seen) == 3
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_as_many_versions_are_kept_in_memory_as_fit(flights, published, site, monkeypatch):
    charts = [published(flights, BAR, PLAN) for _ in range(3)]
    monkeypatch.setattr(forms, "_shelf", shelf := forms.Shelf())
    monkeypatch.setattr(forms, "KEPT_BYTES", 1)
    for chart in (*charts, charts[0]):
        assert site.get(f"/c/{chart.slug}").status_code == 200
    assert [kept.slug for kept in shelf._kept] == [charts[0].slug]


def test_t09_the_proxy_is_told_to_keep_an_answer_for_a_second_unless_it_took_long(alice, chart, site, monkeypatch):
    path = f"/c/{chart.slug}.json"
    assert site.get(path)["X-Accel-Expires"] == "1"
    monkeypatch.setattr(views, "SLOW_SECONDS", -1)
    slow = site.get(path)
    assert (slow.status_code, "X-Accel-Expires" in slow) == (200, False)
    publishing.set_paused(chart, alice, paused=True)
    assert "X-Accel-Expires" not in site.get("/c/" + "x" * 24)


def test_downloads_are_there_only_if_the_owner_allows_them(flights, published, site):
    chart = published(flights, BAR, PLAN, downloads=False)
    assert {form: site.get(f"/c/{chart.slug}{form}").status_code for form in FORMS} == {
        "": 200, "/embed": 200, ".json": 200, ".png": 200, ".csv": 404, ".svg": 404, ".html": 404,
    }  # fmt: skip
    assert "CSV" not in site.get(f"/c/{chart.slug}").content.decode()


def test_the_page_can_be_found_shared_and_embedded(chart, site):
    page = site.get(f"/c/{chart.slug}").content.decode()
    for part in (
        'property="og:image"',
        'name="twitter:card"',
        "application/json+oembed",
        "facebook.com/sharer",
        "linkedin.com",
        "x.com",
    ):
        assert part in page
    assert "noindex" not in page
    found = site.get("/oembed", {"url": f"http://charts.localhost:8001/c/{chart.slug}", "format": "json"}).json()
    assert found["type"] == "rich"
    assert f'src="http://charts.localhost:8001/c/{chart.slug}/embed"' in found["html"]
    assert (found["width"], found["height"]) == (800, 480)
    own = f"http://charts.localhost:8001/c/{chart.slug}"
    small = site.get("/oembed", {"url": own, "maxwidth": "300", "maxheight": "<b>"}).json()
    assert (small["width"], small["height"]) == (300, 480)
    assert 'width="300" height="480"' in small["html"]
    assert site.get("/oembed", {"url": f"http://evil.example/c/{chart.slug}"}).status_code == 404


def test_everything_is_in_the_page_without_scripts(chart, site):
    page = site.get(f"/c/{chart.slug}").content.decode()
    for part in ("<table>", '<td class="is-number">', "Bar chart: Delay by carrier", "<svg"):
        assert part in page


def test_a_link_for_those_who_have_it_is_not_indexed(flights, published, site):
    chart = published(flights, BAR, PLAN, audience="link")
    answer = site.get(f"/c/{chart.slug}")
    assert answer["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.content.decode()


def test_t02_signed_in_people_get_nothing_without_a_token(flights, published, site):
    chart = published(flights, BAR, PLAN, audience="members")
    for form in ("", "/embed"):
        shell = site.get(f"/c/{chart.slug}{form}")
        assert shell.status_code == 200
        assert shell["Cache-Control"] == "private, no-store"
        for secret in ("UA", "What the public reads", "Delay"):
            assert secret not in shell.content.decode()
    for form in (".json", ".csv", ".png", ".svg", ".html"):
        assert site.get(f"/c/{chart.slug}{form}").status_code == 401
    token = make_viewer_token(chart.slug, chart.audience_version)
    answer = site.get(f"/c/{chart.slug}.json", headers={"authorization": f"Bearer {token}"})
    assert json.loads(answer.content)["title"] == "What the public reads"
    assert answer["Cache-Control"] == "private, no-store"


def test_t04_a_token_that_is_foreign_old_or_changed_opens_nothing(alice, flights, published, site):
    chart = published(flights, BAR, PLAN, audience="members")
    other = published(flights, BAR, PLAN, audience="members")
    good = make_viewer_token(chart.slug, chart.audience_version)
    wrong = [
        make_viewer_token(other.slug, other.audience_version),
        make_viewer_token(chart.slug, chart.audience_version, now=1_000_000),
        good[:-1] + ("0" if good[-1] != "0" else "1"),
        good.replace(f".{chart.audience_version}.", f".{chart.audience_version + 1}."),
        "", "a.b.c.d", good + ".x",
    ]  # fmt: skip
    for token in wrong:
        assert site.get(f"/c/{chart.slug}.json", headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert site.get(f"/c/{chart.slug}.json?token={good}").status_code == 401
    publishing.change_audience(chart, alice, {"audience": "list", "readers": ["bob@example.org"]})
    assert site.get(f"/c/{chart.slug}.json", headers={"authorization": f"Bearer {good}"}).status_code == 401
    assert SECONDS <= 300


def test_views_are_counted_by_day_and_host_and_nothing_else(chart, site):
    for host in ("", "news.example", "news.example", "NOT A HOST <script>", "x" * 500):
        answer = site.get(f"/c/{chart.slug}/view", {"from": host})
        assert (answer.status_code, answer.content) == (204, b"")
    counting.flush()
    assert sorted(ChartViews.objects.values_list("host", "count")) == [("", 3), ("news.example", 2)]


def test_a_view_has_hosts_without_end_no_more(chart, site):
    for number in range(counting.MAX_HOSTS + 5):
        site.get(f"/c/{chart.slug}/view", {"from": f"h{number}.example"})
    counting.flush()
    assert ChartViews.objects.count() == counting.MAX_HOSTS + 1
    assert ChartViews.objects.get(host=counting.OTHERS).count == 5


def test_robots_may_read_pages(site):
    assert site.get("/robots.txt").status_code == 200
