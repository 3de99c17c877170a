@since.42.1.0
Feature: At most 50 attendees in one call
  Tried on a meeting of the run's own, which is cancelled at its end and its
  attendees with it. They have addresses of example.com, and are not written to.

  Rule: 51 attendees in one call are refused

    Scenario Outline: <operation> refuses 51 attendees
      Given a new meeting with
        | registration | true |
      When the host sends <operation> for the new meeting with
        | attendees | 51 |
      Then the call is refused with 040015
      And the reason is "Register attendee number over limit in one API call"
      And the refusal has gsbStatus and an empty body

      Examples:
        | clause     | operation               |
        | R42.1.0-11 | CreateMeetingAttendee   |
        | R42.1.0-12 | RegisterMeetingAttendee |

  Rule: 50 attendees in one call are not refused

    Scenario Outline: <operation> does not refuse 50 attendees for their number
      Given a new meeting with
        | registration | true |
      When the host sends <operation> for the new meeting with
        | attendees | 50 |
      Then the call is not refused with 040015

      Examples:
        | clause     | operation               |
        | R42.1.0-13 | CreateMeetingAttendee   |
        | R42.1.0-14 | RegisterMeetingAttendee |

  @clause.R42.1.0-15
  Rule: No schema changed

    Scenario Outline: The reply of <operation> is as before 42.1
      Given a new meeting with
        | registration | true |
      When the host sends <operation> for the new meeting
      Then the reply fits the contract

      Examples:
        | operation               |
        | CreateMeetingAttendee   |
        | RegisterMeetingAttendee |
