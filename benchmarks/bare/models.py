"""A vote that is nothing but a row."""

from django.db import models


class Vote(models.Model):
    decision = models.IntegerField()
    voter = models.IntegerField()
    choice = models.CharField(max_length=10)

    class Meta:
        app_label = "bare"
        db_table = "bare_vote"

    def __str__(self) -> str:
        return self.choice
