@since.41.1.0 @clause.R41.1.0-01
Feature: Release 41.1 changes no schema
  Nothing is added or taken away: the replies of every operation go on fitting
  the contract as it was, apart from what later releases announce.

  Rule: The contract is that of 40.12

    Scenario: Nothing differs from 40.12
      When the contract of 40.12.0 is compared with that of 41.1.0
      Then nothing differs

  Rule: Replies fit the contract

    Scenario Outline: The reply of <operation> fits the contract
      When the site admin sends <operation>
      Then the call succeeds
      And the reply fits the contract

      Examples:
        | operation      |
        | AuthenticateUser |
        | GetAPIVersion  |
        | GetSite        |
        | LstMeetingType |

    Scenario Outline: The reply of <operation> for a user fits the contract
      When the site admin sends <operation> with
        | webExId | {host.webExId} |
      Then the call succeeds
      And the reply fits the contract

      Examples:
        | operation |
        | GetUser   |

    Scenario Outline: The reply of <operation> for a meeting fits the contract
      Given the site has a meeting
      When the host sends <operation> for the meeting
      Then the call succeeds
      And the reply fits the contract

      Examples:
        | operation         |
        | GetMeeting        |
        | GetSessionInfo    |
        | LstsummarySession |

    Scenario Outline: The reply of <operation> for a classic event fits the contract
      Given the site has a classic event
      And classic events are enabled on the site
      When the host sends <operation> for the classic event
      Then the call succeeds
      And the reply fits the contract

      Examples:
        | operation         |
        | GetEvent          |
        | LstsummaryEvent   |
        | LstrecordedEvent  |
        | LstsummaryProgram |
        | CreateEvent       |
        | SetEvent          |
        | UploadEventImage  |

    Scenario Outline: The reply of <operation> for a recording fits the contract
      Given the site has a recording of a training
      When the site admin sends <operation> for the recording of a training
      Then the call succeeds
      And the reply fits the contract

      Examples:
        | operation                    |
        | LstRecording                 |
        | LstrecordaccessHistory       |
        | LstrecordaccessDetailHistory |

    Scenario Outline: The reply of <operation> fits the contract, <what>
      Given a new <what>
      When the <role> sends <operation> for the new <what>
      Then the call succeeds
      And the reply fits the contract

      Examples:
        | what    | role       | operation  |
        | user    | site admin | SetUser    |
        | user    | site admin | DelUser    |
        | meeting | host       | SetMeeting |
        | meeting | host       | DelMeeting |
        | event   | host       | DelEvent   |

    Scenario Outline: The reply of <operation> fits the contract, sent by the <role>
      When the <role> sends <operation>
      Then the call succeeds
      And the reply fits the contract

      Examples:
        | role       | operation     |
        | site admin | CreateUser    |
        | host       | CreateMeeting |
