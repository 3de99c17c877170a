@since.41.3.0
Feature: The lobby before a meeting is visible
  GetSite, LstsummarySession, GetSessionInfo and GetMeeting return
  enablePreMeetingLobby.

  Rule: The element comes with four operations

    @clause.R41.3.0-10
    Scenario: GetSite returns it in siteCommonOptions
      When the site admin sends GetSite
      Then the call succeeds
      And the reply contains
        | element                                              | kind    |
        | siteInstance/siteCommonOptions/enablePreMeetingLobby | boolean |

    @clause.R41.3.0-11
    Scenario: LstsummarySession returns it for a meeting
      Given the site has a meeting
      When the host sends LstsummarySession for every page with
        | sessionKey  | {meeting.sessionKey}  |
        | hostWebExID | {meeting.hostWebExID} |
      Then the list holds the meeting
      And the reply contains
        | element                       | kind    |
        | session/enablePreMeetingLobby | boolean |

    @clause.R41.3.0-11
    Scenario: LstsummarySession returns it for a meeting just made
      Given a new meeting
      When the host sends LstsummarySession for every page with
        | sessionKey  | {new meeting.sessionKey} |
        | hostWebExID | {host.webExId}           |
      Then the list holds the new meeting
      And the reply contains
        | element                       | kind    |
        | session/enablePreMeetingLobby | boolean |

    @clause.R41.3.0-12
    Scenario: GetSessionInfo returns it in accessControl
      Given the site has a meeting
      When the host sends GetSessionInfo for the meeting
      Then the call succeeds
      And the reply contains
        | element                             | kind    |
        | accessControl/enablePreMeetingLobby | boolean |

    @clause.R41.3.0-13
    Scenario: GetMeeting returns it in enableOptions
      Given the site has a meeting
      When the host sends GetMeeting for the meeting
      Then the call succeeds
      And the reply contains
        | element                             | kind    |
        | enableOptions/enablePreMeetingLobby | boolean |

    @clause.R41.3.0-10
    Scenario Outline: GetSite returns it to the <role>
      When the <role> sends GetSite
      Then the call succeeds
      And the reply contains
        | element                                              | kind    |
        | siteInstance/siteCommonOptions/enablePreMeetingLobby | boolean |

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |
        | attendee        |

    @should
    Scenario Outline: <operation> returns it to the site admin
      Given the site has a meeting
      When the site admin sends <operation> for the meeting
      Then the call succeeds
      And the session is shown in full
      And the reply contains
        | element                        | kind    |
        | <parent>/enablePreMeetingLobby | boolean |

      Examples:
        | clause     | operation      | parent        |
        | R41.3.0-12 | GetSessionInfo | accessControl |
        | R41.3.0-13 | GetMeeting     | enableOptions |

    @clause.R41.3.0-11 @should
    Scenario: LstsummarySession returns it to the site admin
      Given the site has a meeting
      When the site admin sends LstsummarySession for every page with
        | sessionKey  | {meeting.sessionKey}  |
        | hostWebExID | {meeting.hostWebExID} |
      Then the list holds the meeting
      And the reply contains
        | element                       | kind    |
        | session/enablePreMeetingLobby | boolean |

    @should
    Scenario Outline: <operation> returns it for a <kind>
      Given the site has a <kind>
      When the host sends <operation> for the <kind>
      Then the call succeeds
      And the reply contains
        | element                        | kind    |
        | <parent>/enablePreMeetingLobby | boolean |

      Examples:
        | clause     | operation      | parent        | kind        |
        | R41.3.0-12 | GetSessionInfo | accessControl | large event |
        | R41.3.0-12 | GetSessionInfo | accessControl | webcast     |
        | R41.3.0-13 | GetMeeting     | enableOptions | large event |
        | R41.3.0-13 | GetMeeting     | enableOptions | webcast     |

    @clause.R41.3.0-11 @should
    Scenario Outline: LstsummarySession returns it for a <kind>
      Given the site has a <kind>
      When the host sends LstsummarySession for every page with
        | sessionKey  | {<kind>.sessionKey}  |
        | hostWebExID | {<kind>.hostWebExID} |
      Then the list holds the <kind>
      And the reply contains
        | element                       | kind    |
        | session/enablePreMeetingLobby | boolean |

      Examples:
        | kind        |
        | large event |
        | webcast     |

    @clause.R41.3.0-13 @should
    Scenario: GetMeeting says of the lobby what LstsummarySession and GetSessionInfo say
      Given the site has a meeting
      When the host sends LstsummarySession for every page with
        | sessionKey  | {meeting.sessionKey}  |
        | hostWebExID | {meeting.hostWebExID} |
      Then the list holds the meeting
      When the host sends GetSessionInfo for the meeting
      And the host sends GetMeeting for the meeting
      Then enableOptions/enablePreMeetingLobby is what GetSessionInfo said in accessControl/enablePreMeetingLobby
      And enableOptions/enablePreMeetingLobby is what LstsummarySession said in session/enablePreMeetingLobby

  Rule: The element stands where the examples show it

    @clause.R41.3.0-14
    Scenario: siteCommonOptions keeps its order
      When the site admin sends GetSite
      Then the call succeeds
      And the children of siteInstance/siteCommonOptions keep this order
        | element                         |
        | SupportCustomDialRestriction    |
        | SupportTelePresence             |
        | SupportTelePresencePlus         |
        | EnableCloudTelepresence         |
        | EnableCMRForAllUsers            |
        | enablePersonalMeetingRoom       |
        | SupportAlternateHost            |
        | SupportXMLAPIReturnScheduledPMR |
        | SupportAnyoneHostMeetings       |
        | enablePreMeetingLobby           |
      And siteInstance/siteCommonOptions/enablePreMeetingLobby comes directly after SupportAnyoneHostMeetings

    @clause.R41.3.0-15
    Scenario: session keeps its order
      Given the site has a meeting
      When the host sends LstsummarySession for every page with
        | sessionKey  | {meeting.sessionKey}  |
        | hostWebExID | {meeting.hostWebExID} |
        | recurrence  | true                  |
      Then the list holds the meeting
      And the children of session keep this order
        | element                |
        | isException            |
        | isNextUpcomingInstance |
        | seriesMeetingKey       |
        | isScheduledPMR         |
        | enableEvent            |
        | enableWebniar          |
        | enablePreMeetingLobby  |
      And session/enablePreMeetingLobby comes directly after enableWebniar

    @clause.R41.3.0-14
    Scenario Outline: siteCommonOptions keeps its order for the <role>
      When the <role> sends GetSite
      Then the call succeeds
      And the children of siteInstance/siteCommonOptions keep this order
        | element                         |
        | SupportCustomDialRestriction    |
        | SupportTelePresence             |
        | SupportTelePresencePlus         |
        | EnableCloudTelepresence         |
        | EnableCMRForAllUsers            |
        | enablePersonalMeetingRoom       |
        | SupportAlternateHost            |
        | SupportXMLAPIReturnScheduledPMR |
        | SupportAnyoneHostMeetings       |
        | enablePreMeetingLobby           |
      And siteInstance/siteCommonOptions/enablePreMeetingLobby comes directly after SupportAnyoneHostMeetings

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |
        | attendee        |

    @clause.R41.3.0-15 @should
    Scenario: session keeps its order for the site admin
      Given the site has a meeting
      When the site admin sends LstsummarySession for every page with
        | sessionKey  | {meeting.sessionKey}  |
        | hostWebExID | {meeting.hostWebExID} |
        | recurrence  | true                  |
      Then the list holds the meeting
      And the children of session keep this order
        | element                |
        | isException            |
        | isNextUpcomingInstance |
        | seriesMeetingKey       |
        | isScheduledPMR         |
        | enableEvent            |
        | enableWebniar          |
        | enablePreMeetingLobby  |
      And session/enablePreMeetingLobby comes directly after enableWebniar
