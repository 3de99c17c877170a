@since.41.3.0
Feature: Meetings tell whether they are large events (Events 2.0)
  GetSessionInfo and GetMeeting return enableEvent and enableWebniar, spelt so
  on the wire. The release does not schedule or change large events. The host of a
  session asks: a stranger gets a shorter reply.

  Rule: GetSessionInfo returns both elements in accessControl

    Scenario Outline: GetSessionInfo returns <element> for a meeting
      Given the site has a meeting
      When the host sends GetSessionInfo for the meeting
      Then the call succeeds
      And the reply contains
        | element                 | kind    |
        | accessControl/<element> | boolean |

      Examples:
        | clause     | element       |
        | R41.3.0-01 | enableEvent   |
        | R41.3.0-02 | enableWebniar |

    @clause.R41.3.0-22
    Scenario Outline: GetSessionInfo returns both elements for a <kind>
      Given the site has a <kind>
      When the host sends GetSessionInfo for the <kind>
      Then the call succeeds
      And the reply contains
        | element                     | kind    |
        | accessControl/enableEvent   | boolean |
        | accessControl/enableWebniar | boolean |

      Examples:
        | kind        |
        | large event |
        | webcast     |

    @clause.R41.3.0-22 @should @until.41.12.0
    Scenario: GetSessionInfo says of a large event what LstsummarySession says
      Given the site has a large event
      When the host sends LstsummarySession for every page with
        | sessionKey  | {large event.sessionKey}  |
        | hostWebExID | {large event.hostWebExID} |
      Then the list holds the large event
      When the host sends GetSessionInfo for the large event
      Then accessControl/enableEvent is what LstsummarySession said in session/enableEvent
      And accessControl/enableWebniar is what LstsummarySession said in session/enableWebniar

    @clause.R41.3.0-03
    Scenario: accessControl ends with the new elements
      Given the site has a meeting
      When the host sends GetSessionInfo for the meeting
      Then accessControl/enableEvent comes directly after isEnforceAudioLogin
      And accessControl/enableWebniar comes directly after enableEvent
      And accessControl/enablePreMeetingLobby comes directly after enableWebniar
      And accessControl/enablePreMeetingLobby comes last in its parent

    @clause.R41.3.0-04 @until.41.12.0
    Scenario: For an ordinary meeting GetSessionInfo says false twice
      Given the site has a meeting
      When the host sends GetSessionInfo for the meeting
      Then accessControl/enableEvent is "false"
      And accessControl/enableWebniar is "false"

  Rule: GetMeeting returns both elements in enableOptions

    Scenario Outline: GetMeeting returns <element> for a meeting
      Given the site has a meeting
      When the host sends GetMeeting for the meeting
      Then the call succeeds
      And the reply contains
        | element                 | kind    |
        | enableOptions/<element> | boolean |

      Examples:
        | clause     | element       |
        | R41.3.0-05 | enableEvent   |
        | R41.3.0-06 | enableWebniar |

    @clause.R41.3.0-23
    Scenario Outline: GetMeeting returns both elements for a <kind>
      Given the site has a <kind>
      When the host sends GetMeeting for the <kind>
      Then the call succeeds
      And the reply contains
        | element                     | kind    |
        | enableOptions/enableEvent   | boolean |
        | enableOptions/enableWebniar | boolean |

      Examples:
        | kind        |
        | large event |
        | webcast     |

    @clause.R41.3.0-23 @should @until.41.12.0
    Scenario: GetMeeting says of a large event what LstsummarySession says
      Given the site has a large event
      When the host sends LstsummarySession for every page with
        | sessionKey  | {large event.sessionKey}  |
        | hostWebExID | {large event.hostWebExID} |
      Then the list holds the large event
      When the host sends GetMeeting for the large event
      Then enableOptions/enableEvent is what LstsummarySession said in session/enableEvent
      And enableOptions/enableWebniar is what LstsummarySession said in session/enableWebniar

    @clause.R41.3.0-07
    Scenario: enableOptions ends with the new elements
      Given the site has a meeting
      When the host sends GetMeeting for the meeting
      Then enableOptions/enableEvent comes directly after viewVideoThumbs
      And enableOptions/enableWebniar comes directly after enableEvent
      And enableOptions/enablePreMeetingLobby comes directly after enableWebniar
      And enableOptions/enablePreMeetingLobby comes last in its parent

    @clause.R41.3.0-08 @until.41.12.0
    Scenario: For an ordinary meeting GetMeeting says false twice
      Given the site has a meeting
      When the host sends GetMeeting for the meeting
      Then enableOptions/enableEvent is "false"
      And enableOptions/enableWebniar is "false"

  @should
  Rule: Both elements come for a large event and a webcast, too

    Scenario Outline: In <operation> <parent> ends with the new elements for a <kind>
      Given the site has a <kind>
      When the host sends <operation> for the <kind>
      Then <parent>/enableEvent comes directly after <before>
      And <parent>/enableWebniar comes directly after enableEvent
      And <parent>/enablePreMeetingLobby comes directly after enableWebniar
      And <parent>/enablePreMeetingLobby comes last in its parent

      Examples:
        | clause     | operation      | parent        | before              | kind        |
        | R41.3.0-03 | GetSessionInfo | accessControl | isEnforceAudioLogin | large event |
        | R41.3.0-03 | GetSessionInfo | accessControl | isEnforceAudioLogin | webcast     |
        | R41.3.0-07 | GetMeeting     | enableOptions | viewVideoThumbs     | large event |
        | R41.3.0-07 | GetMeeting     | enableOptions | viewVideoThumbs     | webcast     |

  @should
  Rule: An administrator is told the same as the host

    Scenario Outline: <operation> returns <parent>/<element> to the site admin
      Given the site has a meeting
      When the site admin sends <operation> for the meeting
      Then the call succeeds
      And the session is shown in full
      And the reply contains
        | element            | kind    |
        | <parent>/<element> | boolean |

      Examples:
        | clause     | operation      | parent        | element       |
        | R41.3.0-01 | GetSessionInfo | accessControl | enableEvent   |
        | R41.3.0-02 | GetSessionInfo | accessControl | enableWebniar |
        | R41.3.0-05 | GetMeeting     | enableOptions | enableEvent   |
        | R41.3.0-06 | GetMeeting     | enableOptions | enableWebniar |

    Scenario Outline: In <operation> <parent> ends with the new elements for the site admin
      Given the site has a meeting
      When the site admin sends <operation> for the meeting
      Then the session is shown in full
      And <parent>/enableEvent comes directly after <before>
      And <parent>/enableWebniar comes directly after enableEvent
      And <parent>/enablePreMeetingLobby comes directly after enableWebniar
      And <parent>/enablePreMeetingLobby comes last in its parent

      Examples:
        | clause     | operation      | parent        | before              |
        | R41.3.0-03 | GetSessionInfo | accessControl | isEnforceAudioLogin |
        | R41.3.0-07 | GetMeeting     | enableOptions | viewVideoThumbs     |

    @until.41.12.0
    Scenario Outline: Of an ordinary meeting <operation> says false twice to the site admin
      Given the site has a meeting
      When the site admin sends <operation> for the meeting
      Then the session is shown in full
      And <parent>/enableEvent is "false"
      And <parent>/enableWebniar is "false"

      Examples:
        | clause     | operation      | parent        |
        | R41.3.0-04 | GetSessionInfo | accessControl |
        | R41.3.0-08 | GetMeeting     | enableOptions |

  @should @until.41.12.0
  Rule: A meeting that was changed is an ordinary one still

    Scenario Outline: Of a meeting that was changed <operation> says false twice
      Given a new meeting
      When the host sends SetMeeting for the new meeting with
        | duration | 45 |
      And the host sends <operation> for the new meeting
      Then <parent>/enableEvent is "false"
      And <parent>/enableWebniar is "false"

      Examples:
        | clause     | operation      | parent        |
        | R41.3.0-04 | GetSessionInfo | accessControl |
        | R41.3.0-08 | GetMeeting     | enableOptions |

  @clause.R41.3.0-24 @until.41.12.0
  Rule: LstsummarySession calls an ordinary meeting no large event

    Scenario: For a meeting just made LstsummarySession says false twice
      Given a new meeting
      When the host sends LstsummarySession for every page with
        | sessionKey  | {new meeting.sessionKey} |
        | hostWebExID | {host.webExId}           |
      Then the list holds the new meeting
      And session/enableEvent is "false"
      And session/enableWebniar is "false"

    @should
    Scenario: LstsummarySession says false twice to the site admin
      Given the site has a meeting
      When the site admin sends LstsummarySession for every page with
        | sessionKey  | {meeting.sessionKey}  |
        | hostWebExID | {meeting.hostWebExID} |
      Then the list holds the meeting
      And session/enableEvent is "false"
      And session/enableWebniar is "false"

  @clause.R41.3.0-09
  Rule: Large events are neither scheduled nor made of meetings

    Scenario: CreateMeeting does not make a large event
      Given the site has a large event session type
      When the host sends CreateMeeting for the large event session type
      And the host sends LstsummarySession for every page with
        | confName       | {attempted meeting.confName} |
        | hostWebExID    | {host.webExId}               |
        | startDateStart | {now}                        |
        | startDateEnd   | {now + 7 days}               |
      Then the list can be read
      And no session called "{attempted meeting.confName}" has enableEvent "true"

    Scenario: SetMeeting does not turn a meeting into a large event
      Given the site has a large event session type
      And a new meeting
      When the host sends SetMeeting for the new meeting with
        | meetingType | {large event session type.meetingType} |
      And the host sends GetMeeting for the new meeting
      Then the call succeeds
      And no enableOptions/enableEvent is "true"
