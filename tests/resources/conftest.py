from tests.admin.cast import demo_environment, demo_template, desk, session
from tests.resources.library import library, made_media

__all__ = ["demo_environment", "demo_template", "desk", "library", "made_media", "session"]
