"""One small data set for all tests of the page's parts, and what is asked of it."""

from pathlib import Path

import pandas as pd
import pytest

from infecon_ui.landscape import dataset
from infecon_ui.landscape.dataset import DataSet
from infecon_ui.landscape.question import Question
from tests.support import landscapes


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small data set."""
    return landscapes.swept(tmp_path_factory.mktemp("swept"))


@pytest.fixture(scope="session")
def rows(swept: Path) -> pd.DataFrame:
    """Its rows, read without the page."""
    return landscapes.rows(swept)


@pytest.fixture(scope="session")
def data(swept: Path) -> DataSet:
    """The data set as the page has it."""
    return dataset.read(swept)


@pytest.fixture
def question(data: DataSet) -> Question:
    """Who serves at 50 tokens/s for 8,000 tokens, on three-year rents."""
    return Question(50.0, (8000, 1000), data.accelerators, "rent_3y", where=(("weights", "fp8"),))


@pytest.fixture(scope="session")
def shipped() -> DataSet:
    """The shipped data set, which has setups beyond what was measured."""
    return dataset.read(dataset.SHIPPED)


@pytest.fixture
def far(shipped: DataSet) -> Question:
    """The same question to some accelerators of the shipped data set."""
    chosen = ("gb200-nvl72", "b200-hgx", "mi355x")
    return Question(50.0, (8000, 1000), chosen, "rent_3y", where=(("weights", "fp8"),))
