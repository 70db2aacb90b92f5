"""What the constructs cost in requests, start-up and memory: counts and ratios, no stop-watch."""

import sys
from pathlib import Path

# The runtime is the asset's root, not a package of this environment.
sys.path.insert(0, str(Path(__file__).parent.parent / "lambda_src"))
