@since.41.6.0
Feature: LstRecording reports when the recording began
  createTime used to be the moment the recording was stored in the database. Now
  it is the moment the user pressed the record button, whatever the service.
  Moments are compared: LstTimeZone tells how far the zone of the reply is from
  Greenwich on the day, today, and at another time of the year.

  @clause.R41.6.0-04
  Rule: createTime is the moment the recording began

    Scenario: A recording stored hours later shows when it began
      Given the site has a recording of a meeting stored late
      When the site admin sends LstRecording for every page with
        | recordName      | {recording of a meeting stored late.recordName}      |
        | createTimeStart | {recording of a meeting stored late.start - 13 days} |
        | createTimeEnd   | {recording of a meeting stored late.start + 13 days} |
      Then the list holds the recording of a meeting stored late
      When the site admin sends LstTimeZone with
        | date | {recording of a meeting stored late.start} |
      And the site admin sends LstTimeZone with
        | date | {recording of a meeting stored late.start + 183 days} |
      And the site admin sends LstTimeZone with
        | date | {now} |
      Then recording/createTime of LstRecording in that zone is the moment "{recording of a meeting stored late.start}"

  @clause.R41.6.0-05
  Rule: The rule holds for every service

    Scenario Outline: A recording of <kind> shows when it began
      Given the site has a recording of <kind> stored late
      When the site admin sends LstRecording for every page with
        | serviceType     | <service>                                         |
        | recordName      | {recording of <kind> stored late.recordName}      |
        | createTimeStart | {recording of <kind> stored late.start - 13 days} |
        | createTimeEnd   | {recording of <kind> stored late.start + 13 days} |
      Then the list holds the recording of <kind> stored late
      When the site admin sends LstTimeZone with
        | date | {recording of <kind> stored late.start} |
      And the site admin sends LstTimeZone with
        | date | {recording of <kind> stored late.start + 183 days} |
      And the site admin sends LstTimeZone with
        | date | {now} |
      Then recording/createTime of LstRecording in that zone is the moment "{recording of <kind> stored late.start}"

      Examples:
        | kind              | service        |
        | a meeting         | MeetingCenter  |
        | a large event     | MeetingCenter  |
        | a classic event   | EventCenter    |
        | a training        | TrainingCenter |
        | a support session | SupportCenter  |

  @clause.R41.6.0-04 @should
  Rule: A host is told the same of the own recordings

    Scenario: The host reads when a recording stored hours later began
      Given the site has a recording of a meeting stored late
      When the host sends LstRecording for every page with
        | recordName      | {recording of a meeting stored late.recordName}      |
        | createTimeStart | {recording of a meeting stored late.start - 13 days} |
        | createTimeEnd   | {recording of a meeting stored late.start + 13 days} |
      Then the list holds the recording of a meeting stored late
      When the host sends LstTimeZone with
        | date | {recording of a meeting stored late.start} |
      And the host sends LstTimeZone with
        | date | {recording of a meeting stored late.start + 183 days} |
      And the host sends LstTimeZone with
        | date | {now} |
      Then recording/createTime of LstRecording in that zone is the moment "{recording of a meeting stored late.start}"

  @clause.R41.6.0-06
  Rule: No schema changed

    Scenario: The reply of LstRecording is as before 41.6
      Given the site has a recording of a training
      When the site admin sends LstRecording for the recording of a training
      Then the reply fits the contract
