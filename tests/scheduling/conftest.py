from tests.admin.cast import demo_environment, demo_template, desk, session

__all__ = ["demo_environment", "demo_template", "desk", "session"]
