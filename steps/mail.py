"""Sentences about mail the site sends."""

from conformance.judge import mail_checks
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import given, then, when


@when('a mail that says "{words}" reaches "{recipient}"')
def mail_that_says_reaches(context: ScenarioContext, words: str, recipient: str) -> None:
    said = context.value(words)
    context.await_mail(context.value(recipient), lambda mail: mail.says(said))


@when('a mail whose subject says "{words}" reaches "{recipient}"')
def mail_whose_subject_says_reaches(context: ScenarioContext, words: str, recipient: str) -> None:
    said = context.value(words)
    context.await_mail(context.value(recipient), lambda mail: mail.subject_says(said))


@given('the mail that has reached "{recipient}" so far is known')
def mail_so_far_is_known(context: ScenarioContext, recipient: str) -> None:
    context.mail_watch.know(context.value(recipient))


@then('a further mail reaches "{recipient}"')
def further_mail_reaches(context: ScenarioContext, recipient: str) -> None:
    address = context.value(recipient)
    context.judge(mail_checks.arrived(context.mail_watch.further(address), address))


@then('a mail with a link reaches "{recipient}"')
def mail_with_link_reaches(context: ScenarioContext, recipient: str) -> None:
    address = context.value(recipient)
    context.judge(mail_checks.brings_a_link(context.look_for_link(address), address))


@when('somebody opens the link of the mail to "{recipient}"')
def link_is_opened(context: ScenarioContext, recipient: str) -> None:
    context.browse(context.value(recipient), lambda browser, link: browser.open(link))


@when('the new user follows the link of the mail and chooses the password "{chosen}"')
def new_user_activates(context: ScenarioContext, chosen: str) -> None:
    address = context.held("new user")["email"]
    context.browse(address, lambda browser, link: browser.fill(link, {"password": chosen}))


@then("a page is shown")
def page_is_shown(context: ScenarioContext) -> None:
    context.judge(mail_checks.page_shown(context.page))


@then("its subject is ASCII on the wire")
def subject_is_ascii(context: ScenarioContext) -> None:
    context.judge(mail_checks.ascii_on_the_wire(context.mails))
    context.observations += mail_checks.long_lines(context.mails)


@then('its subject travels in encoded words and reads "{words}"')
def subject_reads(context: ScenarioContext, words: str) -> None:
    context.judge(mail_checks.in_encoded_words(context.mails, words))
    context.observations += mail_checks.long_lines(context.mails)


@then("a subject of ASCII characters is not encoded")
def ascii_subject_is_plain(context: ScenarioContext) -> None:
    context.judge(mail_checks.ascii_as_it_is(context.mails))
