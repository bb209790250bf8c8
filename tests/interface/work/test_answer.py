"""What a page gets from workers: it waits, and stops waiting where its visitor wants something else."""

import pytest
from streamlit.testing.v1 import AppTest

from infecon_ui.work.answer import LEAST_BYTES, MOST_PROCESSES, SERVER_BYTES, shares
from infecon_ui.work.worker import MEMORY_BYTES
from tests.support.app import texts


def _page() -> None:
    import streamlit as st  # noqa: PLC0415 - the script of a page stands alone

    from infecon_ui.work.answer import answer  # noqa: PLC0415
    from infecon_ui.work.pool import WorkError  # noqa: PLC0415
    from tests.support import work  # noqa: PLC0415

    asked = st.radio("Ask for", ["an answer", "a refusal"])
    try:
        if asked == "an answer":
            st.markdown(answer("Counting.", work.letters, 3, "x"))
        else:
            answer("Refusing.", work.refuse, "No.")
    except WorkError as fault:
        st.error(str(fault))


def test_answers_and_refusals_stand_on_the_page_without_a_spinner_left() -> None:
    app = AppTest.from_function(_page, default_timeout=120).run()
    assert "xxx" in texts(app)
    app.radio[0].set_value("a refusal").run()
    assert app.error[0].value == "No."
    assert not app.exception
    assert not [block for block in app.main.children.values() if block.type == "spinner"]


MIB = 1 << 20


@pytest.mark.parametrize(
    ("cores", "memory_bytes", "processes", "n_bytes"),
    [
        (1, None, 1, MEMORY_BYTES),
        (2, None, 1, MEMORY_BYTES),
        (64, None, MOST_PROCESSES, MEMORY_BYTES),
        (64, 1500 * MIB, 1, 988 * MIB),
        (64, 3000 * MIB, 2, MEMORY_BYTES),
        (3, 64_000 * MIB, 2, MEMORY_BYTES),
        (8, 300 * MIB, 1, LEAST_BYTES),
    ],
)
def test_processes_fit_the_cores_and_the_memory(
    cores: int, memory_bytes: int | None, processes: int, n_bytes: int
) -> None:
    assert shares(cores, memory_bytes) == (processes, n_bytes)


@pytest.mark.parametrize("cores", [1, 2, 4, 64])
@pytest.mark.parametrize("mib", [768, 1024, 1500, 2048, 4096, 16_384])
def test_all_processes_fit_beside_the_server(cores: int, mib: int) -> None:
    processes, n_bytes = shares(cores, mib * MIB)
    assert processes * n_bytes + SERVER_BYTES <= mib * MIB


def _parts() -> None:
    import streamlit as st  # noqa: PLC0415 - the script of a page stands alone

    from infecon_ui.work.answer import answers  # noqa: PLC0415
    from infecon_ui.work.pool import WorkError  # noqa: PLC0415
    from tests.support import work  # noqa: PLC0415

    wanted = st.radio("Ask for", ["answers", "a refusal", "nothing"])
    try:
        if wanted == "answers":
            st.markdown(" ".join(answers("Counting:", work.letters, [(n, "y") for n in (1, 2, 3)])))
        elif wanted == "nothing":
            st.markdown(f"nothing: {answers('Counting:', work.letters, [])}")
        else:
            answers("Refusing:", work.refuse, [("First.",), ("Second.",)])
    except WorkError as fault:
        st.error(str(fault))


def test_parts_are_answered_in_their_order_without_a_bar_left() -> None:
    app = AppTest.from_function(_parts, default_timeout=120).run()
    assert "y yy yyy" in texts(app)
    app.radio[0].set_value("nothing").run()
    assert "nothing: []" in texts(app)
    app.radio[0].set_value("a refusal").run()
    assert app.error[0].value == "First."
    assert not app.exception
    app.radio[0].set_value("answers").run()
    assert "y yy yyy" in texts(app)
    assert not app.get("progress")
