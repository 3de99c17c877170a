"""Settings of a site: what an administrator switches in Site Administration or Control Hub, and its manners.

The names are those of the profile and of ``PUT /_control/settings/{name}``. Manners are what conforming
sites do in one way or another, because no source says which; a profile does not name them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from mocksite.errors import UnknownSettingError

TONES = ("NOTONE", "BEEP", "ANNOUNCENAME")
ID_SPELLINGS = ("either", "recordID", "recondID")
SUB_PREFIXES = ("absent", "empty", "as-prefix")

Value = bool | int | str


@dataclass(frozen=True)
class Settings:
    """The present values. Comments name the site option of the release notes."""

    classic_events: bool = True  # EnableClassicEvent
    control_hub_managed: bool = True  # converted to a Control-Hub-managed site
    start_meeting_from_phone: bool = True  # AllowStartScheduledMtgFromPhone
    recording_access: bool = True  # EnableRecordingAccesses
    nbr_support: bool = True
    nbr_storage: int = 1000  # megabytes
    webex_telephony: bool = True
    tsp_telephony_api: bool = False
    cmr_hybrid_voip: bool = True  # whatever else cmrHybridVoip needs (line 1009)
    large_events: bool = True
    recording_changes_by_hosts: bool = True  # Allow hosts to reassign, edit, disable, and delete recordings
    personal_meeting_rooms: bool = True  # enablePersonalMeetingRoom
    entry_exit_tone: str = "ANNOUNCENAME"
    entry_exit_tone_ec: str = "BEEP"
    single_sign_on: bool = False  # SAML SSO: no password signs in
    directory_sync: bool = False  # users come from a directory: none is made here, no address is changed
    verification_by_mail_domain: bool = False  # new users are verified at once, no mail is due
    activation_mails: bool = True
    names_in_mail_subjects: bool = True  # templates of mail put the name of the session or user into the subject
    suspended: bool = False  # the site is suspended: nothing but free meetings is scheduled (42.5)
    mail_relay: str = ""  # HOST:PORT of an SMTP server, empty: mail is kept in the log only
    # Manners: how this site differs from others that keep the contract as well.
    rows_per_page: int = 0  # the most rows a page of a list holds, whatever maximumNum asks for; 0: as many as asked
    history_lag: int = 0  # hours until a view is told by the histories
    history_reach: int = 0  # days the histories look back; 0: for ever
    record_id_spelling: str = "either"  # of the id in LstrecordaccessDetailHistory
    predefined_sub_prefix: str = "absent"  # subProductCodePrefix of a predefined session type
    markup_in_descriptions: bool = True  # False: tags are taken out of the description of an event
    host_limit: int = 0  # active hosts the site is licensed for, 0: as many as are made
    login_refused_every: int = 0  # each so many passwords is refused once though it is right, 0: none
    address_change_waits: bool = False  # Control Hub keeps the old address until the new one is verified
    names_owned_by_control_hub: bool = True  # SetUser changes no name under Control Hub rules
    tickets_for_user_management: bool = True  # else 030104, as the notes of 9.0 SP2 say
    avatars: bool = True  # GetUser shows that of a user who has set one
    further_mails: bool = False  # a welcome before the activation mail, a link for help in every mail
    # What the notes leave open, one way or the other: see CHOICES.
    booleans: str = "words"
    events_2_elements: str = "every-session"
    recurrence_elements: str = "asked-for"
    license_counters: str = "in-metaData"
    assistant_element: str = "in-user"
    recording_elements: str = "in-siteCommonOptions"
    panelist_passwords: str = "called-panelist"
    capacity_without_license: str = "zero"
    administrator_roles: str = "refused"
    long_recording_windows: str = "refused"
    recording_times: str = "in-zone-asked-for"
    host_pins: str = "of-4-digits"
    new_hybrid_voip: str = "off"
    telephony_labels: str = "shown"
    unknown_conditions: str = "refused"
    retired_address: str = "not-found"
    absent_elements: str = ""  # OPERATION/PATH, by blanks, of elements this site does not have
    not_served: str = ""  # operations, by blanks, that this site does not serve
    not_served_answer: str = "failure"  # and what they are answered

    def items(self) -> dict[str, Value]:
        """Every setting by its public name."""
        return {name: getattr(self, attribute) for name, attribute in NAMES.items()}


#: What a site may do in a way of its own, and the ways; the first is what the mock does unasked.
CHOICES: dict[str, tuple[str, ...]] = {
    "booleans": ("words", "digits"),
    "events-2-elements": ("every-session", "meetings-only"),
    "recurrence-elements": ("asked-for", "always"),
    "license-counters": ("in-metaData", "in-resourceRestrictions"),
    "assistant-element": ("in-user", "in-sessionOptions"),
    "recording-elements": ("in-siteCommonOptions", "in-tools"),
    "panelist-passwords": ("called-panelist", "called-answerer"),
    "capacity-without-license": ("zero", "absent"),
    "administrator-roles": ("refused", "given"),
    "long-recording-windows": ("refused", "taken"),
    "recording-times": ("in-zone-asked-for", "in-zone-of-host"),
    "host-pins": ("of-4-digits", "of-6-digits"),
    "new-hybrid-voip": ("off", "on"),
    "telephony-labels": ("shown", "absent"),
    "unknown-conditions": ("refused", "ignored"),
    "retired-address": ("not-found", "page"),
    "not-served-answer": ("failure", "404", "410", "page"),
}

NAMES = {field.name.replace("_", "-"): field.name for field in fields(Settings)}
#: What no profile names: the way mail takes, and the manners, which come after it.
UNTOLD = tuple(NAMES)[list(NAMES).index("mail-relay") :]
_WORDS = {
    "entry-exit-tone": TONES,
    "entry-exit-tone-ec": TONES,
    "record-id-spelling": ID_SPELLINGS,
    "predefined-sub-prefix": SUB_PREFIXES,
    **CHOICES,
}


def checked(name: str, value: object) -> Value:
    """``value`` if the setting ``name`` can take it; otherwise a sentence that says what it can take."""
    if name not in NAMES:
        raise UnknownSettingError(f"there is no setting {name!r}; settings are {', '.join(NAMES)}")
    default = getattr(Settings, NAMES[name])
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        raise UnknownSettingError(f"{name} must be true or false")
    if isinstance(default, int):
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        raise UnknownSettingError(f"{name} must be a whole number, 0 or more")
    if name == "mail-relay":
        return _relay(value)
    if name == "not-served":
        return _names(value)
    if name == "absent-elements":
        return _places(value)
    if value in _WORDS[name] and isinstance(value, str):
        return value
    raise UnknownSettingError(f"{name} must be one of {', '.join(_WORDS[name])}")


def _names(value: object) -> str:
    if isinstance(value, str) and all(name.isalnum() for name in value.split()):
        return value
    raise UnknownSettingError("not-served must be names of operations with blanks between them")


def _places(value: object) -> str:
    if isinstance(value, str) and all("/" in place and place.replace("/", "").isalnum() for place in value.split()):
        return value
    raise UnknownSettingError("absent-elements must be OPERATION/PATH of elements with blanks between them")


def _relay(value: object) -> str:
    if value == "":
        return ""
    if isinstance(value, str):
        host, _, port = value.rpartition(":")
        if host and port.isdigit() and 0 < int(port) < 65536:
            return value
    raise UnknownSettingError('mail-relay must be "HOST:PORT", or "" for none')
