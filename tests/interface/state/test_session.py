"""What is compared, in the session and in the address."""

from streamlit.testing.v1 import AppTest

from infecon_core import catalog
from tests.support.app import open_script

PAGE = """
import streamlit as st
from infecon_ui.sidebar import sidebar
from infecon_ui.state import links, session, view
links.adopt()
session.follow()
sidebar()
links.write()
st.text("; ".join(member.name for member in session.comparison().members))
st.text(links.link())
st.button("Three", on_click=session.compare, args=("gpu", ("b200-hgx", "h100-sxm", "mi300x")), key="three")
st.button("Pin", on_click=session.pin, key="pin")
st.button("Stop", on_click=session.stop_comparing, key="stop")
alone = session.comparison().members[-1].choices
st.button("Alone", on_click=session.show_alone, args=(alone,), key="alone")
st.button("Slide", on_click=view.change, kwargs={"view": "slide", "y": "gpu"}, key="slide")
"""


def opened(**query: str) -> AppTest:
    return open_script(PAGE, query)


def address(app: AppTest) -> dict[str, str]:
    query = dict(app.query_params)
    assert query.pop("v") == catalog.data_version()
    return query


def test_a_button_compares_and_the_address_follows() -> None:
    app = opened(model="deepseek-v3")
    app.button(key="three").click().run()
    assert address(app) == {"model": "deepseek-v3", "gpu": "b200-hgx,h100-sxm,mi300x"}
    assert app.text[0].value.count(";") == 2
    assert "gpu=b200-hgx,h100-sxm,mi300x" in app.text[1].value
    assert app.selectbox(key="gpu").value == "b200-hgx"
    app.button(key="alone").click().run()
    assert address(app) == {"model": "deepseek-v3", "gpu": "mi300x"}


def test_a_link_with_a_list_compares() -> None:
    app = opened(gpu="b200-hgx,mi300x")
    assert app.text[0].value.count(";") == 1
    app.button(key="stop").click().run()
    assert address(app) == {"gpu": "b200-hgx"}


def test_another_base_keeps_the_other_members() -> None:
    app = opened(gpu="b200-hgx,mi300x")
    app.selectbox(key="gpu").set_value("h200-sxm").run()
    assert address(app) == {"gpu": "h200-sxm,mi300x"}
    app.selectbox(key="gpu").set_value("mi300x").run()
    assert address(app) == {"gpu": "mi300x"}


def test_a_pinned_scenario_stays_as_it_was() -> None:
    app = opened(prompt="8000")
    app.button(key="pin").click().run()
    app.selectbox(key="gpu").set_value("mi300x").run()
    assert address(app) == {"gpu": "mi300x", "prompt": "8000", "b.gpu": "h100-sxm"}
    for _ in range(8):
        app.button(key="pin").click().run()
    assert app.text[0].value.count(";") == 5


def test_the_view_stands_in_the_address() -> None:
    app = opened()
    app.button(key="slide").click().run()
    assert address(app) == {"view": "slide", "y": "gpu"}


def test_a_basis_that_is_picked_drops_the_price_by_hand() -> None:
    app = opened()
    app.number_input(key="price").set_value(4.0).run()
    assert (address(app), app.pills(key="bases").value) == ({"price": "4"}, "Own number")
    app.pills(key="bases").set_value("Three-year rent").run()
    assert (address(app), app.number_input(key="price").value) == ({"basis": "rent_3y"}, 1.78)
    app.selectbox(key="gpu").set_value("b200-hgx").run()
    assert (address(app), app.number_input(key="price").value) == ({"gpu": "b200-hgx", "basis": "rent_3y"}, 2.6)
    app.selectbox(key="gpu").set_value("l40s").run()
    assert app.number_input(key="price").value is None
    app.number_input(key="price").set_value(1.0).run()
    assert (address(app), app.pills(key="bases").value) == ({"gpu": "l40s", "price": "1"}, "Own number")


def test_a_chosen_basis_goes_with_the_reader_and_an_accelerators_own_does_not() -> None:
    app = opened()
    app.selectbox(key="gpu").set_value("mi355x").run()
    app.selectbox(key="gpu").set_value("b200-hgx").run()
    assert address(app) == {"gpu": "b200-hgx"}
    app = opened(basis="rent_3y")
    for gpu in ("mi355x", "b200-hgx"):
        app.selectbox(key="gpu").set_value(gpu).run()
    assert address(app) == {"gpu": "b200-hgx", "basis": "rent_3y"}
