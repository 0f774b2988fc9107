"""Published timetables: frozen, numbered, told by what changed, and kept as calendars."""
