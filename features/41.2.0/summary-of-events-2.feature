@since.41.2.0
Feature: LstsummarySession supports large events (Events 2.0)
  The list of sessions tells of every Webex meeting whether it is one of Events
  2.0. The host asks for a session of his own, by its key: a list over all hosts
  of a site is not what the operation was made for.

  Rule: LstsummarySession says of each meeting whether it is a large event

    Scenario Outline: LstsummarySession returns <element> for a meeting
      Given the site has a meeting
      When the host sends LstsummarySession for every page with
        | sessionKey  | {meeting.sessionKey}  |
        | hostWebExID | {meeting.hostWebExID} |
      Then the list holds the meeting
      And the reply contains
        | element           | kind    |
        | session/<element> | boolean |

      Examples:
        | clause     | element       |
        | R41.2.0-09 | enableEvent   |
        | R41.2.0-10 | enableWebniar |

    Scenario Outline: LstsummarySession returns <element> for a meeting just made
      Given a new meeting
      When the host sends LstsummarySession for every page with
        | sessionKey  | {new meeting.sessionKey} |
        | hostWebExID | {host.webExId}           |
      Then the list holds the new meeting
      And the reply contains
        | element           | kind    |
        | session/<element> | boolean |

      Examples:
        | clause     | element       |
        | R41.2.0-09 | enableEvent   |
        | R41.2.0-10 | enableWebniar |

  @should
  Rule: An administrator is told the same as the host
    That administrators see the sessions of hosts is known from the reference guide.

    Scenario Outline: LstsummarySession returns <element> to the site admin
      Given the site has a meeting
      When the site admin sends LstsummarySession for every page with
        | sessionKey  | {meeting.sessionKey}  |
        | hostWebExID | {meeting.hostWebExID} |
      Then the list holds the meeting
      And the reply contains
        | element           | kind    |
        | session/<element> | boolean |

      Examples:
        | clause     | element       |
        | R41.2.0-09 | enableEvent   |
        | R41.2.0-10 | enableWebniar |

    @clause.R41.2.0-11
    Scenario: enableEvent and enableWebniar follow isScheduledPMR for the site admin
      Given the site has a meeting
      When the site admin sends LstsummarySession for every page with
        | sessionKey  | {meeting.sessionKey}  |
        | hostWebExID | {meeting.hostWebExID} |
        | recurrence  | true                  |
      Then the list holds the meeting
      And session/enableEvent comes directly after isScheduledPMR
      And session/enableWebniar comes directly after enableEvent

    @clause.R41.2.0-12 @until.41.12.0
    Scenario: Both elements are true for a large event, as the site admin reads them
      Given the site has a large event
      When the site admin sends LstsummarySession for every page with
        | sessionKey  | {large event.sessionKey}  |
        | hostWebExID | {large event.hostWebExID} |
      Then the list holds the large event
      And session/enableEvent is "true"
      And session/enableWebniar is "true"

  @clause.R41.2.0-11
  Rule: The elements follow isScheduledPMR

    Scenario: enableEvent and enableWebniar stand where the example shows them
      Given the site has a meeting
      When the host sends LstsummarySession for every page with
        | sessionKey  | {meeting.sessionKey}  |
        | hostWebExID | {meeting.hostWebExID} |
        | recurrence  | true                  |
      Then the list holds the meeting
      And session/enableEvent comes directly after isScheduledPMR
      And session/enableWebniar comes directly after enableEvent

  @clause.R41.2.0-12 @until.41.12.0
  Rule: enableEvent and enableWebniar are true for a large event

    Scenario: enableEvent is true for a large event
      Given the site has a large event
      When the host sends LstsummarySession for every page with
        | sessionKey  | {large event.sessionKey}  |
        | hostWebExID | {large event.hostWebExID} |
      Then the list holds the large event
      And session/enableEvent is "true"

    @should
    Scenario: enableWebniar is true for a large event, as in the example
      Given the site has a large event
      When the host sends LstsummarySession for every page with
        | sessionKey  | {large event.sessionKey}  |
        | hostWebExID | {large event.hostWebExID} |
      Then the list holds the large event
      And session/enableWebniar is "true"

    @should
    Scenario: Both are true for a webcast
      Given the site has a webcast
      When the host sends LstsummarySession for every page with
        | sessionKey  | {webcast.sessionKey}  |
        | hostWebExID | {webcast.hostWebExID} |
      Then the list holds the webcast
      And session/enableEvent is "true"
      And session/enableWebniar is "true"
