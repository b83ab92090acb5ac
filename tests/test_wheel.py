"""The built wheel carries everything that the product needs to run."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NEEDED = (
    "conferral/pages/static/conferral/conferral.css",
    "conferral/pages/static/conferral/conferral.js",
    "conferral/pages/templates/page.html",
    "conferral/packs/contact-centre-operations.toml",
    "conferral/rules/policy/service.toml",
    "conferral/cli/licences.toml",
)


@pytest.fixture(scope="module")
def names(tmp_path_factory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.parametrize("needed", NEEDED)
def test_the_wheel_carries(names, needed):
    assert needed in names


def test_every_template_style_and_pack_of_the_source_is_in_the_wheel(names):
    source = ROOT / "src"
    suffixes = {".html", ".toml", ".typ", ".css", ".js", ".svg", ".txt"}
    files = {str(path.relative_to(source)) for path in source.rglob("*") if path.suffix in suffixes}
    assert files - names == set()
