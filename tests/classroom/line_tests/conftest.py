from tests.admin.cast import demo_environment, demo_template, desk, session
from tests.classroom.conftest import make_relay

__all__ = ["demo_environment", "demo_template", "desk", "make_relay", "session"]
