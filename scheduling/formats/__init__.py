"""Timetabling files of others: XHSTT archives and FET."""
