@since.42.11.0 @clause.R42.11.0-01
Feature: Release 42.11 changes no schema
  Measured by the vendor's schemas, or by replies recorded on this site before
  release 42.11. Without either they are recorded, and not judged.

  Rule: Replies are those of 42.10

    Scenario Outline: The reply of <operation> is as before 42.11
      When the site admin sends <operation>
      Then the reply fits the contract

      Examples:
        | operation      |
        | GetAPIVersion  |
        | GetSite        |
        | LstMeetingType |

    Scenario: The reply of GetUser is as before 42.11
      When the site admin sends GetUser with
        | webExId | {site admin.webExId} |
      Then the reply fits the contract

    Scenario Outline: The reply of <operation> for a meeting is as before 42.11
      Given the site has a meeting
      When the host sends <operation> for the meeting
      Then the reply fits the contract

      Examples:
        | operation         |
        | GetMeeting        |
        | GetSessionInfo    |
        | LstsummarySession |

    Scenario: The reply of LstRecording is as before 42.11
      Given the site has a recording of a training
      When the site admin sends LstRecording for the recording of a training
      Then the reply fits the contract
