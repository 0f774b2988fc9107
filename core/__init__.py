"""The ground of the house: nothing here knows a lesson, and everything above stands on it."""
