"""Trainings: scheduled, changed, shown, cancelled, listed."""

from __future__ import annotations

from collections.abc import Mapping

from mocksite.model.records import TRAINING, Session
from mocksite.operations.call import Call, Operation
from mocksite.operations.centers import forms
from mocksite.operations.centers.exams import planned


def _further(call: Call, session: Session) -> Mapping[str, object]:
    return {**forms.people(call, session, FORM), "tests": planned(call, session)}


FORM = forms.Form(
    kind=TRAINING,
    noun="TrainingSession",
    password="accessControl/sessionPassword",  # noqa: S106 - the path of an element
    guests=(
        forms.Guests("attendees/participants/participant", "attendees"),
        forms.Guests("presenters/participants/participant", "presenters", "MEMBER", "PRESENTER"),
    ),
    further=_further,
)

OPERATIONS = (
    Operation("createTrainingSession", "training", forms.create(FORM)),
    Operation("setTrainingSession", "training", forms.change(FORM)),
    Operation("getTrainingSession", "training", forms.get(FORM)),
    Operation("delTrainingSession", "training", forms.cancel(FORM)),
    Operation("lstsummaryTrainingSession", "training", forms.summary(FORM)),
    Operation(
        "lstTrainingSession",
        "training",
        forms.whole("TrainingSession", (TRAINING,), lambda call, session: forms.alone(call, FORM, session)),
    ),
)
