"""The frontier page where there is no frontier: what stands in the way, and what would help."""

import re

from tests.support.app import headline, html_of, open_app


def test_a_first_token_that_comes_too_late_says_so_and_offers_what_would_help() -> None:
    app = open_app({"model": "llama-3.1-70b", "gpu": "h100-sxm", "ttft": "0.1"})
    assert not app.exception
    assert re.search(r"cannot give the first token within 0\.1 s: the quickest is 0\.\d+ s$", headline(app))
    assert "What would help, with $ per million output tokens:" in html_of(app)
    app.button(key="remedy_0").click().run()
    assert " at 50 tokens/s per user costs $" in headline(app)


def test_a_basis_without_a_price_offers_one_with_a_price() -> None:
    app = open_app({"gpu": "tpu-v7x", "basis": "rent_3y"})
    assert not app.exception
    assert headline(app) == "TPU v7x has no price on three-year rent"
    app.button(key="remedy_0").click().run()
    assert " at 50 tokens/s per user costs $" in headline(app)


def test_where_nothing_helps_that_is_said() -> None:
    app = open_app({"model": "deepseek-v3", "gpu": "gb200-nvl72", "at": "100000"})
    assert not app.exception
    assert "No change that was tried brings the target within reach." in html_of(app)
    assert not [button for button in app.button if (button.key or "").startswith("remedy_")]


def test_what_never_fitted_says_so_and_offers_what_would() -> None:
    app = open_app({"model": "llama-3.1-405b", "w": "bf16", "max": "8"})
    assert not app.exception
    assert not app.get("plotly_chart")
    assert "405B" in app.warning[0].value.replace("\\", "")
    app.button(key="remedy_0").click().run()
    assert not app.warning
    assert len(app.get("plotly_chart")) == 3


def test_numbers_that_never_made_a_scenario_say_so() -> None:
    app = open_app({"a_domain": "8", "a_scaleup": "none"})
    assert not app.exception
    assert "scale-up" in app.warning[0].value
    assert not app.get("plotly_chart")
