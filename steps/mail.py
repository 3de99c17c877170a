"""Sentences about mail the site sends."""

from pytest_bdd import parsers, then

from conformance.judge import mail_checks
from conformance.run.world import World


@then(parsers.re(r'a mail reaches "(?P<recipient>[^"]+)"'))
def mail_reaches(world: World, recipient: str) -> None:
    address = world.value(recipient)
    world.judge(mail_checks.arrived(world.await_mail(address), address))


@then("the mail holds exactly one link")
def mail_holds_one_link(world: World) -> None:
    world.judge(mail_checks.one_link(world.mails))


@then(parsers.re(r'its subject travels in encoded words and reads "(?P<words>[^"]+)"'))
def subject_is_encoded(world: World, words: str) -> None:
    world.judge(mail_checks.in_encoded_words(world.mails, words))


@then(parsers.re(r'its subject travels as it is and reads "(?P<words>[^"]+)"'))
def subject_is_plain(world: World, words: str) -> None:
    world.judge(mail_checks.plain(world.mails, words))
