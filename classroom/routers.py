"""The routes of live lessons but for the lessons themselves, which come before all others (songjiao.py)."""

from classroom.invitations.router import router as invitations
from classroom.ledger.router import router as tree
from classroom.lessons.remote import router as remote
from classroom.line_tests.router import router as line_tests
from classroom.recorder.router import router as recorder
from classroom.reports.reception_router import router as receptions
from classroom.reports.router import router as reports

routers = (recorder, tree, reports, receptions, remote, invitations, line_tests)
