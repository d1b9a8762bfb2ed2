"""The doors of floor 1: who may know of what. One is a view's first line.

What a reader may not know of is 404 for them, as if it were not there. What they may know of and not do is refused
by the act itself, with its article and sentence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from .clock import now
from .models import (
    Amendment,
    Application,
    Argument,
    Assembly,
    Circle,
    Citizen,
    Citizenship,
    Count,
    Decision,
    Drawing,
    Letter,
    Method,
    Office,
    Policy,
    Proposal,
    ProposalVersion,
    RollImport,
    RollMark,
    Session,
    Study,
)

Reader = Citizen | AnonymousUser


class CitizenRequest(HttpRequest):
    """A request that a signed-in citizen made."""

    user: Citizen
    htmx: HtmxDetails


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send whoever is not signed in to do so first, and back again; from within a page, the whole page goes."""

    @wraps(view)
    def door(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            messages.warning(
                request,
                _(
                    "You were signed out, so nothing was written. Sign in and send it again; "
                    "'back' in your browser may bring what you typed."
                ),
            )
        if not getattr(request, "htmx", False):
            return redirect_to_login(request.get_full_path())
        back = request.htmx.current_url_abs_path or request.path
        return HttpResponseClientRedirect(redirect_to_login(back).url)

    return door


@dataclass(frozen=True)
class Standing:
    """What a reader is in one assembly at one moment."""

    citizen: bool = False
    offices: frozenset[str] = frozenset()
    keeps_roll: bool = False

    @property
    def facilitates(self) -> bool:
        return Office.Kind.FACILITATOR in self.offices


def standing(reader: Reader, assembly: Assembly, at: datetime) -> Standing:
    if not isinstance(reader, Citizen) or not reader.is_citizen_of(assembly, at):
        return Standing()
    kinds = frozenset(reader.offices.in_force(at).filter(assembly=assembly).values_list("kind", flat=True))
    return Standing(True, kinds, bool(kinds) and assembly.orders(at).admitting_office in kinds)


def assembly(slug: str) -> Assembly:
    """An assembly that has been founded: anyone may know of it."""
    return get_object_or_404(Assembly.objects.founded(), slug=slug)


def roll(reader: Citizen, slug: str) -> tuple[Assembly, Standing]:
    """The roll is for the citizens who stand on it."""
    place = assembly(slug)
    stands = standing(reader, place, now())
    if not stands.citizen:
        raise Http404
    return place, stands


def desk(reader: Citizen, slug: str) -> tuple[Assembly, Standing]:
    """The desk is for those who hold an office of the assembly."""
    place, stands = roll(reader, slug)
    if not stands.offices:
        raise Http404
    return place, stands


def roll_desk(reader: Citizen, slug: str) -> Assembly:
    """Applications and imports are for the office that keeps the roll."""
    place, stands = desk(reader, slug)
    if not stands.keeps_roll:
        raise Http404
    return place


def application(reader: Citizen, pk: int) -> tuple[Application, bool]:
    """An application, for its applicant and for the office that keeps the roll; and whether it is the latter."""
    found = get_object_or_404(Application.objects.select_related("assembly", "citizen", "answered_by"), pk=pk)
    keeps = standing(reader, found.assembly, now()).keeps_roll
    if reader != found.citizen and not keeps:
        raise Http404
    return found, keeps


def citizenship(reader: Citizen, pk: int) -> Citizenship:
    """A citizenship, for the one whose it is and for the office that keeps the roll."""
    found = get_object_or_404(Citizenship.objects.select_related("assembly", "citizen"), pk=pk)
    if reader != found.citizen and not standing(reader, found.assembly, now()).keeps_roll:
        raise Http404
    return found


def drawing(pk: int) -> Drawing:
    """A lot for an office: anyone may draw it again."""
    return get_object_or_404(Drawing.objects.select_related("assembly__log"), pk=pk)


def office(reader: Citizen, pk: int) -> Office:
    return get_object_or_404(reader.offices.select_related("assembly"), pk=pk)


def roll_import(reader: Citizen, pk: int) -> RollImport:
    found = get_object_or_404(RollImport.objects.select_related("assembly", "by"), pk=pk)
    roll_desk(reader, found.assembly.slug)
    return found


def readable_proposals(reader: Reader) -> QuerySet[Proposal]:
    """What has been offered, and the reader's own drafts."""
    mine = Q(author=reader) if isinstance(reader, Citizen) else Q()
    return Proposal.objects.select_related("assembly", "author", "policy").filter(Q(offered_at__isnull=False) | mine)


def proposal(reader: Reader, pk: int) -> Proposal:
    return get_object_or_404(readable_proposals(reader), pk=pk)


def offered(pk: int) -> Proposal:
    """What is or was before an assembly: anyone may read its texts and its amendments."""
    found = Proposal.objects.offered().select_related("assembly", "author", "policy", "merged_into")
    return get_object_or_404(found.prefetch_related("decisions"), pk=pk)


def version(pk: int, number: int) -> ProposalVersion:
    found = ProposalVersion.objects.select_related("proposal__assembly", "written_by")
    return get_object_or_404(found, proposal=pk, number=number)


def amendment(pk: int) -> Amendment:
    near = ("version__proposal__assembly", "version__proposal__author", "mover", "question")
    return get_object_or_404(Amendment.objects.select_related(*near), pk=pk)


def study(pk: int) -> Study:
    """What was written about something public: anyone may read it."""
    return get_object_or_404(Study.objects.select_related("assembly", "proposal", "policy"), pk=pk)


def studied(pk: int) -> Proposal:
    """A proposal that may be studied: a draft is its author's alone."""
    return get_object_or_404(Proposal.objects.offered().select_related("assembly"), pk=pk)


def circle(pk: int) -> Circle:
    """A study circle: anyone may know of it, and who is in it those who are in it."""
    near = Circle.objects.with_people().select_related("study__assembly", "study__proposal", "study__policy")
    return get_object_or_404(near, pk=pk)


def argument(pk: int) -> Argument:
    """An argument, a question or a reply: whoever may read the proposal may read it, and that is everyone."""
    return get_object_or_404(Argument.objects.select_related("proposal__assembly", "by", "answers"), pk=pk)


def decision(pk: int) -> Decision:
    found = Decision.objects.select_related("assembly", "proposal", "proposal__author", "item__session__assembly")
    return get_object_or_404(found, pk=pk)


def ballot_box(pk: int, *, named: bool) -> Decision:
    """A decision as whoever casts a vote needs it, and no more: many do so at once.

    Who names options is shown the question's own form; for a yes or a no its number is enough, and the vote itself
    finds out whether it is there.
    """
    if named:
        return get_object_or_404(Decision.objects.only("method", "most", "opens_at", "opened_at"), pk=pk)
    return Decision.from_db(None, ["id"], [pk])


def took_part(reader: Citizen, pk: int) -> Decision:
    """Who took part: after the close, or after the papers of a secret vote, for the citizens of that assembly alone."""
    found = decision(pk)
    closed = found.closed_at is not None or bool(found.papers and found.papers.destroyed_at)
    if not closed or not reader.is_citizen_of(found.assembly, now()):
        raise Http404
    return found


def votes(reader: Citizen, pk: int) -> Decision:
    """Who voted how: after the close, for the citizens of that assembly alone; of a secret vote nobody can say it."""
    found = took_part(reader, pk)
    if found.closed_at is None or found.secret:
        raise Http404
    return found


def draft_of_a_choice(reader: Citizen, pk: int) -> Proposal:
    """The reader's own draft of a question with options, as long as it is one."""
    drafts = Proposal.objects.select_related("assembly").filter(author=reader, offered_at=None)
    return get_object_or_404(drafts.exclude(method=Method.YES_NO), pk=pk)


def counted(pk: int) -> tuple[Decision, Count]:
    """A choice that was made, with its count: for everyone."""
    found = decision(pk)
    if found.counted is None:
        raise Http404
    return found, found.counted


def tellers_desk(reader: Citizen, pk: int) -> tuple[Decision, bool]:
    """A decision for those who keep its paper and hands; and whether the reader is a teller.

    The facilitators have the tellers drawn and the papers printed. What only tellers may do, the act says.
    """
    found = decision(pk)
    stands = standing(reader, found.assembly, now())
    teller = Office.Kind.TELLER in stands.offices
    if not teller and not stands.facilitates:
        raise Http404
    return found, teller


def hand_mark(reader: Citizen, pk: int) -> tuple[RollMark, Decision]:
    """A standing mark of somebody who votes by hand, for those at the tellers' desk."""
    marks = RollMark.objects.standing().filter(channel=RollMark.Channel.HANDS)
    mark = get_object_or_404(marks.select_related("decision", "citizen"), pk=pk)
    found, _teller = tellers_desk(reader, mark.decision_id)
    return mark, found


def policy(pk: int) -> Policy:
    return get_object_or_404(Policy.objects.select_related("assembly", "adopted_by"), pk=pk)


def letter(reader: Citizen, pk: int) -> Letter:
    return get_object_or_404(reader.letters.all(), pk=pk)


def session(pk: int) -> Session:
    """A session that was called: anyone may know of it, and follow it."""
    found = Session.objects.select_related("assembly", "called_by", "cancellation", "minutes")
    return get_object_or_404(found, pk=pk)


@dataclass(frozen=True)
class InHall:
    """What a reader is in one session at one moment."""

    citizen: bool = False
    leads: bool = False
    door: bool = False
    minutes: bool = False
    offices: frozenset[str] = frozenset()


def in_hall(reader: Reader, session: Session, at: datetime) -> InHall:
    stands = standing(reader, session.assembly, at)
    if not isinstance(reader, Citizen) or not stands.citizen:
        return InHall()
    leads = stands.facilitates or (bool(stands.offices) and session.led_by(reader, at))
    return InHall(
        citizen=True,
        leads=leads,
        door=leads or Office.Kind.TELLER in stands.offices,
        minutes=leads or Office.Kind.MINUTE_TAKER in stands.offices,
        offices=stands.offices,
    )


def office_in_hall(reader: Citizen, pk: int) -> tuple[Session, InHall]:
    """The console of a session is for those who hold an office of its assembly."""
    found = session(pk)
    hall = in_hall(reader, found, now())
    if not hall.offices:
        raise Http404
    return found, hall


def door(reader: Citizen, pk: int) -> tuple[Session, InHall]:
    """The door is for those who keep it."""
    found, hall = office_in_hall(reader, pk)
    if not hall.door:
        raise Http404
    return found, hall
