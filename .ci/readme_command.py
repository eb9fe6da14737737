"""Print one of the README's commands for Linux, so that what CI runs and what the README says cannot drift.

The README marks each with an HTML comment, `<!-- command: NAME -->`, before its fenced block.
"""

import re
import sys
from pathlib import Path

readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
found = re.findall(rf"<!-- command: {re.escape(sys.argv[1])} -->\s*```\w*\n(.+?)\n```", readme, re.DOTALL)
if len(found) != 1:
    sys.exit(f"README.md must mark exactly one command '{sys.argv[1]}'; it marks {len(found)}.")
print(found[0])
