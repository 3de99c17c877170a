@since.41.1.0 @clause.R41.1.0-01
Feature: Release 41.1 changes no schema
  A reply is measured by the vendor's schemas, or by the replies that an earlier
  run recorded on this site; what a release in between announces is no change.
  Without either it is recorded for the next run, and not judged.

  Rule: Replies stay as they were

    Scenario Outline: The reply of <operation> fits the contract
      When the site admin sends <operation>
      Then the reply fits the contract

      Examples:
        | operation        |
        | AuthenticateUser |
        | GetAPIVersion    |
        | GetSite          |
        | LstMeetingType   |

    Scenario: The reply of GetUser fits the contract
      When the site admin sends GetUser with
        | webExId | {site admin.webExId} |
      Then the reply fits the contract

    Scenario Outline: The reply of <operation> for a meeting fits the contract
      Given the site has a meeting
      When the host sends <operation> for the meeting
      Then the reply fits the contract

      Examples:
        | operation         |
        | GetMeeting        |
        | GetSessionInfo    |
        | LstsummarySession |

    Scenario: The reply of GetEvent for a classic event fits the contract
      Given classic events are enabled on the site
      And the site has a classic event
      When the host sends GetEvent for the classic event
      Then the reply fits the contract

    Scenario Outline: The reply of <operation> fits the contract while classic events are enabled
      Given classic events are enabled on the site
      When the host sends <operation>
      Then the reply fits the contract

      Examples:
        | operation         |
        | LstsummaryEvent   |
        | LstrecordedEvent  |
        | LstsummaryProgram |
        | CreateEvent       |

    Scenario Outline: The reply of <operation> for a new event fits the contract
      Given classic events are enabled on the site
      And a new event
      When the host sends <operation> for the new event
      Then the reply fits the contract

      Examples:
        | operation        |
        | SetEvent         |
        | UploadEventImage |
        | DelEvent         |

    Scenario Outline: The reply of <operation> for a recording fits the contract
      Given the site has a recording of a training
      When the site admin sends <operation> for the recording of a training
      Then the reply fits the contract

      Examples:
        | operation                    |
        | LstRecording                 |
        | LstrecordaccessHistory       |
        | LstrecordaccessDetailHistory |

    Scenario Outline: The reply of <operation> fits the contract, <what>
      Given a new <what>
      When the <role> sends <operation> for the new <what>
      Then the reply fits the contract

      Examples:
        | what    | role       | operation  |
        | user    | site admin | SetUser    |
        | user    | site admin | DelUser    |
        | meeting | host       | SetMeeting |
        | meeting | host       | DelMeeting |

    Scenario Outline: The reply of <operation> fits the contract, sent by the <role>
      When the <role> sends <operation>
      Then the reply fits the contract

      Examples:
        | role       | operation     |
        | site admin | CreateUser    |
        | host       | CreateMeeting |
