@since.41.11.0
Feature: The description of a classic event holds 10000 characters
  XML API and web pages now agree on the longest description. A longer one is
  refused with a new exception id. What was accepted is read back with GetEvent:
  a description cut short is not an accepted one.

  Background:
    Given classic events are enabled on the site
    And a new event with
      | description | Before  |
      | listing     | PRIVATE |

  Rule: CreateEvent takes 10000 characters and no more

    @clause.R41.11.0-56
    Scenario: CreateEvent takes a description of 10000 characters
      When the host sends CreateEvent with
        | description | {10000 characters} |
        | listing     | PRIVATE            |
      Then the call succeeds
      When the host sends GetEvent for the new event
      Then metaData/description is "{new event.description}"

    @clause.R41.11.0-56 @should
    Scenario: CreateEvent takes a description of 10000 Chinese characters
      When the host sends CreateEvent with
        | description | {10000 Chinese characters} |
        | listing     | PRIVATE                    |
      Then the call succeeds
      When the host sends GetEvent for the new event
      Then metaData/description is "{new event.description}"

    @clause.R41.11.0-56 @observe
    Scenario: What becomes of markup in a description is recorded
      When the host sends CreateEvent with
        | description | <b>Bold</b> & plain |
        | listing     | PRIVATE             |
      And the host sends GetEvent for the new event
      Then metaData/description is recorded

    @clause.R41.11.0-57
    Scenario: CreateEvent refuses a description of 10001 characters
      When the host sends CreateEvent with
        | description | {10001 characters} |
        | listing     | PRIVATE            |
      Then the call is refused with 060068
      And the reason is "Illegal input description. The description can't exceed 10000 characters"
      And the refusal has gsbStatus and an empty body

    @clause.R41.11.0-57
    Scenario: A refused CreateEvent leaves no event
      When the host sends CreateEvent with
        | description | {10001 characters} |
        | listing     | PRIVATE            |
      And the host sends LstsummarySession with
        | confName    | {attempted event.sessionName} |
        | hostWebExID | {host.webExId}                |
      Then the list can be read
      And no session/confName is "{attempted event.sessionName}"

    # That characters are counted and not bytes is inferred; so is that those of every script are.
    @clause.R41.11.0-57 @should
    Scenario: CreateEvent refuses a description of 10001 Chinese characters
      When the host sends CreateEvent with
        | description | {10001 Chinese characters} |
        | listing     | PRIVATE                    |
      Then the call is refused with 060068

  Rule: SetEvent takes 10000 characters and no more

    @clause.R41.11.0-58
    Scenario: SetEvent takes a description of 10000 characters
      When the host sends SetEvent for the new event with
        | description | {10000 characters} |
      Then the call succeeds
      When the host sends GetEvent for the new event
      Then metaData/description is "{10000 characters}"

    @clause.R41.11.0-58 @should
    Scenario: SetEvent takes a description of 10000 Chinese characters
      When the host sends SetEvent for the new event with
        | description | {10000 Chinese characters} |
      Then the call succeeds
      When the host sends GetEvent for the new event
      Then metaData/description is "{10000 Chinese characters}"

    @clause.R41.11.0-59
    Scenario: SetEvent refuses a description of 10001 characters
      When the host sends SetEvent for the new event with
        | description | {10001 characters} |
      Then the call is refused with 060068
      And the reason is "Illegal input description. The description can't exceed 10000 characters"
      And the refusal has gsbStatus and an empty body

    @clause.R41.11.0-59 @should
    Scenario: SetEvent refuses a description of 10001 Chinese characters
      When the host sends SetEvent for the new event with
        | description | {10001 Chinese characters} |
      Then the call is refused with 060068

    @clause.R41.11.0-59
    Scenario: A refused SetEvent leaves the description as it was
      When the host sends SetEvent for the new event with
        | description | {10001 characters} |
      And the host sends GetEvent for the new event
      Then the call succeeds
      And metaData/description is "Before"

    @clause.R41.11.0-58 @should
    Scenario: SetEvent without a description leaves the one there is
      When the host sends SetEvent with
        | sessionKey | {new event.sessionKey} |
        | duration   | 45                     |
      Then the call succeeds
      When the host sends GetEvent for the new event
      Then metaData/description is "Before"

  Rule: An administrator is refused the same

    @clause.R41.11.0-57
    Scenario: CreateEvent refuses the site admin a description of 10001 characters
      When the site admin sends CreateEvent with
        | description | {10001 characters} |
        | listing     | PRIVATE            |
      Then the call is refused with 060068 unless this caller has no right to it
      When the site admin sends LstsummarySession with
        | confName    | {attempted event.sessionName} |
        | hostWebExID | {site admin.webExId}          |
      Then the list can be read
      And no session/confName is "{attempted event.sessionName}"

    @clause.R41.11.0-59
    Scenario: SetEvent refuses the site admin a description of 10001 characters
      When the site admin sends SetEvent for the new event with
        | description | {10001 characters} |
      Then the call is refused with 060068 unless this caller has no right to it
      When the host sends GetEvent for the new event
      Then metaData/description is "Before"

  @clause.R41.11.0-60
  Rule: The limit is no part of the schema

    Scenario: The replies of CreateEvent and SetEvent are as before 41.11
      Given classic events are enabled on the site
      When the host sends CreateEvent
      Then the reply fits the contract
      When the host sends SetEvent for the new event
      Then the reply fits the contract
