"""What the browser's tab says."""

from infecon_ui.state.title import title


def test_the_scenario_comes_first_and_the_site_last() -> None:
    assert title("DeepSeek V3 on B200", "", "50 tok/s") == "DeepSeek V3 on B200 · 50 tok/s · infecon"
