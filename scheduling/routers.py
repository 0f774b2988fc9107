"""Calendar, needs, delivery plan and timetable, as the roof takes them."""

from scheduling.calendar import router as calendar
from scheduling.needs import router as needs
from scheduling.plan import router as plan
from scheduling.timetable import feed_router as feeds
from scheduling.timetable import published_router as published
from scheduling.timetable import router as timetable

routers = (calendar.router, needs.router, plan.router, timetable.router, published.router, feeds.router)
