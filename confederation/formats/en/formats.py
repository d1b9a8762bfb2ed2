"""Dates as this house writes them in English: the day before the month, the clock with twenty-four hours."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "D j F Y, H:i"
TIME_FORMAT = "H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
FIRST_DAY_OF_WEEK = 1
