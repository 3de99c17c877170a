@since.41.6.0
Feature: LstRecording reports when the recording began
  createTime used to be the moment the recording was stored in the database. Now
  it is the moment the user pressed the record button, whatever the service.

  @clause.R41.6.0-04
  Rule: createTime is the moment the recording began

    Scenario: A recording stored hours later shows when it began
      Given the site has a recording of a meeting stored late
      When the site admin sends LstRecording for the recording of a meeting stored late
      Then the call succeeds
      And there is exactly one recording
      And recording/createTime is "{recording of a meeting stored late.start}"

  @clause.R41.6.0-05
  Rule: The rule holds for every service

    Scenario Outline: A recording of <kind> shows when it began
      Given the site has a recording of <kind> stored late
      When the site admin sends LstRecording for the recording of <kind> stored late with
        | serviceType | <service> |
      Then the call succeeds
      And recording/createTime is "{recording of <kind> stored late.start}"

      Examples:
        | kind            | service        |
        | a meeting       | MeetingCenter  |
        | a classic event | EventCenter    |
        | a training      | TrainingCenter |

  @clause.R41.6.0-06
  Rule: No schema changed

    Scenario: The reply of LstRecording is as before 41.6
      Given the site has a recording of a training
      When the site admin sends LstRecording for the recording of a training
      Then the reply fits the contract
