"""A plugin of pytest: who tries a mutant asks whether a property fails, not how simply it can."""

from __future__ import annotations

from hypothesis import Phase, settings

settings.register_profile("first failure", phases=(Phase.generate,), report_multiple_bugs=False)
settings.load_profile("first failure")
