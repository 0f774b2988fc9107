"""Any timetabling problem: what it is, what a solution costs, and the search for a better one."""
