"""Calendar, needs and delivery plan, as the roof takes them."""

from scheduling.calendar import router as calendar
from scheduling.needs import router as needs
from scheduling.plan import router as plan

routers = (calendar.router, needs.router, plan.router)
