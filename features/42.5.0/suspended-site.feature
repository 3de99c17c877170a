@since.42.5.0
Feature: A suspended site schedules free meetings only
  While a site is suspended its hosts may neither schedule nor edit what is not
  free: other meetings, classic events, trainings, support sessions. What would
  change a session, if the site wrongly let it, is tried on one that the profile
  calls disposable.

  Rule: While the site is suspended, nothing is scheduled but free meetings

    @clause.R42.5.0-01
    Scenario: CreateMeeting of a type that is not free is refused while the site is suspended
      Given suspension is enabled on the site
      And the site has a meeting type that is not free
      When the host sends CreateMeeting for the meeting type that is not free
      Then the call is refused with 010107
      And the reason is "The site is suspended"
      And the refusal has gsbStatus and an empty body

    @clause.R42.5.0-03
    Scenario: CreateEvent is refused while the site is suspended
      Given suspension is enabled on the site
      And classic events are enabled on the site
      When the host sends CreateEvent
      Then the call is refused with 010107
      And the reason is "The site is suspended"
      And the refusal has gsbStatus and an empty body

    Scenario Outline: <operation> is refused while the site is suspended
      Given suspension is enabled on the site
      When the host sends <operation>
      Then the call is refused with 010107
      And the reason is "The site is suspended"
      And the refusal has gsbStatus and an empty body

      Examples:
        | clause      | operation             |
        | R42.5.0-05  | CreateTrainingSession |
        | R42.5.0-07  | CreateSupportSession  |

    @clause.R42.5.0-08
    Scenario: CreateMeeting of the free type is not refused for the suspension
      Given suspension is enabled on the site
      And the site has a free meeting type
      When the host sends CreateMeeting for the free meeting type
      Then the call is not refused with 010107

  Rule: While the site is suspended, nothing is edited but free meetings

    @clause.R42.5.0-04
    Scenario: SetEvent is refused while the site is suspended
      Given suspension is enabled on the site
      And classic events are enabled on the site
      And the site has a disposable classic event
      When the host sends SetEvent for the disposable classic event
      Then the call is refused with 010107
      And the reason is "The site is suspended"
      And the refusal has gsbStatus and an empty body

    Scenario Outline: <operation> of a <session> is refused while the site is suspended
      Given suspension is enabled on the site
      And the site has a disposable <session>
      When the host sends GetSessionInfo for the disposable <session>
      And the host sends <operation> for the disposable <session> with
        | confName | {GetSessionInfo.metaData/confName} |
      Then the call is refused with 010107
      And the reason is "The site is suspended"
      And the refusal has gsbStatus and an empty body

      Examples:
        | clause     | operation          | session  |
        | R42.5.0-02 | SetMeeting         | meeting  |
        | R42.5.0-06 | SetTrainingSession | training |

  @clause.R42.5.0-09
  Rule: While the site is not suspended, nothing is refused for that reason

    Scenario Outline: <operation> is not refused while the site is not suspended
      Given suspension is disabled on the site
      When the host sends <operation>
      Then the call is not refused with 010107

      Examples:
        | operation             |
        | CreateMeeting         |
        | CreateTrainingSession |

    Scenario Outline: <operation> of a new <session> is not refused while the site is not suspended
      Given suspension is disabled on the site
      And a new <session>
      When the host sends <operation> for the new <session>
      Then the call is not refused with 010107

      Examples:
        | operation          | session  |
        | SetMeeting         | meeting  |
        | SetTrainingSession | training |

    Scenario: CreateEvent is not refused while the site is not suspended
      Given suspension is disabled on the site
      And classic events are enabled on the site
      When the host sends CreateEvent
      Then the call is not refused with 010107

    Scenario: SetEvent is not refused while the site is not suspended
      Given suspension is disabled on the site
      And classic events are enabled on the site
      And a new event
      When the host sends SetEvent for the new event
      Then the call is not refused with 010107

  @clause.R42.5.0-10
  Rule: No schema changed

    Scenario: The replies about a new meeting are as before 42.5
      Given suspension is disabled on the site
      When the host sends CreateMeeting
      Then the reply fits the contract
      When the host sends SetMeeting for the new meeting
      Then the reply fits the contract

    Scenario: The replies about a new training are as before 42.5
      Given suspension is disabled on the site
      When the host sends CreateTrainingSession
      Then the reply fits the contract
      When the host sends SetTrainingSession for the new training
      Then the reply fits the contract

    Scenario: The replies about a new classic event are as before 42.5
      Given suspension is disabled on the site
      And classic events are enabled on the site
      When the host sends CreateEvent
      Then the reply fits the contract
      When the host sends SetEvent for the new event
      Then the reply fits the contract
