"""The delivery timetable: lessons from model schools to classes behind other bells and thin lines."""
