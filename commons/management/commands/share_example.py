"""Run the sharing rule on real places: `manage.py share_example kenya`."""

from __future__ import annotations

import json
from textwrap import fill
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commons.examples import kenya
from commons.sharing import FURTHER, Share, reasons, sentence
from commons.sharing.sentences import percent

REAL = (
    "Real: Kenya's 47 counties, their people (census of 2019), the places of their seats (GeoNames, CC BY 4.0), and "
    "what each grew of 13 crops in one year (about 2014; Ministry of Agriculture and KNBS, through CodeForAfrica)."
)
ASSUMED = (
    "Assumed: what a person needs in a year, what part of its harvest a county keeps as seed and store, and how far a "
    "crop travels before it spoils (commons/examples/kenya/needs.csv); that every county offers all beyond its own "
    "essential need and its store; that nothing comes from abroad; and that the way is the great circle between seats."
)


class Command(BaseCommand):
    help = "Share the harvest of real places by need, and say why each gets what it gets."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("example", choices=["kenya"])
        parser.add_argument("--crop", default="", choices=["", *(crop.code for crop in kenya.crops())])
        parser.add_argument("--county", default="", help="explain one county rather than all that lack something")
        parser.add_argument("--json", action="store_true", help="everything, for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        county = options["county"]
        if county and county not in {one.name for one in kenya.counties()}:
            raise CommandError(f"There is no county of the name {county}.")
        seasons = kenya.seasons(crop=options["crop"])
        if options["json"]:
            answer = {
                "real": REAL,
                "assumed": ASSUMED,
                "unit": "gram",
                "crops": [as_data(season, county) for season in seasons],
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
            return
        self.stdout.write(f"{fill(REAL, 100)}\n{fill(ASSUMED, 100)}\n")
        for season in seasons:
            self.stdout.write(f"\n{heading(season)}\n")
            for share in season.plan.shares.values():
                if share.place == county or (not county and (share.essential_met < 1 or options["crop"])):
                    self.stdout.write(fill(explained(season, share), 100, initial_indent="- ", subsequent_indent="  "))


def heading(season: kenya.Season) -> str:
    """What was grown, what was needed, and how the counties come out of it."""
    crop, plan = season.crop, season.plan
    reach = f", carried no farther than {crop.reach // 1000} km" if crop.reach else ""
    further = [s.further_met for s in plan.shares.values()]
    needed = (
        f"{tonnes(season.needed)} essential ({crop.essential / 1000:g} kg a person, {crop.further / 1000:g} kg further)"
    )
    shares = f"{percent(plan.smallest_share)} of essential need and {percent(min(further))} of further need"
    effort = f"{len(plan.allotments)} allotments, {round(plan.effort / kenya.TONNE / 1000):,} tonne-kilometres"
    lines = [
        f"{crop.name.upper()}: {tonnes(season.grown)} grown, {needed}{reach}.",
        f"The smallest shares met are {shares}. {effort}.",
    ]
    for level in plan.levels:
        word = " of further need" if level.need == FURTHER else ""
        count = "1 county" if len(level.places) == 1 else f"{len(level.places)} counties"
        lines.append(f"  {percent(level.share)}{word}: {count}; {tonnes(level.missing)} are missing to them.")
    return "\n".join(lines)


def explained(season: kenya.Season, share: Share) -> str:
    return " ".join(sentence(reason, amount=tonnes) for reason in reasons(season.plan, share.place))


def tonnes(grams: int) -> str:
    return f"{grams / kenya.TONNE:,.0f} t" if grams >= 10 * kenya.TONNE else f"{grams / kenya.TONNE:,.2f} t"


def as_data(season: kenya.Season, county: str) -> dict[str, Any]:
    crop, plan = season.crop, season.plan
    return {
        "crop": crop.code,
        "essential_a_person": crop.essential,
        "further_a_person": crop.further,
        "reserve_percent": crop.reserve_percent,
        "reach_metres": crop.reach,
        "grown": season.grown,
        "smallest_share": [plan.smallest_share.numerator, plan.smallest_share.denominator],
        "gram_metres": plan.effort,
        "levels": [
            {
                "need": level.need,
                "share": [level.share.numerator, level.share.denominator],
                "places": level.places,
                "above": level.above,
                "givers": level.givers,
                "missing": level.missing,
            }
            for level in plan.levels
        ],
        "allotments": [
            {"from": a.giver, "to": a.receiver, "amount": a.amount, "metres": a.metres}
            for a in plan.allotments
            if not county or county in (a.giver, a.receiver)
        ],
        "counties": [
            {
                "county": s.place,
                "grown": season.harvest.get(s.place, 0),
                "essential": s.essential,
                "essential_own": s.essential_own,
                "essential_received": s.essential_received,
                "further": s.further,
                "further_own": s.further_own,
                "further_received": s.further_received,
                "reserve": s.reserve,
                "given": s.given,
                "left": s.left,
                "why": [sentence(reason, amount=tonnes) for reason in reasons(plan, s.place)],
            }
            for s in plan.shares.values()
            if not county or county == s.place
        ],
    }
