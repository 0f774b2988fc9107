from tests.resources.conftest import demo_environment, demo_template, desk, library, made_media, session

__all__ = ["demo_environment", "demo_template", "desk", "library", "made_media", "session"]
