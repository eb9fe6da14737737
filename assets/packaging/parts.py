"""The list of parts (SBOM) of a packaged folder: `python -m assets.packaging.parts LIST dist/backdrop`.

cyclonedx-py writes LIST with the Python packages. This adds the networks and every library in the folder with
its hash.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.engine.networks.segmenter import Segmenter

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIBRARY = re.compile(r"\.(so|dylib)(\.|$)|\.(dll|pyd)$")


def parts(frozen: Path) -> Iterator[dict[str, Any]]:
    """Yield a component (CycloneDX 1.6) for each network and each library, in the order of their paths."""
    for path in sorted(frozen.rglob("*")):
        place = path.relative_to(frozen).as_posix()
        if path.is_symlink() or not path.is_file():
            continue
        if path.suffix == ".onnx":
            info = Segmenter(path).info
            component: dict[str, Any] = {
                "type": "machine-learning-model",
                "name": info.name,
                "version": info.version,
                "description": info.title,
                "licenses": [{"license": {"name": info.license}}],
            }
        elif _LIBRARY.search(path.name):
            component = {"type": "file", "name": place}
        else:
            continue
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        yield component | {"bom-ref": place, "hashes": [{"alg": "SHA-256", "content": sha256}]}


def main(listed: Path, frozen: Path) -> None:
    """Add the parts to the list. Parts of an earlier run are replaced."""
    bom = json.loads(listed.read_text(encoding="utf-8"))
    packages = [part for part in bom["components"] if part["type"] == "library"]
    bom["components"] = [*packages, *parts(frozen)]
    listed.write_text(json.dumps(bom, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{listed}: {len(bom['components'])} parts")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
