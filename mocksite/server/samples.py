"""A request for each operation that works on a new site, for people who build clients.

``{name}`` stands for what the site holds: keys of the data of its profile, the numbers of what its host keeps, and
``{tomorrow}``. Elements are those of the XSDs of 2011 and of the release notes, as few as make sense.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from mocksite.model.queries import Term
from mocksite.model.records import SALES, TELECONFERENCE, Session, User
from mocksite.operations import OPERATIONS
from mocksite.operations.catalogue import written
from mocksite.protocol.dates import DAY, show
from mocksite.protocol.envelope import SPACE, XSI
from mocksite.seed.people import BELONGINGS, ROLES
from mocksite.server.site import Site


@dataclass(frozen=True)
class Sample:
    """The content of a request, and the account of the profile that may send it."""

    content: str
    role: str = "host"


_WHEN = "<schedule><startDate>{tomorrow}</startDate><duration>60</duration><timeZoneID>4</timeZoneID></schedule>"
_NAMED = "<metaData><confName>Sample</confName></metaData>" + _WHEN
_EVENT = "<metaData><sessionName>Sample</sessionName></metaData>" + _WHEN
_PERSON = "<person><name>Ann Lee</name><email>ann.lee@example.org</email></person>"
_PAGE = "<listControl><startFrom>1</startFrom><maximumNum>10</maximumNum></listControl>"
_GIF = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_MEETING = "<meetingKey>{meeting-key}</meetingKey>"
_SESSION = "<sessionKey>{meeting-key}</sessionKey>"
_TRAINING = "<sessionKey>{registered-training-session-key}</sessionKey>"
_OF_EVENT = "<sessionKey>{classic-event-session-key}</sessionKey>"
_RECORDING = "<recordingID>{meeting-record-id}</recordingID>"
_ONCE = "<recordingID>{disposable-recording-id}</recordingID>"
_USER = "<webExId>{paying-user-webex-id}</webExId>"
_ADMIN = "site-admin"

#: Contents that are no page of a list.
_CONTENTS: dict[str, Sample] = {
    "createMeeting": Sample("<accessControl><meetingPassword>Sample12</meetingPassword></accessControl>" + _NAMED),
    "setMeeting": Sample("<meetingkey>{meeting-key}</meetingkey>" + _NAMED),
    "getMeeting": Sample(_MEETING),
    "delMeeting": Sample("<meetingKey>{disposable-meeting-key}</meetingKey>"),
    "gethosturlMeeting": Sample(_SESSION),
    "getjoinurlMeeting": Sample(_SESSION + "<attendeeName>Ann Lee</attendeeName>"),
    "getSessionInfo": Sample(_SESSION),
    "getJoinSessionInfo": Sample(
        _SESSION + "<attendeeName>Ann Lee</attendeeName><attendeeEmail>ann.lee@example.org</attendeeEmail>"
    ),
    "delSession": Sample("<sessionKey>{disposable-training-session-key}</sessionKey>"),
    "createMeetingAttendee": Sample(_PERSON + _SESSION),
    "registerMeetingAttendee": Sample(f"<attendees>{_PERSON}{_SESSION}</attendees>"),
    "lstMeetingAttendee": Sample(_MEETING),
    "delMeetingAttendee": Sample(f"<attendeeEmail><email>ines.guest@example.org</email>{_SESSION}</attendeeEmail>"),
    "getEnrollmentInfo": Sample(_TRAINING),
    "getFeedbackInfo": Sample(_TRAINING),
    "createEvent": Sample(_EVENT),
    "setEvent": Sample(_OF_EVENT + _EVENT),
    "getEvent": Sample(_OF_EVENT),
    "delEvent": Sample("<sessionKey>{disposable-classic-event-session-key}</sessionKey>"),
    "uploadEventImage": Sample(_OF_EVENT + f"<imageType>GIF</imageType><imageData>{_GIF}</imageData>"),
    "sendInvitationEmail": Sample(_OF_EVENT + "<attendees>true</attendees>"),
    "createTrainingSession": Sample(_NAMED),
    "setTrainingSession": Sample(_TRAINING + _NAMED),
    "getTrainingSession": Sample(_TRAINING),
    "delTrainingSession": Sample("<sessionKey>{disposable-training-session-key}</sessionKey>"),
    "uploadIMStest": Sample(
        "<display><allOnePage>true</allOnePage></display><questestinterop>"
        '<assessment title="Sample"><section><item/></section></assessment></questestinterop>'
    ),
    "lstLibTests": Sample(""),
    "copyLibTests": Sample("<testID>{library-test-id}</testID><copyToType>SHARE</copyToType>"),
    "delLibTests": Sample("<testID>{library-test-id}</testID>"),
    "addScheduledTest": Sample(_TRAINING + "<testID>{library-test-id}</testID>"),
    "setScheduledTest": Sample(
        _TRAINING + "<testID>{planned-test-id}</testID><deliveryMethod><session>true</session></deliveryMethod>"
        "<timeLimit><withinMinutes>20</withinMinutes></timeLimit><attemptLimit><noLimit>true</noLimit></attemptLimit>"
    ),
    "delScheduledTest": Sample("<testID>{planned-test-id}</testID>" + _TRAINING),
    "lstScheduledTests": Sample(_TRAINING),
    "getTestInformation": Sample("<testID>{planned-test-id}</testID>"),
    "createTeleconferenceSession": Sample(_NAMED),
    "setTeleconferenceSession": Sample("<sessionKey>{teleconference-session-key}</sessionKey>" + _NAMED),
    "getTeleconferenceSession": Sample("<sessionKey>{teleconference-session-key}</sessionKey>"),
    "createSupportSession": Sample(""),
    "createSalesSession": Sample(_NAMED),
    "setSalesSession": Sample("<meetingKey>{sales-session-key}</meetingKey>" + _NAMED),
    "getSalesSession": Sample("<meetingKey>{sales-session-key}</meetingKey>"),
    "delSalesSession": Sample("<meetingKey>{sales-session-key}</meetingKey>"),
    "addProducts": Sample("<product><name>Sample</name><description>A product</description></product>"),
    "setProducts": Sample("<product><name>Sample</name><prodID>{product-id}</prodID></product>"),
    "createAccount": Sample("<account><name>Sample</name></account>"),
    "setAccount": Sample("<account><name>Sample</name><intAccountID>{account-id}</intAccountID></account>"),
    "lstAccounts": Sample("<returnOppty>true</returnOppty>"),
    "createOpportunity": Sample(
        "<opportunity><name>Sample</name><intAccountID>{account-id}</intAccountID></opportunity>"
    ),
    "setOpportunity": Sample(
        "<opportunity><name>Sample</name><intOpptyID>{opportunity-id}</intOpptyID></opportunity>"
    ),
    "lstOpportunities": Sample(""),
    "getRecordingInfo": Sample(_RECORDING),
    "setRecordingInfo": Sample(f"<recording>{_RECORDING}</recording><basic><topic>Sample</topic></basic>"),
    "delRecording": Sample(_ONCE),
    "recoverRecordingFromRecycleBin": Sample(_ONCE),
    "delRecordingFromRecycleBin": Sample("<deleteAll>true</deleteAll>"),
    "lstrecordaccessDetailHistory": Sample("<recordID>{training-record-id}</recordID>"),
    "createContacts": Sample("<contact><name>Ann Lee</name><email>ann.lee@example.org</email></contact>"),
    "lstContact": Sample(""),
    "createDistList": Sample("<distList><name>Sample</name><contactID>{contact-id}</contactID></distList>"),
    "setDistList": Sample("<distList><distListID>{distribution-list-id}</distListID><name>Sample</name></distList>"),
    "lstDistList": Sample(""),
    "setupOneClickSettings": Sample(
        "<metaData><serviceType>MeetingCenter</serviceType><sessionType>3</sessionType>"
        "<confName>Sample</confName></metaData>"
    ),
    "getOneClickSettings": Sample(""),
    "getSite": Sample(""),
    "lstTimeZone": Sample("<timeZoneID>4</timeZoneID>"),
    "getMeetingType": Sample("<meetingTypeID>{predefined-session-type-id}</meetingTypeID>"),
    "getAPIVersion": Sample("<returnTrainReleaseVersion>true</returnTrainReleaseVersion>"),
    "getSiteAdminNavUrl": Sample("<type>siteConfig</type>", _ADMIN),
    "flushWebCache": Sample("", _ADMIN),
    "getUser": Sample("<webExId>{host-webex-id}</webExId>"),
    "createUser": Sample(
        "<firstName>Sam</firstName><lastName>Sample</lastName><webExId>sam.sample@example.com</webExId>"
        "<email>sam.sample@example.com</email><password>Sample-1234</password>",
        _ADMIN,
    ),
    "setUser": Sample(_USER + "<company>Example Ltd</company>", _ADMIN),
    "delUser": Sample(_USER, _ADMIN),
    "activateUser": Sample("<webexID>{paying-user-webex-id}</webexID>", _ADMIN),
    "inactivateUser": Sample("<webexID>{paying-user-webex-id}</webexID>", _ADMIN),
    "authenticateUser": Sample(""),
    "getLoginTicket": Sample(""),
    "getloginTicket": Sample(""),
    "getloginurlUser": Sample("<webExID>{host-webex-id}</webExID>"),
    "getlogouturlUser": Sample("<webExID>{host-webex-id}</webExID>"),
    "uploadPMRImage": Sample(f"<imageFor>Photo</imageFor><imageData>{_GIF}</imageData>"),
    "getUserCard": Sample("<webExId>{room-user-webex-id}</webExId>"),
    "delSessionTemplates": Sample(
        "<sessionTemplate><name>Weekly round</name><serviceType>MeetingCenter</serviceType></sessionTemplate>"
    ),
}
_OF_ADMINISTRATORS = ("lstUser", "lstsummaryUser")


def sample(name: str) -> Sample:
    """The sample of an operation served, by its name with a small first letter; lists ask for ten rows."""
    return _CONTENTS.get(name) or Sample(_PAGE, _ADMIN if name in _OF_ADMINISTRATORS else "host")


def request(site: Site, name: str, role: str = "") -> str:
    """The whole sample request of an operation, as its account sends it to this site, or that of another role."""
    chosen = sample(name)
    content = re.sub(r"\{([a-z-]+)\}", lambda found: escape(_held(site)[found.group(1)]), chosen.content)
    service = OPERATIONS[name].service
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<serv:message xmlns:serv="{SPACE}" xmlns:xsi="{XSI}">\n'
        f" <header><securityContext>{_security(site, role or chosen.role)}</securityContext></header>\n"
        f' <body><bodyContent xsi:type="java:com.webex.service.binding.{service}.{written(name)}">{content}'
        "</bodyContent></body>\n</serv:message>\n"
    )


def curl(url: str, document: str) -> str:
    """The command that sends a request."""
    quoted = document.replace("'", "'\\''")
    return f"curl -s '{url}' -H 'Content-Type: text/xml' --data-binary '{quoted}'"


def account(site: Site, role: str) -> User | None:
    """The account that plays a role on a site, as it is now."""
    webex_id = next(one.webex_id for one in ROLES if one.name == role)
    return site.store.first(User, Term("webex_id", "=", webex_id))


def _security(site: Site, role: str) -> str:
    user = account(site, role)
    given = {"siteName": site.identity.name, "webExID": user.webex_id if user else ""}
    if user and site.store.settings.single_sign_on:
        given["webExAccessToken"] = user.webex_access_token
    else:
        given["password"] = user.password if user else ""
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in given.items())


def _held(site: Site) -> Mapping[str, str]:
    data: dict[str, str] = json.loads(site.store.noted("landmarks"))
    host = account(site, "host")
    first = {kind: site.store.first(Session, Term("kind", "=", kind)) for kind in (SALES, TELECONFERENCE)}
    return {
        **data,
        **{f"{kind}-session-key": str(one.key) if one else "0" for kind, one in first.items()},
        **{key: str(number) for key, number in BELONGINGS.items()},
        "tomorrow": show(site.now + DAY, 4),
        "host-webex-id": host.webex_id if host else "",
    }
