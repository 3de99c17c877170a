@since.41.3.0
Feature: Meetings tell whether they are Events 2.0
  GetSessionInfo and GetMeeting return enableEvent and enableWebniar, spelt so
  on the wire. The release does not schedule or change Events 2.0.

  Background:
    Given the site has a meeting

  Rule: GetSessionInfo returns both elements in accessControl

    Scenario Outline: GetSessionInfo returns <element>
      When the host sends GetSessionInfo for the meeting
      Then the call succeeds
      And the reply contains
        | element                 | kind    |
        | accessControl/<element> | boolean |

      Examples:
        | clause     | element       |
        | R41.3.0-01 | enableEvent   |
        | R41.3.0-02 | enableWebniar |

    @clause.R41.3.0-03
    Scenario: accessControl ends with the new elements
      When the host sends GetSessionInfo for the meeting
      Then accessControl/enableEvent comes directly after isEnforceAudioLogin
      And accessControl/enableWebniar comes directly after enableEvent
      And accessControl/enablePreMeetingLobby comes directly after enableWebniar
      And accessControl/enablePreMeetingLobby comes last in its parent

    @clause.R41.3.0-04 @until.41.12.0
    Scenario: For an ordinary meeting GetSessionInfo says false twice
      When the host sends GetSessionInfo for the meeting
      Then accessControl/enableEvent is "false"
      And accessControl/enableWebniar is "false"

  Rule: GetMeeting returns both elements in enableOptions

    Scenario Outline: GetMeeting returns <element>
      When the host sends GetMeeting for the meeting
      Then the call succeeds
      And the reply contains
        | element                 | kind    |
        | enableOptions/<element> | boolean |

      Examples:
        | clause     | element       |
        | R41.3.0-05 | enableEvent   |
        | R41.3.0-06 | enableWebniar |

    @clause.R41.3.0-07
    Scenario: enableOptions ends with the new elements
      When the host sends GetMeeting for the meeting
      Then enableOptions/enableEvent comes directly after viewVideoThumbs
      And enableOptions/enableWebniar comes directly after enableEvent
      And enableOptions/enablePreMeetingLobby comes directly after enableWebniar
      And enableOptions/enablePreMeetingLobby comes last in its parent

    @clause.R41.3.0-08 @until.41.12.0
    Scenario: For an ordinary meeting GetMeeting says false twice
      When the host sends GetMeeting for the meeting
      Then enableOptions/enableEvent is "false"
      And enableOptions/enableWebniar is "false"

  @clause.R41.3.0-09
  Rule: Events 2.0 cannot be scheduled

    Scenario: CreateMeeting does not make a session of Events 2.0
      Given the site has a large event session type
      When the host sends CreateMeeting for the large event session type
      And the host sends LstsummarySession
      Then no session called "{attempted meeting.confName}" has enableEvent "true"
