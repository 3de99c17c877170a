@since.41.5.0
Feature: Mail subjects are encoded as RFC 2047 asks
  The subject of a mail the site sends is pure ASCII on the wire. Anything else
  travels in encoded words; what is ASCII already travels as it is. What a
  subject says is up to the templates of the site, and no business of this item.

  @clause.R41.5.0-16 @mail
  Rule: Other than ASCII travels in encoded words

    Scenario: The invitation to a meeting with a Chinese name
      When the host sends CreateMeeting with
        | confName         | {name} 测试会议      |
        | attendeeName     | Guest                |
        | attendeeEmail    | {fresh mail address} |
        | emailInvitations | true                 |
      Then the call succeeds
      When a mail that says "{new meeting.confName}" reaches "{new meeting.attendeeEmail}"
      Then its subject is ASCII on the wire

    Scenario: The invitation to a classic event with a Chinese name
      Given classic events are enabled on the site
      When the host sends CreateEvent with
        | sessionName      | {name} 线上活动      |
        | attendeeName     | Guest                |
        | attendeeEmail    | {fresh mail address} |
        | emailInvitations | true                 |
      Then the call succeeds
      When a mail that says "{new event.sessionName}" reaches "{new event.attendeeEmail}"
      Then its subject is ASCII on the wire

    Scenario: The welcome to a user with a Chinese name
      Given Control Hub management is disabled on the site
      When the site admin sends CreateUser with
        | firstName   | 测试                 |
        | email       | {fresh mail address} |
        | sendWelcome | true                 |
      Then the call succeeds
      When a mail that says "{new user.firstName}" reaches "{new user.email}"
      Then its subject is ASCII on the wire

    Scenario: The subject reads as before when it is decoded
      Given names in mail subjects are enabled on the site
      When the host sends CreateMeeting with
        | confName         | {name} 测试会议      |
        | attendeeName     | Guest                |
        | attendeeEmail    | {fresh mail address} |
        | emailInvitations | true                 |
      Then the call succeeds
      When a mail whose subject says "测试会议" reaches "{new meeting.attendeeEmail}"
      Then its subject travels in encoded words and reads "测试会议"

    Scenario Outline: The subject of an invitation reads as before in <script>
      Given names in mail subjects are enabled on the site
      When the host sends CreateMeeting with
        | confName         | {name} <words>       |
        | attendeeName     | Guest                |
        | attendeeEmail    | {fresh mail address} |
        | emailInvitations | true                 |
      Then the call succeeds
      When a mail whose subject says "<words>" reaches "{new meeting.attendeeEmail}"
      Then its subject travels in encoded words and reads "<words>"

      Examples:
        | script                    | words                          |
        | Cyrillic letters          | Общее собрание                 |
        | letters of Western Europe | Réunion à Zürich               |
        | pictures                  | Feier 🎉🎉                       |
        | several lines             | 关于下一季度的计划和预算的会议 以及 关于新产品的介绍和讨论 |

    Scenario: The subject of an invitation to a classic event reads as before
      Given names in mail subjects are enabled on the site
      And classic events are enabled on the site
      When the host sends CreateEvent with
        | sessionName      | {name} 线上活动 二   |
        | attendeeName     | Guest                |
        | attendeeEmail    | {fresh mail address} |
        | emailInvitations | true                 |
      Then the call succeeds
      When a mail whose subject says "线上活动 二" reaches "{new event.attendeeEmail}"
      Then its subject travels in encoded words and reads "线上活动 二"

    Scenario: The subject of a welcome reads as before
      Given Control Hub management is disabled on the site
      And names in mail subjects are enabled on the site
      When the site admin sends CreateUser with
        | firstName   | 测试 二              |
        | email       | {fresh mail address} |
        | sendWelcome | true                 |
      Then the call succeeds
      When a mail whose subject says "测试 二" reaches "{new user.email}"
      Then its subject travels in encoded words and reads "测试 二"

  @clause.R41.5.0-17 @mail
  Rule: ASCII travels as it is

    Scenario: The invitation to a meeting with an ASCII name
      When the host sends CreateMeeting with
        | confName         | {name} Plain         |
        | attendeeName     | Guest                |
        | attendeeEmail    | {fresh mail address} |
        | emailInvitations | true                 |
      Then the call succeeds
      When a mail that says "{new meeting.confName}" reaches "{new meeting.attendeeEmail}"
      Then a subject of ASCII characters is not encoded

    Scenario: The invitation to a classic event with an ASCII name
      Given classic events are enabled on the site
      When the host sends CreateEvent with
        | sessionName      | {name} Plain         |
        | attendeeName     | Guest                |
        | attendeeEmail    | {fresh mail address} |
        | emailInvitations | true                 |
      Then the call succeeds
      When a mail that says "{new event.sessionName}" reaches "{new event.attendeeEmail}"
      Then a subject of ASCII characters is not encoded

    Scenario: The welcome to a user with an ASCII name
      Given Control Hub management is disabled on the site
      When the site admin sends CreateUser with
        | email       | {fresh mail address} |
        | sendWelcome | true                 |
      Then the call succeeds
      When a mail that says "{new user.firstName}" reaches "{new user.email}"
      Then a subject of ASCII characters is not encoded

  @clause.R41.5.0-18
  Rule: No schema changed

    Scenario: The replies about a meeting are as before 41.5
      When the host sends CreateMeeting
      Then the reply fits the contract
      When the host sends GetMeeting for the new meeting
      Then the reply fits the contract
