"""Compute the frontiers behind the paper's exhibits and keep them in data/: `python -m tools.published_curves`."""

from infecon_core.catalog.published_curves import FOLDER, curve_file
from infecon_core.paper.exhibits.kept import computed
from infecon_core.whole_files import whole_file

DIGITS = "%.10g"


def main() -> None:
    """Write one file a frontier, and remove those that nothing asks for any more."""
    FOLDER.mkdir(exist_ok=True)
    curves = computed()
    for name, frame in curves.items():
        with whole_file(curve_file(name)) as partial:
            frame.to_csv(partial, index=False, float_format=DIGITS, lineterminator="\n")
    for file in {*FOLDER.iterdir()} - {curve_file(name) for name in curves}:
        file.unlink()
    print(f"{len(curves)} frontiers, {sum(map(len, curves.values())):,} points in data/published/curves")


if __name__ == "__main__":
    main()
