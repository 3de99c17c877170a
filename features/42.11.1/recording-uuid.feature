@since.42.11.1
Feature: LstRecording returns recordingUUID of service recordings
  Recordings are listed by their name. Which of them are service recordings, and
  which are network-based ones, no reply tells: the profile names one of each.

  Rule: A service recording has a recordingUUID

    @clause.R42.11.1-01
    Scenario: LstRecording returns recordingUUID of a service recording
      Given the site has a service recording
      When the site admin sends LstRecording for every page with
        | recordName | {service recording.recordName} |
      Then the list holds the service recording
      And the reply contains
        | element                 | kind |
        | recording/recordingUUID | text |

    @clause.R42.11.1-02
    Scenario: recordingUUID stands between confID and shareToMe
      Given the site has a service recording
      When the site admin sends LstRecording for every page with
        | recordName | {service recording.recordName} |
      Then the list holds the service recording
      And recording/recordingUUID comes directly after confID
      And recording/recordingUUID comes directly before shareToMe

    @clause.R42.11.1-03 @should
    Scenario: recordingUUID is a number of 32 hexadecimal digits
      Given the site has a service recording
      When the site admin sends LstRecording for every page with
        | recordName | {service recording.recordName} |
      Then the list holds the service recording
      And the reply contains
        | element                 | kind                  |
        | recording/recordingUUID | 32 hexadecimal digits |

  @clause.R42.11.1-04
  Rule: A network-based recording has no recordingUUID

    Scenario: LstRecording returns no recordingUUID of a network-based recording
      Given the site has a network-based recording
      When the site admin sends LstRecording for every page with
        | recordName | {network-based recording.recordName} |
      Then the list holds the network-based recording
      And the reply contains none of
        | element       |
        | recordingUUID |
