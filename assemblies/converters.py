"""What may stand in an address: numbers the database can hold, slugs in any script, and origins of logs."""

from django.urls import register_converter


class Number:
    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class Name:
    regex = r"[-\w]{1,150}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Origin(Name):
    """Where a log comes from: a noun, a slash and a name."""

    regex = r"[-\w./]{1,200}"


register_converter(Number, "number")
register_converter(Name, "name")
register_converter(Origin, "origin")
