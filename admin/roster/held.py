"""What rosters hold about a person (admin/children/holdings.py). The file itself goes after 30 days."""

from admin.children.holdings import Holding, erase_rows, rows_of
from admin.roster.intake.models import ImportLine

HOLDINGS = (
    Holding(
        "import_lines",
        "导入名册里的一行",
        "A row of an imported roster",
        (),
        rows_of(ImportLine, "person_id", "name", "school", "class_name"),
        erase_rows(ImportLine, "person_id"),
    ),
)
