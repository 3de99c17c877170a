"""The twins. Every row is a site that keeps every sentence of the notes; what is said against one is a fault of ours."""

from __future__ import annotations

from typing import Any

from mocksite.model.records import Program, Recording
from mocksite.model.settings import CHOICES
from mocksite.seed.people import DISPOSABLES
from tests.twins import holdings, profiles, wire
from tests.twins.site import Twin
from tests.variations import MORE_HEADERS, VARIATIONS, as_digits, each_leaf, headers

_CLASSIC: dict[str, Any] = {"control-hub-managed": False}
_NO_EVENTS = {"classic-events": False}
#: What the suite says of a scenario that an outage broke.
_OUTAGE = r"000035|000000|503|not well"

SETTINGS = (
    Twin("hub", "a site managed in Control Hub, everything switched on, everything told", "notes 41.11"),
    Twin("classic", "a site that never moved to Control Hub", "notes 41.11", settings=_CLASSIC),
    Twin("hub-without-events", "Control Hub, classic events switched off, old ones still there", "notes 41.12", settings=_NO_EVENTS),
    Twin("classic-without-events", "classic site, classic events switched off", "notes 41.12", settings=_CLASSIC | _NO_EVENTS),
    Twin("never-had-events", "a site on which nobody ever held a classic event", "notes 41.12", settings=_NO_EVENTS,
         holds=(holdings.no_classic_events,), profile=(profiles.data_of_kind("classic-event", "toneless"),)),
    Twin("telephony-of-a-provider", "audio of a service provider by its telephony API", "notes 41.2",
         settings={"webex-telephony": False, "tsp-telephony-api": True}),
    Twin("both-telephonies", "classic site with Webex telephony and the API of a provider", "notes 41.2",
         settings=_CLASSIC | {"tsp-telephony-api": True}),
    Twin("no-start-from-phone", "starting scheduled meetings from the phone switched off", "notes 41.5",
         settings={"start-meeting-from-phone": False}),
    Twin("no-personal-rooms", "personal meeting rooms switched off, and nobody may be asked to have one", "notes l. 928-939: GetSite tells it",
         settings=_CLASSIC | {"personal-meeting-rooms": False},
         gateway=wire.refusing(lambda: wire.refusal("999999", "isEnablePMR is not supported"),
                               wire.both(wire.sends("CreateUser", "SetUser"), wire.holds(b"<isEnablePMR"))), idle=True),
    Twin("no-recording", "recording and storage not bought, no recordings", "notes 41.5",
         settings={"nbr-support": False, "nbr-storage": 0, "recording-access": False}, holds=(holdings.none(Recording),),
         profile=(profiles.data_of_kind("record"),)),
    Twin("much-storage", "250 GB of storage, hosts may not change recordings", "notes 41.5, 41.7",
         settings={"nbr-storage": 256000, "recording-changes-by-hosts": False}),
    Twin("no-large-events", "a site without Webex Events (new)", "notes 41.6.3", settings={"large-events": False},
         holds=(holdings.no_large_events,), profile=(profiles.data_of_kind("large-event", "webcast"),)),
    Twin("quiet-tones", "meetings and events without tones", "notes 41.4",
         settings={"entry-exit-tone": "NOTONE", "entry-exit-tone-ec": "NOTONE"}),
    Twin("announced-events", "beep in meetings, names announced in events", "notes 41.4",
         settings=_CLASSIC | {"entry-exit-tone": "BEEP", "entry-exit-tone-ec": "ANNOUNCENAME"}),
    Twin("meetings-only", "licensed for meetings alone", "notes 41.3: counters by service", settings=_NO_EVENTS | {"large-events": False},
         holds=(holdings.meetings_only, holdings.no_large_events),
         profile=(profiles.data_of_kind("event", "training", "webcast", "every-service"),)),
)



def _mixed(number: int, classic: bool, events: bool, webex: bool, recording: bool, large: bool, phone: bool, hosts: bool) -> Twin:
    """One row of an orthogonal array: any two switches meet in all four ways over its eight rows."""
    parts: list[tuple[Any, tuple[str, ...]]] = [(holdings.no_large_events, ("large-event", "webcast"))] if not large else []
    parts += [(holdings.none(Recording), ("record",))] if not recording else []
    return Twin(
        f"mix-{number}", "switches of a site as they happen to stand together", "orthogonal array of seven switches",
        settings={"control-hub-managed": not classic, "classic-events": events, "webex-telephony": webex, "tsp-telephony-api": not webex,
                  "nbr-support": recording, "nbr-storage": 500 if recording else 0, "recording-access": recording,
                  "large-events": large, "start-meeting-from-phone": phone, "recording-changes-by-hosts": hosts},
        holds=tuple(change for change, _ in parts), profile=tuple(profiles.data_of_kind(*words) for _, words in parts), at_least=80,
    )  # fmt: skip


MIXED = (
    _mixed(1, False, False, False, False, False, False, False),
    _mixed(2, False, False, False, True, True, True, True),
    _mixed(3, False, True, True, False, False, True, True),
    _mixed(4, False, True, True, True, True, False, False),
    _mixed(5, True, False, True, False, True, False, True),
    _mixed(6, True, False, True, True, False, True, False),
    _mixed(7, True, True, False, False, True, True, False),
    _mixed(8, True, True, False, True, False, False, True),
)

PROFILES = (
    Twin("minimal-hub", "address and one administrator, nothing else", "how an operator begins", profile=(profiles.minimal,), at_least=90),
    Twin("minimal-classic", "the same of a classic site", "how an operator begins", settings=_CLASSIC, profile=(profiles.minimal,), at_least=90),
    Twin("minimal-without-events", "the same, classic events switched off", "how an operator begins", settings=_NO_EVENTS,
         profile=(profiles.minimal,), at_least=90),
    Twin("read-only-hub", "a site nobody may write to", "how most sites are judged first", access="read-only", at_least=60),
    Twin("read-only-classic", "the same of a classic site", "how most sites are judged first", settings=_CLASSIC, access="read-only", at_least=50),
    Twin("sso-tokens", "SAML SSO: no password signs in, access tokens do", "reference guide, request authentication",
         settings={"single-sign-on": True}, profile=(profiles.by("access_token", "webex_access_token"),), at_least=60),
    Twin("sso-of-one", "the same, told by one administrator with a token", "reference guide, request authentication",
         settings={"single-sign-on": True}, profile=(profiles.minimal_with_token,), at_least=100),
    Twin("sso-with-webex-tokens", "the same with tokens of Webex Meetings' own OAuth, classic site", "reference guide, request authentication",
         settings=_CLASSIC | {"single-sign-on": True}, profile=(profiles.by("webex_access_token"),), at_least=40),
    Twin("release-in-the-profile", "the profile names the release, too", "sites.example.toml", profile=(profiles.release("41.12.0"),)),
)

ACCOUNTS = (
    Twin("tickets-in-the-profile", "the operator wrote session tickets down", "sites.example.toml", holds=(holdings.tickets,),
         profile=(profiles.with_tickets,)),
    Twin("host-and-administrator", "one account administers and hosts, another attends", "any small site",
         profile=(profiles.only("site-admin", "attendee"), profiles.without("data"))),
    Twin("administrator-named-as-host", "the profile names the administrator as host, too", "any small site",
         profile=(profiles.played_by("host", "site-admin"), profiles.without("data"))),
    Twin("administrator-named-as-host-of-anothers-events", "the same, with events of somebody whose passwords no administrator is shown", "any small site",
         profile=(profiles.played_by("host", "site-admin"), profiles.only_data("large-event-", "webcast-")), breaks="of the profile",
         replies=(wire.of("GetSessionInfo", wire.lacking("sessionPassword", "audioPassword", "panelistPassword", "panelistNumericPassword")),)),
    Twin("suspended-and-administrator-named-as-host", "the same while the site is suspended", "overviews of 42.5, 42.6", release="42.11.1",
         settings={"suspended": True}, profile=(profiles.played_by("host", "site-admin"), profiles.without("data"))),
    Twin("read-only-minimal", "one administrator, and nobody may write", "how an operator begins", access="read-only",
         profile=(profiles.minimal,), at_least=60),
    Twin("large-and-minimal", "hundreds of users, sessions and recordings, one administrator", "any company",
         size={"users": 700, "meetings": 900, "recordings": 900}, profile=(profiles.minimal,), at_least=90),
    Twin("name-in-capitals", "the name of the site is written in capitals", "names of sites know no case",
         profile=(lambda table: table.update(site_name=table["site_name"].upper()),)),
    Twin("latin-1", "everything is asked and answered in ISO-8859-1", "captures and the notes",
         profile=(lambda table: table.update(encoding="ISO-8859-1"),)),
)

#: The version of every release after XML API 10.0.0; who still says that one is not covered up.
_V11 = wire.rewritten("apiVersion", lambda text: text if text.endswith("V10.0.0") else "WebEx XML API V11.0.0")

LATER_AND_EARLIER = (
    Twin("at-41.1", "a site that stayed at 41.1", "notes 41.1", release="41.1.0", settings=_CLASSIC, at_least=0),
    Twin("at-41.4", "a site that stayed at 41.4", "notes 41.4", release="41.4.0", settings=_CLASSIC, at_least=40),
    Twin("at-41.6.3", "a site that stayed at 41.6.3", "notes 41.6", release="41.6.3", at_least=50),
    Twin("at-41.10", "a site that stayed at 41.10", "notes 41.10", release="41.10.0", at_least=50),
    Twin("at-41.11", "a site that stayed at 41.11", "notes 41.11", release="41.11.0"),
    Twin("at-41.12.3", "a patch of the last release before meetings were webinars", "notes 41.6.3: releases have patches",
         replies=(wire.of("GetAPIVersion", wire.all_of(*(wire.rewritten(name, lambda text: text.replace("41.12.0", "41.12.3"))
                                                         for name in ("apiVer", "release", "apiVersion", "trainReleaseVersion")))),), at_least=625),
    Twin("at-42.6", "a later site: new elements, its own number", "overviews of 42.x", release="42.6.0",
         replies=(wire.of("GetAPIVersion", wire.all_of(_V11, wire.saying("release", "SP26"),
                                                       wire.saying("apiVer", "42.6.0"))),
                  VARIATIONS["a site of 42.x"])),
    Twin("at-42.11.1", "the newest site whose notes are known", "overviews of 42.x", release="42.11.1"),
    Twin("minimal-at-42.11.1", "the same, told by address and one administrator", "how an operator begins", release="42.11.1",
         profile=(profiles.minimal,), at_least=90),
    Twin("suspended", "a suspended site, its profile says so", "overviews of 42.5, 42.6", release="42.11.1",
         settings={"suspended": True}),
    Twin("suspended-untold", "a suspended site, and nobody has told the suite", "overviews of 42.5, 42.6", release="42.11.1",
         settings={"suspended": True}, profile=(profiles.without("settings"),), at_least=60, breaks=r"010107|creates no users"),
    Twin("minimal-and-suspended", "a suspended site, told by address and one administrator, who hosts", "overviews of 42.5, 42.6", release="42.11.1",
         settings={"suspended": True}, profile=(profiles.minimal, profiles.saying("settings", suspended=True)), at_least=150),
    Twin("version-in-apiVer", "GetAPIVersion as in 39.7: the number stands in apiVer only", "vendor's page",
         replies=(wire.of("GetAPIVersion", wire.all_of(_V11, wire.saying("release", "SP26"),
                                                       wire.lacking("trainReleaseVersion", "trainReleaseOrder"))),)),
    Twin("version-unreadable", "GetAPIVersion as in 2016: a service pack and a train", "captures of 2016",
         replies=(wire.of("GetAPIVersion", wire.all_of(_V11, wire.saying("release", "EP1"), wire.lacking("apiVer"),
                                                       wire.saying("trainReleaseVersion", "T41L"))),),
         profile=(profiles.release("41.12.0"),)),
)

REPLIES = (
    Twin("no-avatar", "users without a picture", "two captured replies of GetUser", settings={"avatars": False}),
    Twin("digits-for-booleans", "booleans as 1 and 0 everywhere", "XML Schema", replies=(VARIATIONS["booleans as 1 and 0"],)),
    Twin("digits-for-booleans-of-one-operation", "booleans as 1 and 0 where GetSessionInfo and LstTimeZone tell them, as words elsewhere", "XML Schema",
         replies=(wire.of("GetSessionInfo LstTimeZone", each_leaf(as_digits)),)),
    Twin("longer-pins-classic", "the same of a classic site", "no source says how many", settings=_CLASSIC | {"host-pins": "of-6-digits"}),
    Twin("hybrid-from-the-start", "new users have hybrid VoIP, a site without Webex telephony", "no source says what a new user has",
         settings={"new-hybrid-voip": "on", "webex-telephony": False}),
    Twin("recordings-in-their-zone", "times of recordings in the zone of their host, whatever was asked; long windows taken", "no zone is stated",
         settings={"recording-times": "in-zone-of-host", "long-recording-windows": "taken"}),
    Twin("on-backup", "a site on its backup, with what its gateway adds", "captures of 2018",
         replies=(VARIATIONS["gsbStatus BACKUP"], VARIATIONS["respTime and caseID"], headers(lambda old: {**old, **MORE_HEADERS}))),
    Twin("other-prefixes", "other namespace prefixes", "namespaces in XML", replies=(VARIATIONS["other prefixes"],)),
    Twin("summer-names", "zones are named with the offset of summer time", "capture of September 2019",
         replies=(wire.tree(wire.all_of(*(wire.rewritten(name, lambda text: text.replace("GMT-08:00, Pacific", "GMT-07:00, Pacific")
                                                          .replace("GMT+01:00, Europe", "GMT+02:00, Europe")) for name in ("timeZone", "description")))),)),
    Twin("guide-zones", "zone names as later schemas spell them", "XSDs of 5.8 and 5.9",
         replies=(wire.tree(wire.rewritten("timeZone", lambda text: "Korea Time (Seoul, GMT+09:00)" if "Pacific" in text else text)),)),
    Twin("reset-at-the-retired-address", "connections to XML API 10.0.0 are cut", "no source forbids it",
         gateway=wire.reset_at_retired_address, breaks="Connection reset"),
    Twin("page-at-the-retired-address", "a page for people where XML API 10.0.0 was, with comments around it", "notes l. 600 do not say how it is gone",
         gateway=wire.page_at_retired_address),
)

#: What the notes leave open and the mock does one way: every other way, alone and all together.
_OTHERWISE = {name: words[-1] for name, words in CHOICES.items()}
#: Clauses of level should that speak about such a choice: a warning there is fair.
_DISPUTED = {"panelist-passwords": ("R41.4.0-07", "R41.4.0-08"), "capacity-without-license": ("R41.6.0-01",)}
_ALL_DISPUTED = tuple(clause for clauses in _DISPUTED.values() for clause in clauses)

CHOSEN = (
    *(Twin(f"{name}-{words[-1]}", "a choice the notes leave to sites", "mock: CHOICES", settings={name: words[-1]}, disputed=_DISPUTED.get(name, ()))
      for name, words in CHOICES.items()),
    Twin("all-otherwise", "every choice the notes leave to sites made the other way", "mock: CHOICES", settings=_OTHERWISE, disputed=_ALL_DISPUTED),
    Twin("all-otherwise-classic", "the same on a classic site", "mock: CHOICES", settings=_CLASSIC | _OTHERWISE, disputed=_ALL_DISPUTED),
    Twin("all-otherwise-minimal", "the same, told by one administrator", "mock: CHOICES", settings=_OTHERWISE, profile=(profiles.minimal,), at_least=90,
         disputed=_ALL_DISPUTED),
    Twin("hybrid-voip-elsewhere", "cmrHybridVoip is a supported service", "pictures of the notes are lost",
         replies=(wire.of("GetUser", wire.moved("cmrHybridVoip", "supportedServices")),)),
    Twin("lost-places-in-the-common-namespace", "what lost its place is in the namespace that the services share", "pictures of the notes are lost",
         replies=(wire.of("GetUser GetSite", wire.in_namespace_of_all("cmrHybridVoip", "webexAssistantEnabled", "enableRecordingAccess", "storageEmptyStatus", "hostPIN")),)),
    Twin("no-hybrid-voip", "what else cmrHybridVoip needs is not there", "notes l. 1009", settings={"cmr-hybrid-voip": False}),
)


def _braced(name: str) -> str:
    return f"{name} {{draft}} {{host.email}} {{"


HOLDINGS = (
    Twin("no-programs", "no program of events was ever made", "wire facts: an empty list is 000015", holds=(holdings.none(Program),)),
    Twin("others-first", "rows of other hosts before ours, more than two pages of them", "any site with two hosts",
         holds=(holdings.sessions_of_others, holdings.recordings_of_others)),
    Twin("recordings-of-one-name", "two recordings of every name", "no source says that names are unique", release="42.11.1",
         holds=(holdings.namesakes,), breaks=r"2 recordings are called"),
    Twin("braces-in-names", "recordings whose names look like phrases of a feature", "people call them what they like", release="42.11.1",
         holds=(holdings.renamed(_braced),), profile=(profiles.data_changed("-recording-name", _braced),)),
    Twin("braces-in-names-minimal", "the same, told by one administrator", "people call them what they like",
         holds=(holdings.renamed(_braced),), profile=(profiles.minimal,), at_least=300),
    Twin("viewers-without-address", "who left no address has no element for it", "XSD of 2011: participantEmail need not be there",
         replies=(wire.of("LstrecordaccessDetailHistory", wire.lacking_where_empty("participantName", "participantEmail")),), holds=(holdings.strangers_watched,)),
    Twin("viewers-nobody-knows", "nobody who viewed a recording left name or address, and there is no element for them", "XSD of 2011: neither need be there",
         holds=(holdings.nobody_known,), disputed=("R41.11.0-54",),
         replies=(wire.of("LstrecordaccessDetailHistory", wire.lacking_where_empty("participantName", "participantEmail")),)),
    Twin("recordings-without-a-name", "a recording whose name was taken away", "XSD of 2011: a name is any text",
         replies=(wire.of("LstrecordaccessHistory", wire.saying("recordName", "")),)),
    Twin("anonymous-viewers", "people without name and address in the history of a recording", "captures of histories",
         holds=(holdings.strangers_watched,)),
    Twin("in-berlin", "users, sessions and recordings in a zone with summer time", "capture of a German site",
         holds=(holdings.zones(25),)),
    Twin("in-beijing", "the same in a zone that has none", "notes l. 713-721 and captures", holds=(holdings.zones(45),)),
    Twin("downloads-only", "recordings were downloaded and never watched on the site", "sources.md, Vendor's pages, A14", holds=(holdings.downloaded_only,)),
    Twin("many-views-on-small-pages", "recordings with more views than a page has rows", "wire facts, Lists",
         settings={"rows-per-page": 5}, holds=(holdings.watched_often,)),
    Twin("watched-every-day", "recordings that somebody watched in the last hour", "any popular recording", holds=(holdings.watched_just_now,)),
    Twin("watched-while-lists-are-read", "a recording is watched for the first time during the run", "any busy site", replies=(wire.watched_meanwhile(),)),
    Twin("old-views", "recordings were watched 30 to 90 days ago", "reference guide, history service", holds=(holdings.views_aged(30),)),
    Twin("suspended-user", "users out of service among the others", "any site", holds=(
        holdings.suspended("norman.plain@example.com"), holdings.suspended("bert.plain@example.com"))),
)

GATEWAYS = (
    Twin("outage-one-in-twenty", "000035 in one read of twenty", "captures", breaks=_OUTAGE,
         gateway=wire.each(20, lambda: wire.refusal("000035", "ASService not responding"), wire.reads)),
    Twin("outage-anywhere", "000035 in one request of twenty, writes too", "captures", breaks=_OUTAGE,
         gateway=wire.each(20, lambda: wire.refusal("000035", "ASService not responding"), wire.anything)),
    Twin("gateway-without-a-body", "FAILURE 000000 without bodyContent now and then", "capture of 2018", breaks=_OUTAGE,
         gateway=wire.each(23, wire.without_body, wire.reads)),
    Twin("gateway-503", "503 of a load balancer now and then", "any load balancer", breaks=_OUTAGE, gateway=wire.each(19, wire.unavailable, wire.reads)),
    Twin("forgetful-passwords", "one good password in 15 is refused", "reference guide, authenticateuser", settings={"login-refused-every": 15}),
)

GATEWAYS_MORE = (
    Twin("rate-limited", "000045 in one request of thirty", "pages of XML API 10.0",
         gateway=wire.each(30, lambda: wire.refusal("000045", "Too many requests"), wire.anything)),
    Twin("busy", "503 with a time to wait, now and then", "any load balancer", gateway=wire.each(21, wire.busy, wire.anything)),
    Twin("tickets-lost", "one session ticket in 25 is not known any more", "tickets live as long as the site likes",
         gateway=wire.each(25, lambda: wire.refusal("030047", "Not a valid session ticket"), wire.by_ticket)),
    Twin("no-list-of-everybody", "an administrator's list without a host is refused", "reference guide, lstsummarysession",
         gateway=wire.refusing(lambda: wire.refusal("999999", "The request takes too long"),
                               wire.both(wire.sends("LstsummarySession"), wire.lacks(b"hostWebExID", b"sessionKey", b"confName")))),
    Twin("documented-elements-only", "a request with an element nobody documents is refused whole", "a public client's issue",
         gateway=wire.refusing(lambda: wire.refusal("999999", "xml unmarshal error"),
                               wire.both(wire.sends("CreateUser", "SetUser"), wire.holds(b"<userAdmin", b"<roSiteAdmin", b"<isEnablePMR"))),
         disputed=("R41.5.0-01",), breaks="xml unmarshal error"),  # isEnablePMR is known from replies alone
    Twin("addresses-in-small-letters", "addresses of attendees and viewers come back in small letters", "reference guide, createevent",
         replies=(wire.tree(wire.all_of(*(wire.rewritten(name, str.lower) for name in ("email", "participantEmail", "attendeeEmail")))),)),
    Twin("bare-replies", "what the 2011 schema requires and real sites leave out is left out", "captures of 2016",
         replies=(VARIATIONS["required elements real sites leave out"],)),
)

USERS = (
    Twin("no-room-for-users", "the host limit is reached: no user can be made", "reference guide, setuser", at_least=80,
         settings={"host-limit": 1}, breaks="exceededSiteHostLimit"),
    Twin("no-room-on-a-classic-site", "the same of a classic site", "reference guide, setuser", at_least=60,
         settings=_CLASSIC | {"host-limit": 1}, breaks="exceededSiteHostLimit"),
    Twin("disposable-users-without-a-license", "users named to be deactivated never had a meeting license", "any operator who spares licenses",
         holds=tuple(holdings.user(name, host=False, meeting_center=False) for name in ("dora.disposable@example.com", *DISPOSABLES))),
    Twin("directory-sync", "users come from a directory", "reference guide, createuser", settings={"directory-sync": True},
         at_least=80, breaks="from its directory"),
    Twin("verified-domain", "users of a verified domain are verified at once and get no mail", "Control Hub help",
         settings={"verification-by-mail-domain": True}),
    Twin("shown-deactivated-until-verified", "users who are not verified yet are shown as deactivated", "no source says how they are shown",
         replies=(wire.of("GetUser", wire.rewritten("active", lambda text: "DEACTIVATED" if text == "REQUEST_TO_ACTIVATE" else text)),)),
    Twin("addresses-as-webExIds", "classic-era users, too, are shown with their address as webExId", "the notes let them sign in by either",
         replies=(wire.of("GetUser", wire.shown_address),)),
    Twin("administrators-are-strangers", "administrators are told of a session what anybody is", "overview of 40.8",
         replies=(wire.if_asked(b"admin", "GetSessionInfo", wire.as_a_stranger),)),
    Twin("administrators-host-nothing", "an administrator schedules no session and changes none of a host", "wire facts: administrators see all; no source says they change it",
         gateway=wire.refusing(lambda: wire.refusal("000001", "Access denied, additional privileges are required"),
                               wire.both(wire.sends("CreateMeeting", "SetMeeting", "CreateEvent", "SetEvent", "UploadEventImage"), wire.by_an_administrator))),
    Twin("administrators-host-nothing-without-events", "the same, classic events switched off", "wire facts: administrators see all; no source says they change it",
         settings=_NO_EVENTS,
         gateway=wire.refusing(lambda: wire.refusal("000001", "Access denied, additional privileges are required"),
                               wire.both(wire.sends("CreateMeeting", "SetMeeting", "CreateEvent", "SetEvent", "UploadEventImage"), wire.by_an_administrator))),
    Twin("users-are-no-business-of-attendees", "attendees may ask for no user, not even for themselves", "no source says they may", access="read-only",
         gateway=wire.refusing(lambda: wire.refusal("000001", "Access denied, additional privileges are required"),
                               wire.both(wire.sends("GetUser"), lambda request: b"andre.attendee@" in request.body.partition(b"</securityContext>")[0]))),
    Twin("session-types-are-no-business-of-attendees", "attendees may not read session types, and a type has no display name", "no source says they may",
         gateway=wire.refusing(lambda: wire.refusal("000001", "Access denied, additional privileges are required"),
                               wire.both(wire.sends("LstMeetingType"), lambda request: b"andre.attendee@" in request.body)),
         replies=(wire.of("LstMeetingType", wire.saying("displayName", "")),)),
    Twin("no-activation-mails", "activation mails are switched off", "Control Hub help", settings={"activation-mails": False}),
    Twin("address-change-waits", "a new address holds once it is verified", "Control Hub help", settings={"address-change-waits": True}),
    Twin("names-of-the-api", "SetUser changes names in Control Hub, too", "the guide's pages disagree", settings={"names-owned-by-control-hub": False}),
    Twin("passwords-for-provisioning", "users are managed by password only", "notes of 9.0 SP2", settings={"tickets-for-user-management": False},
         disputed=("R41.11.0-66",)),
    Twin("ids-of-old", "classic-era users and later ones, one profile without addresses of them", "any site that moved",
         profile=(profiles.without_email("classic-era-user"),)),
)

MAILS = (
    Twin("nameless-subjects", "templates put no name into subjects", "Control Hub help", settings={"names-in-mail-subjects": False}),
    Twin("further-mails", "a welcome before the activation mail, a link for help in every mail", "notes of 9.0 SP2", settings={"further-mails": True}),
    Twin("plain-mail", "templates of the operator's: plain ASCII subject, several links", "Control Hub help", settings={"names-in-mail-subjects": False},
         mails=wire.plain_template),
    Twin("several-mails", "a welcome before the activation mail", "notes of 9.0 SP2", mails=wire.several),
    Twin("subjects-on-long-lines", "encoded words beside each other on lines of more than 76 characters", "what widespread mail libraries write",
         mails=wire.on_long_lines),
    Twin("html-mail", "mail as a web page", "any template", mails=wire.in_html),
)

MANNERS = (
    Twin("small-pages", "five rows a page, whatever was asked for", "wire facts, Lists", settings={"rows-per-page": 5}),
    Twin("unordered-histories", "rows of a history change places while its pages are read, two on a page", "no source promises an order",
         settings={"rows-per-page": 2}, replies=(wire.unless_asked(b"orderBy", "LstrecordaccessHistory", wire.moving("recordAccessHistory")),),
         breaks="told a row on two pages"),
    Twin("late-and-short-histories", "views are told after 48 hours and forgotten after 90 days", "reference guide, history service",
         settings={"history-lag": 48, "history-reach": 90}),
    Twin("watched-two-days-ago", "what was watched 45 hours ago is told in a zone 14 hours behind GMT, and counted by no list yet", "reference guide, history service",
         replies=(wire.of("LstrecordaccessDetailHistory", wire.saying("accessTime", wire.hours_ago(45 + 14))),
                  wire.of("LstrecordaccessHistory", wire.all_of(wire.lacking("recordAccessHistory"), wire.saying("total", "0"), wire.saying("returned", "0")))),
         breaks="of the profile"),
    Twin("recondID-alone", "the id of a recording is spelt as the example of the notes has it", "notes l. 454",
         settings={"record-id-spelling": "recondID"}),
    Twin("recondID-unheard", "the id of a recording is spelt as prose and schema have it, and what the example has is not looked at", "notes l. 319",
         replies=(wire.unless_asked(b"recordID", "LstrecordaccessDetailHistory", wire.all_of(wire.lacking("recordDetail"), wire.saying("total", "0"),
                                                                                             wire.saying("returned", "0"))),)),
    Twin("recordID-alone", "the id of a recording is spelt as prose and schema have it", "notes l. 319",
         settings={"record-id-spelling": "recordID"}),
    Twin("two-prefixes-everywhere", "predefined session types carry both prefixes", "notes l. 85-91",
         settings={"predefined-sub-prefix": "as-prefix"}),
    Twin("empty-second-prefix", "the second prefix of predefined session types is empty", "notes l. 85-91",
         settings={"predefined-sub-prefix": "empty"}),
    Twin("no-markup", "markup is taken out of the description of an event", "reference guide, createevent",
         settings={"markup-in-descriptions": False}),
)

TWINS = {
    twin.name: twin
    for twin in (*SETTINGS, *MIXED, *PROFILES, *ACCOUNTS, *LATER_AND_EARLIER, *REPLIES, *CHOSEN, *HOLDINGS, *GATEWAYS, *GATEWAYS_MORE, *USERS, *MAILS, *MANNERS)
}
