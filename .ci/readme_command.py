"""Print one of the README's commands for Linux, so that CI runs exactly what the README says.

The README marks each command with an HTML comment, `<!-- command: NAME -->`, before its fenced block.
"""

import re
import sys
from pathlib import Path

readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
matches = re.findall(rf"<!-- command: {re.escape(sys.argv[1])} -->\s*```\w*\n(.+?)\n```", readme, re.DOTALL)
if len(matches) != 1:
    sys.exit(f"README.md must mark exactly one command '{sys.argv[1]}'; it marks {len(matches)}.")
print(matches[0])
