@since.41.4.0
Feature: Large events are shown in detail and cannot be scheduled
  GetSessionInfo returns the passwords of a large event or webcast. The XML API
  does not create or change them: CreateMeeting and SetMeeting are refused with
  a new exception id.

  Rule: GetSessionInfo returns the passwords

    Scenario Outline: GetSessionInfo of a <kind> returns its passwords
      Given the site has a <kind>
      When the host sends GetSessionInfo for the <kind>
      Then the call succeeds
      And the reply contains
        | element                       | kind    |
        | accessControl/sessionPassword | text    |
        | accessControl/audioPassword   | integer |
      And the reply contains a password and a numeric password of the panelists

      Examples:
        | clause     | kind        |
        | R41.4.0-07 | large event |
        | R41.4.0-08 | webcast     |

    @clause.R41.4.0-09
    Scenario: The reply of GetSessionInfo is as before 41.4
      Given the site has a large event
      When the host sends GetSessionInfo for the large event
      Then the reply fits the contract

  Rule: CreateMeeting and SetMeeting are refused

    @clause.R41.4.0-10
    Scenario: CreateMeeting with the session type of a large event is refused
      Given the site has a large event session type
      When the host sends CreateMeeting for the large event session type
      Then the call is refused with 110064
      And the refusal has the standard form

    Scenario Outline: SetMeeting of a <kind> is refused
      Given the site has a <kind>
      When the host sends SetMeeting for the <kind> with
        | agenda | {name} |
      Then the call is refused with 110064
      And the refusal has the standard form

      Examples:
        | clause     | kind        |
        | R41.4.0-11 | large event |
        | R41.4.0-12 | webcast     |

    @clause.R41.4.0-10
    Scenario: CreateMeeting of an ordinary meeting is not refused
      When the host sends CreateMeeting
      Then the call succeeds
