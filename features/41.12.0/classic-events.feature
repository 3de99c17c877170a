@since.41.12.0
Feature: Classic events follow the site option EnableClassicEvent
  Where administrators have switched classic events off, the eight operations
  that need them are refused with a new exception id. Everything else goes on.
  An event of the operator's is only read. What would change one, if the site
  wrongly let it, is tried on an event that the profile calls disposable.

  Rule: While classic events are disabled, the operations that need them are refused

    @clause.R41.12.0-01
    Scenario: CreateEvent is refused while classic events are disabled
      Given classic events are disabled on the site
      When the host sends CreateEvent
      Then the call is refused with 010106
      And the reason is "The classic Event has been disabled."
      And the refusal has gsbStatus and an empty body

    Scenario Outline: <operation> is refused while classic events are disabled
      Given classic events are disabled on the site
      And the site has a <event>
      When the host sends <operation> for the <event>
      Then the call is refused with 010106
      And the reason is "The classic Event has been disabled."
      And the refusal has gsbStatus and an empty body

      Examples:
        | clause      | operation        | event                    |
        | R41.12.0-02 | SetEvent         | disposable classic event |
        | R41.12.0-03 | GetEvent         | classic event            |
        | R41.12.0-04 | GetSessionInfo   | classic event            |
        | R41.12.0-08 | UploadEventImage | disposable classic event |

    Scenario Outline: <operation> lists nothing while classic events are disabled
      Given classic events are disabled on the site
      When the host sends <operation>
      Then the call is refused with 010106
      And the reason is "The classic Event has been disabled."
      And the refusal has gsbStatus and an empty body

      Examples:
        | clause      | operation         |
        | R41.12.0-05 | LstsummaryEvent   |
        | R41.12.0-06 | LstrecordedEvent  |
        | R41.12.0-07 | LstsummaryProgram |

    @clause.R41.12.0-01
    Scenario: CreateEvent is refused to the site admin while classic events are disabled
      Given classic events are disabled on the site
      When the site admin sends CreateEvent
      Then the call is refused with 010106 unless this caller has no right to it
      When the site admin sends LstsummarySession with
        | confName    | {attempted event.sessionName} |
        | hostWebExID | {site admin.webExId}          |
      Then the list can be read
      And no session/confName is "{attempted event.sessionName}"

    # Administrators read what hosts have; whether they change it, and host themselves, no source says.
    Scenario Outline: <operation> reads nothing for the site admin while classic events are disabled
      Given classic events are disabled on the site
      And the site has a classic event
      When the site admin sends <operation> for the classic event
      Then the call is refused with 010106

      Examples:
        | clause      | operation      |
        | R41.12.0-03 | GetEvent       |
        | R41.12.0-04 | GetSessionInfo |

    Scenario Outline: <operation> is refused to the site admin while classic events are disabled
      Given classic events are disabled on the site
      And the site has a disposable classic event
      When the site admin sends <operation> for the disposable classic event
      Then the call is refused with 010106 unless this caller has no right to it

      Examples:
        | clause      | operation        |
        | R41.12.0-02 | SetEvent         |
        | R41.12.0-08 | UploadEventImage |

    Scenario Outline: <operation> lists nothing to the site admin while classic events are disabled
      Given classic events are disabled on the site
      When the site admin sends <operation>
      Then the call is refused with 010106

      Examples:
        | clause      | operation         |
        | R41.12.0-05 | LstsummaryEvent   |
        | R41.12.0-06 | LstrecordedEvent  |
        | R41.12.0-07 | LstsummaryProgram |

    @clause.R41.12.0-02 @should
    Scenario: A refused SetEvent leaves the name of the event as it was
      Given classic events are disabled on the site
      And the site has a disposable classic event
      When the host sends SetEvent for the disposable classic event with
        | sessionName | Renamed while switched off |
      And the host sends LstsummarySession with
        | sessionKey  | {disposable classic event.sessionKey} |
        | hostWebExID | {host.webExId}                        |
      Then the list can be read
      And no session/confName is "Renamed while switched off"

  @clause.R41.12.0-09
  Rule: While classic events are enabled, nothing is refused for that reason

    Scenario: CreateEvent is not refused while classic events are enabled
      Given classic events are enabled on the site
      When the host sends CreateEvent
      Then the call is not refused with 010106

    Scenario Outline: <operation> reads an event while classic events are enabled
      Given classic events are enabled on the site
      And the site has a classic event
      When the host sends <operation> for the classic event
      Then the call succeeds

      Examples:
        | operation      |
        | GetEvent       |
        | GetSessionInfo |

    Scenario Outline: <operation> lists what the host has while classic events are enabled
      Given classic events are enabled on the site
      When the host sends <operation> with
        | hostWebExID | {host.webExId} |
      Then the call succeeds or finds nothing

      Examples:
        | operation        |
        | LstsummaryEvent  |
        | LstrecordedEvent |

    Scenario: LstsummaryProgram lists what there is while classic events are enabled
      Given classic events are enabled on the site
      When the host sends LstsummaryProgram
      Then the call succeeds or finds nothing

    Scenario Outline: <operation> changes an event while classic events are enabled
      Given classic events are enabled on the site
      And a new event
      When the host sends <operation> for the new event
      Then the call succeeds

      Examples:
        | operation         |
        | SetEvent          |
        | UploadEventImage  |

    @should
    Scenario: GetEvent reads an event of the host for the site admin
      Given classic events are enabled on the site
      And the site has a classic event
      When the site admin sends GetEvent for the classic event
      Then the call succeeds

    @should
    Scenario Outline: <operation> changes an event of the host for the site admin
      Given classic events are enabled on the site
      And a new event
      When the site admin sends <operation> for the new event
      Then the call succeeds unless this caller has no right to it

      Examples:
        | operation        |
        | SetEvent         |
        | UploadEventImage |

  Rule: What does not need classic events is not touched

    @clause.R41.12.0-10 @observe
    Scenario: DelEvent while classic events are disabled is recorded
      Given classic events are enabled on the site
      And a new event
      And classic events are disabled on the site
      When the host sends DelEvent for the new event
      Then the answer is recorded

    @clause.R41.12.0-11
    Scenario: GetSessionInfo of a meeting succeeds while classic events are disabled
      Given classic events are disabled on the site
      And the site has a meeting
      When the host sends GetSessionInfo for the meeting
      Then the call succeeds

  @clause.R41.12.0-12
  Rule: No schema changed

    Scenario: The replies about a new event are as before 41.12
      Given classic events are enabled on the site
      When the host sends CreateEvent
      Then the reply fits the contract
      When the host sends SetEvent for the new event
      Then the reply fits the contract
      When the host sends GetEvent for the new event
      Then the reply fits the contract

    Scenario: The reply of UploadEventImage is as before 41.12
      Given classic events are enabled on the site
      And a new event
      When the host sends UploadEventImage for the new event
      Then the reply fits the contract

    Scenario: The reply of GetSessionInfo is as before 41.12
      Given the site has a meeting
      When the host sends GetSessionInfo for the meeting
      Then the reply fits the contract

    Scenario Outline: The reply of <operation> is as before 41.12
      Given classic events are enabled on the site
      When the host sends <operation>
      Then the reply fits the contract

      Examples:
        | operation         |
        | LstsummaryEvent   |
        | LstrecordedEvent  |
        | LstsummaryProgram |
