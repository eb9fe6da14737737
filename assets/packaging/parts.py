"""The list of parts (SBOM) of a packaged folder: `python -m assets.packaging.parts LIST dist/backdrop`.

LIST is what cyclonedx-py wrote of the Python packages. Added to it are our networks, and each library in the
folder with its hash: what a scanner finds there, it finds here.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.engine.networks.segmenter import Segmenter

_LIBRARY = re.compile(r"\.(so|dylib)(\.|$)|\.(dll|pyd)$")


def parts(frozen: Path) -> Iterator[dict[str, Any]]:
    """A component (CycloneDX 1.6) per network and per library, in the order of their paths."""
    for path in sorted(frozen.rglob("*")):
        place = path.relative_to(frozen).as_posix()
        if path.is_symlink() or not path.is_file():
            continue
        if path.suffix == ".onnx":
            info = Segmenter(path).info
            told = {"type": "machine-learning-model", "name": info.name, "version": info.version}
            told |= {"description": info.title, "licenses": [{"license": {"name": info.license}}]}
        elif _LIBRARY.search(path.name):
            told = {"type": "file", "name": place}
        else:
            continue
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        yield told | {"bom-ref": place, "hashes": [{"alg": "SHA-256", "content": sha256}]}


def main(listed: Path, frozen: Path) -> None:
    """Add the parts to the list; those of an earlier run are replaced."""
    known = json.loads(listed.read_text(encoding="utf-8"))
    kept = [part for part in known["components"] if part["type"] == "library"]
    known["components"] = [*kept, *parts(frozen)]
    listed.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{listed}: {len(known['components'])} parts")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
