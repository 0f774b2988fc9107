"""Calendar, needs and delivery plan, as the roof takes them."""

from fastapi import APIRouter

from scheduling.calendar import router as calendar
from scheduling.needs import router as needs
from scheduling.plan import router as plan

router = APIRouter()
for part in (calendar, needs, plan):
    router.include_router(part.router)
