"""Timetables: the solver, the delivery problem, releases, calendars."""
