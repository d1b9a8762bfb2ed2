"""Who may read what and do what: every address, by everyone, read and written to.

A cell is the status of the answer; `in` sends whoever it is to the sign-in page first. A POST carries what the form
there takes, filled in well, so that 302 means done. An address without a POST row takes none: 405, or `in` first.
Rows of the technician's pages stand for all the models shown there, less those that have a row of their own.

    stranger      not signed in                         delegate      of Abiego, mandate in force
    newcomer      signed in, a citizen of nowhere       recalled      was Abiego's delegate, is its citizen
    citizen       of Abiego, whose pages these are      facilitator   of Abiego
    elsewhere     citizen and delegate of Loarre        technician    is_superuser, a citizen of nowhere
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import cycle
from typing import NamedTuple

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tests.access.everything import ROLES, Everything, every_route

pytestmark = pytest.mark.django_db

TABLE = """
address                              method stranger newcomer citizen elsewhere delegate recalled facilitator technician
# the town hall, for everyone
home                                 GET    200      200      200     200       200      200      200         200
search                               GET    200      200      200     200       200      200      200         200
lesson                               GET    200      200      200     200       200      200      200         200
school                               GET    200      200      200     200       200      200      200         200
guide                                GET    200      200      200     200       200      200      200         200
rehearsal                            GET    200      200      200     200       200      200      200         200
guides                               GET    200      200      200     200       200      200      200         200
articles                             GET    200      200      200     200       200      200      200         200
article                              GET    200      200      200     200       200      200      200         200
appearance                           GET    405      405      405     405       405      405      405         405
appearance                           POST   302      302      302     302       302      302      302         302
api-guide                            GET    200      200      200     200       200      200      200         200
health                               GET    200      200      200     200       200      200      200         200
outbox                               GET    404      404      404     404       404      404      404         404
outbox-letter                        GET    404      404      404     404       404      404      404         404
# assemblies
assemblies                           GET    200      200      200     200       200      200      200         200
assembly                             GET    200      200      200     200       200      200      200         200
assembly-roll                        GET    in       404      200     404       200      200      200         404
assembly-desk                        GET    in       404      404     404       404      404      200         404
office-ending                        GET    in       404      404     404       404      404      200         404
office-ending                        POST   in       404      404     404       404      404      302         404
application-new                      GET    in       200      200     200       200      200      200         200
application-new                      POST   in       409      409     302       409      409      409         302
application                          GET    in       200      404     404       404      404      200         404
application                          POST   in       403      404     404       404      404      302         404
citizenship-ending                   GET    in       404      200     404       404      404      200         404
citizenship-ending                   POST   in       404      302     404       404      404      302         404
roll-imports                         GET    in       404      404     404       404      404      200         404
roll-import-new                      GET    in       404      404     404       404      404      200         404
roll-import-new                      POST   in       404      404     404       404      404      302         404
roll-import                          GET    in       404      404     404       404      404      200         404
roll-import                          POST   in       404      404     404       404      404      302         404
roll-import-progress                 GET    in       404      404     404       404      404      302         404
participation                        GET    in       200      200     200       200      200      200         200
letters                              GET    in       200      200     200       200      200      200         200
letter-wishes                        GET    in       200      200     200       200      200      200         200
letter-wishes                        POST   in       302      302     302       302      302      302         302
unsubscribe                          GET    200      200      200     200       200      200      200         200
unsubscribe                          POST   200      200      200     200       200      200      200         200
follows                              GET    in       200      200     200       200      200      200         200
follows                              POST   in       302      302     302       302      302      302         302
follow-ending                        GET    in       404      302     404       404      404      404         404
follow-ending                        POST   in       404      302     404       404      404      404         404
letter                               GET    in       404      200     404       404      404      404         404
# deciding
proposals                            GET    200      200      200     200       200      200      200         200
proposal                             GET    200      200      200     200       200      200      200         200
proposal: a draft                    GET    404      404      200     404       404      404      404         404
proposal: put to the vote            GET    200      200      200     200       200      200      200         200
proposal: carried                    GET    200      200      200     200       200      200      200         200
proposal: a mandate                  GET    200      200      200     200       200      200      200         200
proposal: with a reservation         GET    200      200      200     200       200      200      200         200
proposal-new                         GET    in       200      200     200       200      200      200         200
proposal-new                         POST   in       403      302     403       302      302      302         403
proposal-edit                        GET    in       404      200     404       404      404      404         404
proposal-edit                        POST   in       404      302     404       404      404      404         404
proposal-offer                       GET    in       404      200     404       404      404      404         404
proposal-offer                       POST   in       404      302     404       404      404      404         404
proposal-withdrawal                  GET    in       200      200     200       200      200      200         200
proposal-withdrawal                  POST   in       403      302     403       403      403      403         403
proposal-removal                     GET    in       404      200     404       404      404      404         404
proposal-removal                     POST   in       404      302     404       404      404      404         404
# the road of a proposal
versions                             GET    200      200      200     200       200      200      200         200
version                              GET    200      200      200     200       200      200      200         200
version-new                          GET    in       200      200     200       200      200      200         200
version-new                          POST   in       403      302     403       403      403      403         403
amendments                           GET    200      200      200     200       200      200      200         200
amendments: listed                   GET    200      200      200     200       200      200      200         200
amendments: accepted                 GET    200      200      200     200       200      200      200         200
amendment                            GET    200      200      200     200       200      200      200         200
amendment-new                        GET    in       200      200     200       200      200      200         200
amendment-new                        POST   in       403      302     403       302      302      302         403
amendment-acceptance                 GET    in       200      200     200       200      200      200         200
amendment-acceptance                 POST   in       403      302     403       403      403      403         403
amendment-withdrawal                 GET    in       200      200     200       200      200      200         200
amendment-withdrawal                 POST   in       403      403     403       302      403      403         403
amendment-votes                      GET    in       200      200     200       200      200      200         200
amendment-votes                      POST   in       403      403     403       403      403      302         403
consolidation                        GET    in       200      200     200       200      200      200         200
consolidation                        POST   in       403      302     403       403      403      302         403
reading-new                          GET    in       200      200     200       200      200      200         200
reading-new                          POST   in       403      403     403       403      403      302         403
support                              GET    in       200      200     200       200      200      200         200
support                              POST   in       403      403     403       302      302      302         403
sending-back                         GET    in       200      200     200       200      200      200         200
sending-back                         POST   in       403      403     403       403      403      302         403
# the vote
# studying
proposal-study                       GET    200      200      200     200       200      200      200         200
proposal-study                       POST   in       403      302     403       302      302      302         403
policy-study                         GET    200      200      200     200       200      200      200         200
policy-study                         POST   in       403      302     403       302      302      302         403
office-study                         GET    200      200      200     200       200      200      200         200
office-study                         POST   in       403      302     403       302      302      302         403
study                                GET    200      200      200     200       200      200      200         200
circle-new                           GET    in       200      200     200       200      200      200         200
circle-new                           POST   in       403      302     403       302      302      302         403
circle                               GET    200      200      200     200       200      200      200         200
circle-members                       GET    in       302      302     302       302      302      302         302
circle-members                       POST   in       403      409     403       302      302      302         403
circle-leaving                       GET    in       302      302     302       302      302      302         302
circle-leaving                       POST   in       409      302     409       409      409      409         409
circle-meeting-new                   GET    in       200      200     200       200      200      200         200
circle-meeting-new                   POST   in       403      302     403       403      403      403         403
circle-note-new                      GET    in       200      200     200       200      200      200         200
circle-note-new                      POST   in       403      302     403       403      403      403         403
arguments                            GET    200      200      200     200       200      200      200         200
arguments: of a draft                GET    404      404      404     404       404      404      404         404
passages                             GET    200      200      200     200       200      200      200         200
argument                             GET    200      200      200     200       200      200      200         200
argument: a question                 GET    200      200      200     200       200      200      200         200
argument-new                         GET    in       200      200     200       200      200      200         200
argument-new                         POST   in       403      302     403       302      302      302         403
replies                              GET    in       302      302     302       302      302      302         302
replies                              POST   in       403      302     403       302      302      302         403
argument-help                        GET    in       302      302     302       302      302      302         302
argument-help                        POST   in       403      403     403       302      302      302         403
argument-withdrawal                  GET    in       200      200     200       200      200      200         200
argument-withdrawal                  POST   in       403      302     403       403      403      403         403
decision-new                         GET    in       200      200     200       200      200      200         200
decision-new                         POST   in       403      403     403       403      403      302         403
decision                             GET    200      200      200     200       200      200      200         200
decision: coming                     GET    200      200      200     200       200      200      200         200
decision: closed                     GET    200      200      200     200       200      200      200         200
ballot                               GET    in       302      302     302       302      302      302         302
ballot                               POST   in       403      302     403       302      302      302         403
ballot: coming                       GET    in       302      302     302       302      302      302         302
ballot: coming                       POST   in       409      409     409       409      409      409         409
ballot: closed                       GET    in       302      302     302       302      302      302         302
ballot: closed                       POST   in       409      409     409       409      409      409         409
decision-votes                       GET    in       404      200     404       200      200      200         404
decision-votes: open                 GET    in       404      404     404       404      404      404         404
choice-new                           GET    in       200      200     200       200      200      200         200
choice-new                           POST   in       403      302     403       302      302      302         403
options-edit                         GET    in       404      200     404       404      404      404         404
options-edit                         POST   in       404      302     404       404      404      404         404
proposal: a choice                   GET    404      404      200     404       404      404      404         404
proposal: an election                GET    200      200      200     200       200      200      200         200
decision: counted                    GET    200      200      200     200       200      200      200         200
decision-count                       GET    200      200      200     200       200      200      200         200
count-download                       GET    200      200      200     200       200      200      200         200
count-download: json                 GET    200      200      200     200       200      200      200         200
count-download: csv                  GET    200      200      200     200       200      200      200         200
decision-votes: ranked               GET    in       404      200     404       200      200      200         404
decision-roll                        GET    in       404      200     404       200      200      200         404
decision-roll: open                  GET    in       404      404     404       404      404      404         404
# on paper and by hand: the lot has made the facilitator a teller too
tellers-desk                         GET    in       404      404     404       404      404      200         404
tellers-desk: coming                 GET    in       404      404     404       404      404      200         404
tellers-desk: closed                 GET    in       404      404     404       404      404      200         404
tellers-drawn                        GET    in       404      404     404       404      404      302         404
tellers-drawn                        POST   in       404      404     404       404      404      302         404
presence                             GET    in       404      404     404       404      404      302         404
presence                             POST   in       404      404     404       404      404      302         404
presence-withdrawal                  GET    in       404      404     404       404      404      200         404
presence-withdrawal                  POST   in       404      404     404       404      404      302         404
hand-counts                          GET    in       404      404     404       404      404      302         404
hand-counts                          POST   in       404      404     404       404      404      302         404
papers                               GET    in       404      404     404       404      404      302         404
papers                               POST   in       404      404     404       404      404      200         404
paper-counts                         GET    in       404      404     404       404      404      302         404
paper-counts                         POST   in       404      404     404       404      404      302         404
decision: secret                     GET    200      200      200     200       200      200      200         200
decision: secret, in the urn         GET    200      200      200     200       200      200      200         200
decision: secret, closed             GET    200      200      200     200       200      200      200         200
decision-votes: secret               GET    in       404      404     404       404      404      404         404
sealed-paper                         GET    in       200      200     200       200      200      200         200
sealed-paper                         POST   in       403      200     403       200      200      200         403
sealed-paper: too late               GET    in       200      200     200       200      200      200         200
sealed-paper: too late               POST   in       403      409     403       409      409      409         403
sealed-paper: not secret             GET    in       404      404     404       404      404      404         404
sealed-paper: not secret             POST   in       404      404     404       404      404      404         404
urn                                  GET    200      200      200     200       200      200      200         200
urn: not open yet                    GET    200      200      200     200       200      200      200         200
envelopes                            GET    405      405      405     405       405      405      405         405
envelopes                            POST   403      403      403     403       403      403      403         403
board                                GET    200      200      200     200       200      200      200         200
board: not yet                       GET    404      404      404     404       404      404      404         404
board-file                           GET    200      200      200     200       200      200      200         200
urn-verifier                         GET    200      200      200     200       200      200      200         200
policies                             GET    200      200      200     200       200      200      200         200
policy                               GET    200      200      200     200       200      200      200         200
# sessions
sessions                             GET    200      200      200     200       200      200      200         200
session                              GET    200      200      200     200       200      200      200         200
session: coming                      GET    200      200      200     200       200      200      200         200
session: voting                      GET    200      200      200     200       200      200      200         200
session-live                         GET    200      200      200     200       200      200      200         200
session-notice                       GET    200      200      200     200       200      200      200         200
session-calendar                     GET    200      200      200     200       200      200      200         200
session-new                          GET    in       200      200     200       200      200      200         200
session-new                          POST   in       403      403     403       403      403      302         403
session-rescheduling                 GET    in       200      200     200       200      200      200         200
session-rescheduling                 POST   in       403      403     403       403      403      302         403
session-cancellation                 GET    in       200      200     200       200      200      200         200
session-cancellation                 POST   in       403      403     403       403      403      302         403
item-new                             GET    in       200      200     200       200      200      200         200
item-new                             POST   in       403      403     403       403      403      302         403
session-code                         GET    in       404      200     404       200      200      200         404
session-door                         GET    in       404      404     404       404      404      200         404
session-door                         POST   in       404      404     404       404      404      302         404
attendance-ending                    GET    in       302      302     302       302      302      302         302
attendance-ending                    POST   in       404      404     404       404      404      302         404
session-console                      GET    in       404      404     404       404      404      200         404
session-console: voting              GET    in       404      404     404       404      404      200         404
console-live                         GET    in       404      404     404       404      404      200         404
session-opening                      GET    in       404      404     404       404      404      302         404
session-opening                      POST   in       404      404     404       404      404      302         404
session-closing                      GET    in       404      404     404       404      404      200         404
session-closing                      POST   in       404      404     404       404      404      302         404
session-takeover                     GET    in       404      404     404       404      404      200         404
session-takeover                     POST   in       404      404     404       404      404      302         404
agenda-item                          GET    in       302      302     302       302      302      302         302
agenda-item                          POST   in       403      403     403       403      403      302         403
item-decision                        GET    in       404      404     404       404      404      200         404
item-decision                        POST   in       404      404     404       404      404      302         404
decision-ending                      GET    in       404      404     404       404      404      200         404
decision-ending                      POST   in       404      404     404       404      404      302         404
turn-new                             GET    in       302      302     302       302      302      302         302
turn-new                             POST   in       403      302     403       302      302      302         403
turn                                 GET    in       302      302     302       302      302      302         302
turn                                 POST   in       403      403     403       403      403      302         403
motion-new                           GET    in       200      200     200       200      200      200         200
motion-new                           POST   in       422      302     422       422      422      302         422
motion                               GET    in       200      200     200       200      200      200         200
motion                               POST   in       403      403     403       403      403      302         403
presence-hall                        GET    in       404      404     404       404      404      302         404
presence-hall                        POST   in       404      404     404       404      404      302         404
projector                            GET    200      200      200     200       200      200      200         200
projector: voting                    GET    200      200      200     200       200      200      200         200
projector-live                       GET    200      200      200     200       200      200      200         200
minutes                              GET    200      200      200     200       200      200      200         200
minutes-download                     GET    200      200      200     200       200      200      200         200
note-new                             GET    in       404      404     404       404      404      302         404
note-new                             POST   in       404      404     404       404      404      302         404
# mandates
mandates                             GET    200      200      200     200       200      200      200         200
mandate                              GET    200      200      200     200       200      200      200         200
mandate: recalled                    GET    200      200      200     200       200      200      200         200
mandate: a joint seat                GET    200      200      200     200       200      200      200         200
mandate-new                          GET    in       403      200     403       200      200      200         403
mandate-new                          POST   in       403      200     403       200      200      200         403
narrowing-new                        GET    in       403      200     403       200      200      200         403
narrowing-new                        POST   in       403      200     403       200      200      200         403
narrowing-new: recalled              GET    in       403      409     403       409      409      409         403
narrowing-new: recalled              POST   in       403      409     403       409      409      409         403
resignation                          GET    in       403      403     403       200      403      403         403
resignation                          POST   in       403      403     403       302      403      403         403
resignation: recalled                GET    in       403      403     403       403      409      403         403
resignation: recalled                POST   in       403      403     403       403      409      403         403
accession-new                        GET    in       403      200     403       200      200      200         403
accession-new                        POST   in       403      200     403       200      200      200         403
departure-new                        GET    in       403      200     403       200      200      200         403
departure-new                        POST   in       403      200     403       200      200      200         403
replacement-new                      GET    in       403      200     403       200      200      200         403
replacement-new                      POST   in       403      200     403       200      200      200         403
replacement-new: in force            GET    in       403      409     403       409      409      409         403
replacement-new: in force            POST   in       403      409     403       409      409      409         403
# elections
elections                            GET    200      200      200     200       200      200      200         200
election                             GET    200      200      200     200       200      200      200         200
election: ready                      GET    200      200      200     200       200      200      200         200
election: elected                    GET    200      200      200     200       200      200      200         200
election-new                         GET    in       403      200     403       200      200      200         403
election-new                         POST   in       403      302     403       302      302      302         403
candidacy-new                        GET    in       200      200     200       200      200      200         200
candidacy-new                        POST   in       403      409     403       302      302      302         403
candidacy-new: ready                 GET    in       200      200     200       200      200      200         200
candidacy-new: ready                 POST   in       409      409     409       409      409      409         409
candidacy-withdrawal                 GET    in       200      200     200       200      200      200         200
candidacy-withdrawal                 POST   in       403      302     403       403      403      403         403
poll-new                             GET    in       200      200     200       200      200      200         200
poll-new                             POST   in       403      403     403       403      403      302         403
poll-new: elected                    GET    in       200      200     200       200      200      200         200
poll-new: elected                    POST   in       403      403     403       403      403      409         403
# recalls
recalls                              GET    200      200      200     200       200      200      200         200
recall                               GET    200      200      200     200       200      200      200         200
recall: carried                      GET    200      200      200     200       200      200      200         200
recall-new                           GET    in       403      200     403       200      200      200         403
recall-new                           POST   in       403      302     403       302      302      302         403
recall-new: recalled                 GET    in       403      409     403       409      409      409         403
recall-new: recalled                 POST   in       403      409     403       409      409      409         403
signatures                           GET    in       403      200     403       200      200      200         403
signatures                           POST   in       403      302     403       302      302      302         403
signatures: carried                  GET    in       403      200     403       200      200      200         403
signatures: carried                  POST   in       403      409     403       409      409      409         403
statements                           GET    in       302      302     302       302      302      302         302
statements                           POST   in       403      403     403       302      403      403         403
# councils
councils                             GET    200      200      200     200       200      200      200         200
council                              GET    200      200      200     200       200      200      200         200
council: wider                       GET    200      200      200     200       200      200      200         200
confederation-new                    GET    in       403      200     200       200      200      200         403
confederation-new                    POST   in       403      302     302       302      302      302         403
tasks                                GET    200      200      200     200       200      200      200         200
task                                 GET    200      200      200     200       200      200      200         200
texts                                GET    200      200      200     200       200      200      200         200
text                                 GET    200      200      200     200       200      200      200         200
text: an amendment                   GET    200      200      200     200       200      200      200         200
text: relayed                        GET    200      200      200     200       200      200      200         200
text-new                             GET    in       403      200     403       200      200      200         403
text-new                             POST   in       403      200     403       200      200      200         403
adoption-new                         GET    in       403      200     200       200      200      200         403
adoption-new                         POST   in       403      200     200       200      200      200         403
relay-new                            GET    in       403      403     403       200      403      403         403
relay-new                            POST   in       403      403     403       302      403      403         403
task-new                             GET    in       403      403     200       200      200      403         403
task-new                             POST   in       403      403     403       302      403      403         403
attachments                          GET    in       302      302     302       302      302      302         302
attachments                          POST   in       403      403     302       403      403      403         403
action-new                           GET    in       403      403     403       200      409      403         403
action-new                           POST   in       403      403     403       302      403      403         403
desk                                 GET    in       200      200     200       200      200      200         200
# the commons
commons                              GET    200      200      200     200       200      200      200         200
interdependence                      GET    200      200      200     200       200      200      200         200
statements-csv                       GET    200      200      200     200       200      200      200         200
loads-csv                            GET    200      200      200     200       200      200      200         200
flows-json                           GET    200      200      200     200       200      200      200         200
goods                                GET    200      200      200     200       200      200      200         200
good                                 GET    200      200      200     200       200      200      200         200
enterprises                          GET    200      200      200     200       200      200      200         200
enterprise                           GET    200      200      200     200       200      200      200         200
enterprise: of another assembly      GET    200      200      200     200       200      200      200         200
good-new                             GET    in       403      200     200       200      200      200         403
good-new                             POST   in       403      302     302       302      302      302         403
enterprise-new                       GET    in       403      200     403       200      200      200         403
enterprise-new                       POST   in       403      200     403       200      200      200         403
governance-new                       GET    in       403      200     403       200      200      200         403
governance-new                       POST   in       403      200     403       200      200      200         403
steward-new                          GET    in       403      200     403       200      200      200         403
steward-new                          POST   in       403      200     403       200      200      200         403
passing-new                          GET    in       403      200     403       200      200      200         403
passing-new                          POST   in       403      200     403       200      200      200         403
discharge-new                        GET    in       403      200     403       200      200      200         403
discharge-new                        POST   in       403      200     403       200      200      200         403
acceptance-new                       GET    in       403      200     403       200      200      200         403
acceptance-new                       POST   in       403      200     403       200      200      200         403
stewardship-ending                   GET    in       403      200     403       403      403      403         403
stewardship-ending                   POST   in       403      302     403       403      403      403         403
harvest-new                          GET    in       403      200     403       403      403      403         403
harvest-new                          POST   in       403      302     403       403      403      403         403
assembly-commons                     GET    200      200      200     200       200      200      200         200
assembly-commons: of another         GET    200      200      200     200       200      200      200         200
commons-with                         GET    200      200      200     200       200      200      200         200
need-new                             GET    in       403      200     403       200      200      200         403
need-new                             POST   in       403      200     403       200      200      200         403
surplus-new                          GET    in       403      200     403       200      200      200         403
surplus-new                          POST   in       403      200     403       200      200      200         403
statement-import-new                 GET    in       403      200     403       403      403      403         403
statement-import-new                 POST   in       403      302     403       403      403      403         403
statement-import                     GET    in       404      200     404       404      404      404         404
statement-import                     POST   in       404      302     404       404      404      404         404
plans                                GET    200      200      200     200       200      200      200         200
plan-new                             GET    in       403      403     403       200      403      403         403
plan-new                             POST   in       403      403     403       302      403      403         403
plan                                 GET    200      200      200     200       200      200      200         200
plan: waiting                        GET    200      200      200     200       200      200      200         200
plan-progress                        GET    302      302      302     302       302      302      302         302
plan-cancellation                    GET    in       403      403     403       200      403      403         403
plan-cancellation                    POST   in       403      403     403       302      403      403         403
plan-part                            GET    200      200      200     200       200      200      200         200
allotment                            GET    200      200      200     200       200      200      200         200
delivery-new                         GET    in       403      200     403       200      403      403         403
delivery-new                         POST   in       403      302     403       302      403      403         403
delivery                             GET    200      200      200     200       200      200      200         200
delivery: arrived                    GET    200      200      200     200       200      200      200         200
delivery-sheet                       GET    in       403      200     403       200      403      403         403
load                                 GET    in       200      200     200       200      200      200         200
load                                 POST   in       403      403     403       403      403      403         403
load: for Loarre                     GET    in       200      200     200       200      200      200         200
load: for Loarre                     POST   in       403      403     302       403      403      403         403
yardstick-new                        GET    in       403      200     403       403      403      403         403
yardstick-new                        POST   in       403      302     403       403      403      403         403
willing                              GET    in       404      200     404       200      200      200         404
willing                              POST   in       404      302     404       302      302      302         404
drawings                             GET    200      200      200     200       200      200      200         200
drawing                              GET    200      200      200     200       200      200      200         200
drawing-recipe                       GET    200      200      200     200       200      200      200         200
# supervision
reports                              GET    200      200      200     200       200      200      200         200
report                               GET    200      200      200     200       200      200      200         200
report-new                           GET    in       403      403     403       200      403      403         403
report-new                           POST   in       403      403     403       302      403      403         403
review-new                           GET    in       403      200     403       200      200      200         403
review-new                           POST   in       403      200     403       200      200      200         403
report-objection                     GET    in       403      200     403       200      200      200         403
report-objection                     POST   in       403      302     403       302      302      302         403
task-objection                       GET    in       403      200     403       200      200      200         403
task-objection                       POST   in       403      302     403       302      302      302         403
action-objection                     GET    in       403      200     403       200      200      200         403
action-objection                     POST   in       403      302     403       302      302      302         403
variance-new                         GET    in       403      403     403       200      200      403         403
variance-new                         POST   in       403      403     403       302      403      403         403
objections                           GET    200      200      200     200       200      200      200         200
objection                            GET    200      200      200     200       200      200      200         200
answers                              GET    in       302      302     302       302      302      302         302
answers                              POST   in       403      403     403       302      403      403         403
settlement                           GET    in       403      200     403       403      403      403         403
settlement                           POST   in       403      302     403       403      403      403         403
halt-new                             GET    in       403      200     403       200      200      200         403
halt-new                             POST   in       403      200     403       200      200      200         403
resumption-new                       GET    in       403      200     403       200      200      200         403
resumption-new                       POST   in       403      200     403       200      200      200         403
meetings                             GET    200      200      200     200       200      200      200         200
meeting                              GET    200      200      200     200       200      200      200         200
meeting-new                          GET    in       403      403     200       200      403      403         403
meeting-new                          POST   in       403      403     302       302      403      403         403
agenda                               GET    in       302      302     302       302      302      302         302
agenda                               POST   in       403      403     302       302      403      403         403
attendances                          GET    in       302      302     302       302      302      302         302
attendances                          POST   in       403      403     302       302      403      403         403
calling-off                          GET    in       403      403     403       200      403      403         403
calling-off                          POST   in       403      403     403       302      403      403         403
supervision                          GET    200      200      200     200       200      200      200         200
drift                                GET    200      200      200     200       200      200      200         200
drift-figure                         GET    200      200      200     200       200      200      200         200
delegate                             GET    200      200      200     200       200      200      200         200
# the record
checkpoint                           GET    200      200      200     200       200      200      200         200
record                               GET    200      200      200     200       200      200      200         200
record-consistency                   GET    200      200      200     200       200      200      200         200
record-entry                         GET    200      200      200     200       200      200      200         200
record-entry-proof                   GET    200      200      200     200       200      200      200         200
record-export                        GET    200      200      200     200       200      200      200         200
record-feed                          GET    200      200      200     200       200      200      200         200
record-keys                          GET    200      200      200     200       200      200      200         200
record-log                           GET    200      200      200     200       200      200      200         200
record-log-export                    GET    200      200      200     200       200      200      200         200
record-log-feed                      GET    200      200      200     200       200      200      200         200
record-logs                          GET    200      200      200     200       200      200      200         200
record-of                            GET    200      200      200     200       200      200      200         200
record-verifier                      GET    200      200      200     200       200      200      200         200
record-witnessed                     GET    200      200      200     200       200      200      200         200
# one's own account
account                              GET    in       200      200     200       200      200      200         200
account                              POST   in       302      302     302       302      302      302         302
kept                                 GET    200      200      200      200      200      200      200      200
own-data                             GET    in       200      200      200      200      200      200      200
own-erasure                          GET    in       200      200      200      200      200      200      200
own-erasure                          POST   in       302      409      409      409      409      409      302
tokens                               GET    in       200      200     200       200      200      200         200
tokens                               POST   in       200      200     200       200      200      200         200
token-revocation                     GET    in       404      200     404       404      404      404         404
token-revocation                     POST   in       404      302     404       404      404      404         404
account_change_password              GET    in       200      200     200       200      200      200         200
account_change_password              POST   in       302      302     302       302      302      302         302
account_confirm_email                GET    200      200      200     200       200      200      200         200
account_confirm_email                POST   404      404      404     404       404      404      404         404
account_confirm_login_code           GET    302      302      302     302       302      302      302         302
account_confirm_login_code           POST   302      302      302     302       302      302      302         302
account_email                        GET    in       200      200     200       200      200      200         200
account_email                        POST   in       302      302     302       302      302      302         302
account_email_verification_sent      GET    200      200      200     200       200      200      200         200
account_inactive                     GET    200      200      200     200       200      200      200         200
account_login                        GET    200      302      302     302       302      302      302         302
account_login                        POST   302      302      302     302       302      302      302         302
account_logout                       GET    302      200      200     200       200      200      200         200
account_logout                       POST   302      302      302     302       302      302      302         302
account_reauthenticate               GET    in       200      200     200       200      200      200         200
account_reauthenticate               POST   in       302      302     302       302      302      302         302
account_reset_password               GET    200      200      200     200       200      200      200         200
account_reset_password               POST   302      302      302     302       302      302      302         302
account_reset_password_done          GET    200      200      200     200       200      200      200         200
account_reset_password_from_key      GET    200      200      200     200       200      200      200         200
account_reset_password_from_key      POST   200      200      200     200       200      200      200         200
account_reset_password_from_key_done GET    200      200      200     200       200      200      200         200
account_set_password                 GET    in       302      302     302       302      302      302         302
account_set_password                 POST   in       302      302     302       302      302      302         302
account_signup                       GET    200      302      302     302       302      302      302         302
account_signup                       POST   302      302      302     302       302      302      302         302
# the technician
technician-health                    GET    in       404      404     404       404      404      404         200
admin:*_add                          GET    in       in       in      in        in       in       in          403
admin:*_add                          POST   in       in       in      in        in       in       in          403
admin:*_change                       GET    in       in       in      in        in       in       in          200
admin:*_change                       POST   in       in       in      in        in       in       in          403
admin:assemblies_citizen_change      POST   in       in       in      in        in       in       in          302
admin:*_changelist                   GET    in       in       in      in        in       in       in          200
admin:*_changelist                   POST   in       in       in      in        in       in       in          200
admin:*_delete                       GET    in       in       in      in        in       in       in          403
admin:*_delete                       POST   in       in       in      in        in       in       in          403
admin:*_history                      GET    in       in       in      in        in       in       in          200
admin:*_history                      POST   in       in       in      in        in       in       in          200
admin:app_list                       GET    in       in       in      in        in       in       in          200
admin:app_list                       POST   in       in       in      in        in       in       in          200
admin:autocomplete                   GET    in       in       in      in        in       in       in          403
admin:autocomplete                   POST   in       in       in      in        in       in       in          405
admin:index                          GET    in       in       in      in        in       in       in          200
admin:index                          POST   in       in       in      in        in       in       in          200
admin:jsi18n                         GET    in       in       in      in        in       in       in          200
admin:jsi18n                         POST   in       in       in      in        in       in       in          405
admin:login                          GET    in       403      403     403       403      403      403         302
admin:login                          POST   in       403      403     403       403      403      403         200
admin:logout                         GET    302      302      302     302       302      302      302         405
admin:logout                         POST   302      302      302     302       302      302      302         200
admin:password_change                GET    in       in       in      in        in       in       in          200
admin:password_change                POST   in       in       in      in        in       in       in          200
admin:password_change_done           GET    in       in       in      in        in       in       in          200
admin:password_change_done           POST   in       in       in      in        in       in       in          405
admin:view_on_site                   GET    in       in       in      in        in       in       in          302
admin:view_on_site                   POST   in       in       in      in        in       in       in          302
"""


class Row(NamedTuple):
    """One line of the table."""

    address: str
    method: str
    cells: tuple[str, ...]

    @property
    def route(self) -> str:
        return self.address.partition(": ")[0]

    def covers(self, name: str) -> bool:
        return fnmatch(name, self.route)

    def __str__(self) -> str:
        return f"{self.method}-{self.address.replace(' ', '-')}"


def read(line: str) -> Row:
    address, method, *cells = line.rsplit(None, len(ROLES) + 1)
    assert len(cells) == len(ROLES), line
    return Row(address.strip(), method, tuple(cells))


ROWS = [read(line) for line in TABLE.strip().splitlines()[1:] if not line.startswith("#")]
NAMES = [route.name for route in every_route()]
READ_ALONE = {row.address: row for row in ROWS if row.method == "GET"}
for row in ROWS:
    if row.method == "POST":
        READ_ALONE.pop(row.address, None)


def status(town: Everything, signed_in: Client, method: str, name: str) -> str:
    """What one is answered there, as the first to come."""
    client = Client()
    client.cookies.update(signed_in.cookies)
    if method == "POST":
        cache.clear()  # nothing has been sent before, and nobody has tried anything too often
    with transaction.atomic():
        if method == "POST":
            answer = client.post(town.address(name), town.body(name))
        else:
            answer = client.generic(method, town.address(name))
        transaction.set_rollback(True)
    return "in" if answer.status_code == 302 and "/login/?next" in answer.url else str(answer.status_code)


def named_by(row: Row) -> list[str]:
    """The addresses a row stands for, less those that a row of their own names."""
    if "*" not in row.address:
        return [row.address]
    own = {other.address for other in ROWS if other.method == row.method}
    return [name for name in NAMES if row.covers(name) and name not in own]


def comers(row: Row) -> Iterator[list[str]]:
    """Everyone. To the many addresses that one row stands for, the technician and each time another of the others."""
    if "*" not in row.address:
        yield ROLES
    for other in cycle(ROLES[:-1]):
        yield [other, ROLES[-1]]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everyone_is_answered_as_the_table_says(town, signed_in, row):
    expected = dict(zip(ROLES, row.cells, strict=True))
    for name, roles in zip(named_by(row), comers(row), strict=False):
        found = {role: status(town, signed_in[role], row.method, name) for role in roles}
        assert found == {role: expected[role] for role in roles}, name


@pytest.mark.parametrize("row", READ_ALONE.values(), ids=str)
def test_what_is_only_read_takes_nothing(town, signed_in, row):
    outside = "in" if row.cells[0] == "in" else "405"
    assert status(town, signed_in["stranger"], "POST", row.address) == outside
    assert status(town, signed_in["facilitator"], "POST", row.address) == "405"


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.deep, id="everybody"), len(ROLES)])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_no_other_method_is_taken_from_anybody(town, signed_in, method, every):
    """Not even by the pages of accounts and of the technician, which are not ours: there nothing is written."""
    names = {row.route: row.address for row in reversed(ROWS) if not row.address.startswith("admin:")}.values()
    for number, name in enumerate(names):
        ours = not name.startswith("account_")
        for role in ROLES[number % every :: every]:
            found = status(town, signed_in[role], method, name)
            assert found in ("405", "in") or not ours, f"{method} {name} as {role} is answered {found}"


def test_every_address_has_a_row():
    read = [row for row in ROWS if row.method == "GET"]
    missing = [name for name in NAMES if not any(row.covers(name) for row in read)]
    assert not missing, f"say in the table who may come there: {missing}"


def test_every_row_has_its_address_and_every_column_its_role():
    assert TABLE.strip().splitlines()[0].split() == ["address", "method", *ROLES]
    assert [row.address for row in ROWS if not any(row.covers(name) for name in NAMES)] == []
    assert len({(row.address, row.method) for row in ROWS}) == len(ROWS)


def test_the_technician_is_nobody_in_particular_outside_the_technicians_pages():
    """Article 19: what a superuser is answered is what anyone is answered who is signed in and a citizen of nowhere.

    Only what the newcomer has asked for already, admission, is still open to the technician, as to any person.
    """
    newcomer, technician = ROLES.index("newcomer"), ROLES.index("technician")
    differs = [
        (row.address, row.method)
        for row in ROWS
        if row.cells[technician] != row.cells[newcomer] and not row.address.startswith("admin:")
    ]
    assert differs == [
        ("application-new", "POST"),
        ("application", "GET"),
        ("application", "POST"),
        ("technician-health", "GET"),
    ]


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_the_technicians_pages_add_change_and_delete_nothing(town, rf, model):
    """But an account is put out of use there, and back (`test_pages_crafted.py`)."""
    request = rf.get("/technician/")
    request.user = town.cast.technician
    may = admin.site._registry[model].get_model_perms(request)
    assert (may["add"], may["delete"]) == (False, False)
    assert may["change"] == (model._meta.label == "assemblies.Citizen")
    assert not admin.site._registry[model].get_actions(request)
