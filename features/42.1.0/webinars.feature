@since.42.1.0
Feature: enableEvent and enableWebniar tell webinars from meetings
  enableEvent says whether a meeting is a webinar, and enableWebniar of a webinar
  whether its attendees may do more than view. The elements and their places are
  those of 41.2 and 41.3; what was said of their values before held until now.

  Rule: LstsummarySession tells a webinar

    Scenario Outline: In the list enableEvent is true for a <kind>
      Given the site has a <kind>
      When the host sends LstsummarySession for every page with
        | sessionKey  | {<kind>.sessionKey}  |
        | hostWebExID | {<kind>.hostWebExID} |
      Then the list holds the <kind>
      And session/enableEvent is "true"

      Examples:
        | clause     | kind              |
        | R42.1.0-01 | webinar           |
        | R42.1.0-01 | view-only webinar |

    @clause.R42.1.0-02
    Scenario: In the list enableEvent is false for a meeting just made
      Given a new meeting
      When the host sends LstsummarySession for every page with
        | sessionKey  | {new meeting.sessionKey} |
        | hostWebExID | {host.webExId}           |
      Then the list holds the new meeting
      And session/enableEvent is "false"

    Scenario Outline: In the list enableWebniar is <value> for a <kind>
      Given the site has a <kind>
      When the host sends LstsummarySession for every page with
        | sessionKey  | {<kind>.sessionKey}  |
        | hostWebExID | {<kind>.hostWebExID} |
      Then the list holds the <kind>
      And session/enableWebniar is "<value>"

      Examples:
        | clause     | kind              | value |
        | R42.1.0-03 | view-only webinar | true  |
        | R42.1.0-04 | webinar           | false |

  Rule: GetSessionInfo tells a webinar

    Scenario Outline: In the details enableEvent is true for a <kind>
      Given the site has a <kind>
      When the host sends GetSessionInfo for the <kind>
      Then the call succeeds
      And accessControl/enableEvent is "true"

      Examples:
        | clause     | kind              |
        | R42.1.0-05 | webinar           |
        | R42.1.0-05 | view-only webinar |

    @clause.R42.1.0-06
    Scenario: In the details enableEvent is false for a meeting just made
      Given a new meeting
      When the host sends GetSessionInfo for the new meeting
      Then the call succeeds
      And accessControl/enableEvent is "false"

    Scenario Outline: In the details enableWebniar is <value> for a <kind>
      Given the site has a <kind>
      When the host sends GetSessionInfo for the <kind>
      Then the call succeeds
      And accessControl/enableWebniar is "<value>"

      Examples:
        | clause     | kind              | value |
        | R42.1.0-07 | view-only webinar | true  |
        | R42.1.0-08 | webinar           | false |

  @clause.R42.1.0-09 @observe
  Rule: Of a meeting enableWebniar says nothing

    Scenario: What the list says in enableWebniar of a meeting is recorded
      Given a new meeting
      When the host sends LstsummarySession for every page with
        | sessionKey  | {new meeting.sessionKey} |
        | hostWebExID | {host.webExId}           |
      Then the list holds the new meeting
      And session/enableWebniar is recorded

    Scenario: What the details say in enableWebniar of a meeting is recorded
      Given a new meeting
      When the host sends GetSessionInfo for the new meeting
      Then accessControl/enableWebniar is recorded

  @clause.R42.1.0-10
  Rule: No schema changed

    Scenario Outline: The reply of <operation> for a meeting is as before 42.1
      Given the site has a meeting
      When the host sends <operation> for the meeting
      Then the reply fits the contract

      Examples:
        | operation         |
        | GetSessionInfo    |
        | LstsummarySession |
