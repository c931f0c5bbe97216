"""The page of a report: text and nothing that does something; a summary first, then details, on paper as well."""

import re
from html.parser import HTMLParser

from test_report_summary import FIRST, verdict

from xlsgd.verifying.report import Report
from xlsgd.verifying.report_html import MOST, page_of, repr_of

HOSTILE = '<script>alert(1)</script>&"'
TAGS = {"html", "meta", "title", "style", "h1", "h2", "p", "pre", "table", "thead", "tbody", "tr", "th", "td"}
TAGS |= {"dl", "dt", "dd", "section", "details", "summary"}


class Page(HTMLParser):
    """The tags, the text, and the opened and the folded details of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.details = set(), "", []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not any(name.startswith("on") or name in ("href", "src") for name, _ in attrs)
        if tag == "details":
            self.details.append([("open", None) in attrs, ""])

    def handle_data(self, data):
        self.text += data
        if self.lasttag == "summary":
            self.details[-1][1] = self.details[-1][1] or data


def report(**changed):
    return Report("adam.xlsx", 29, {}, 0, [verdict()], sha256="c0ffee")._replace(**changed)


def failing(count=1, **changed):
    cells = [FIRST._replace(row=row, formula=f"=C{row}") for row in range(4, 4 + count)]
    return report(verdicts=[verdict(equal=29 - min(count, 29), differences=cells)], **changed)


def page(*reports):
    return page_of(reports, "1.2.3", "2026-05-01 09:30 UTC")


def test_a_page_holds_text_and_no_more():
    cell = FIRST._replace(sheet=HOSTILE, formula=f"={HOSTILE}", cached=HOSTILE, answer=HOSTILE)
    hostile = verdict(source=f"Mine {HOSTILE}", note=HOSTILE, differences=[cell], quirks={HOSTILE: [cell]})
    shown = Page(page(report(file=f"{HOSTILE}.xlsx", verdicts=[hostile], failed={"deaf": HOSTILE})))
    assert shown.tags <= TAGS
    assert shown.text.count(HOSTILE) > 8


def test_the_first_page_says_what_was_verified_when_and_by_what():
    oracle = verdict(source="Torch 2", name="torch", is_oracle=True)
    text = Page(page(report(verdicts=[verdict(), oracle], failed={"deaf": "is deaf"}))).text
    first = text[: text.index("All of it in words")]
    for fact in ("Verification of adam.xlsx", "All answers agree.", "2026-05-01 09:30 UTC", "xlsgd 1.2.3", "c0ffee"):
        assert fact in first
    assert "Mine 1: each recalculated a copy" in first and "Torch 2: computed the cells another way" in first
    assert "deaf, adam.xlsx: is deaf" in first


def test_one_table_of_sheets_by_sources():
    text = page(report(), failing(file="b.xlsx"))
    assert text.count("<th>sheet</th><th>formulas</th><th>Mine 1</th>") == 1
    assert '<td>adam</td><td class="number">29</td><td class="all-equal">all 29 equal</td>' in text
    assert '<td class="differs">1 differ; 28 of 29 equal</td>' in text
    assert '<p class="differs">Not all answers agree.</p>' in text
    assert text.count("<th colspan=3>") == 2 and "colspan" not in page(report())


def test_details_are_folded_but_for_what_fails_which_comes_first():
    shown = Page(page(report(), failing(file="b.xlsx", unanswered=["adam!A1"])))
    assert [is_open for is_open, _ in shown.details] == [True, True, False, False, False, False]
    assert [said for _, said in shown.details][:3] == [
        "1 cell differs",
        "1 cell that no engine could compute",
        "All of it in words",
    ]
    assert shown.text.index("b.xlsx", shown.text.index("no answer")) < shown.text.rindex("adam.xlsx: 29")


def test_a_failing_cell_has_its_formula_and_every_answer_with_all_digits():
    cell = FIRST._replace(answer=0.1 + 0.2, others={"other": 0.3})
    other = verdict(source="Other 2", name="other")
    text = page(report(verdicts=[verdict(equal=28, differences=[cell]), other]))
    assert "<th>cell</th><th>formula</th><th>file&#x27;s value</th><th>Mine 1</th><th>Other 2</th>" in text
    row = '<td class="name">adam!H4</td><td class="formula">=C4</td><td>1.0</td>'
    assert row + '<td class="differs">0.30000000000000004</td><td>0.3</td>' in text


def test_values_are_shown_as_they_are():
    assert [repr_of(value) for value in (0.1, True, "#NUM!", None)] == ["0.1", "True", "#NUM!", "-"]


def test_very_many_cells_are_counted():
    text = Page(page(failing(MOST + 7))).text
    assert "1,007 cells differ" in text and "and 7 more: a report that ends in .xlsx lists all" in text


def test_on_paper_it_is_a4_and_what_is_folded_shows():
    style = re.search("<style>(.*?)</style>", page(report()), re.DOTALL)[1]
    assert "@page { size: A4" in style
    assert "details:not(.long)::details-content { content-visibility: visible" in style
    assert "thead { display: table-header-group }" in style


WIDE = """
const [first] = document.getElementsByClassName("folded");
const shown = getComputedStyle(first, "::details-content").contentVisibility;
const root = document.documentElement;
return [first.open, shown, root.scrollWidth - root.clientWidth];
"""


def test_printed_on_a4_nothing_is_cut_and_what_is_folded_shows(chromium, tmp_path):
    long = FIRST._replace(sheet="a_sheet_of_a_long_name_31_chars", formula=f"=SUM({','.join(['C4*$D$2'] * 60)})")
    numbers = [verdict(source=f"Source {n} of version 1.2.3", name=f"s{n}", equal=28) for n in range(4)]
    verdicts = [each._replace(differences=[long._replace(answer=-1.2345678901234567e-100)]) for each in numbers]
    folder = "a_folder/" * 20
    told = report(file=f"{folder}book.xlsx", sha256="0123456789abcdef" * 4, verdicts=verdicts)
    (tmp_path / "a.html").write_text(page(told, report(verdicts=numbers)))
    chromium.get((tmp_path / "a.html").as_uri())
    chromium.set_window_size(689, 1000)  # 210 mm less both margins, at 96 pixels an inch
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        chromium.execute_script("document.querySelectorAll('.folded').forEach((each) => { each.open = false; });")
        assert chromium.execute_script(WIDE) == [False, "visible", 0]
    finally:
        chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        chromium.set_window_size(1280, 720)
