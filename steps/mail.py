"""Sentences about mail the site sends."""

from pytest_bdd import parsers, then

from conformance.judge import mail_checks
from conformance.scenarios.scenario_context import ScenarioContext


@then(parsers.re(r'a mail reaches "(?P<recipient>[^"]+)"'))
def mail_reaches(context: ScenarioContext, recipient: str) -> None:
    address = context.value(recipient)
    context.judge(mail_checks.arrived(context.await_mail(address), address))


@then("the mail holds exactly one link")
def mail_holds_one_link(context: ScenarioContext) -> None:
    context.judge(mail_checks.one_link(context.mails))


@then(parsers.re(r'its subject travels in encoded words and reads "(?P<words>[^"]+)"'))
def subject_is_encoded(context: ScenarioContext, words: str) -> None:
    context.judge(mail_checks.in_encoded_words(context.mails, words))


@then(parsers.re(r'its subject travels as it is and reads "(?P<words>[^"]+)"'))
def subject_is_plain(context: ScenarioContext, words: str) -> None:
    context.judge(mail_checks.plain(context.mails, words))
