@since.41.11.0
Feature: The description of a classic event holds 10000 characters
  XML API and web pages now agree on the longest description. A longer one is
  refused with a new exception id.

  Background:
    Given classic events are enabled on the site

  Rule: CreateEvent takes 10000 characters and no more

    @clause.R41.11.0-56
    Scenario Outline: CreateEvent takes a description of 10000 <script>
      When the host sends CreateEvent with
        | description | {10000 <script>} |
      Then the call succeeds

      Examples:
        | script             |
        | characters         |
        | Chinese characters |

    @clause.R41.11.0-57
    Scenario: CreateEvent refuses a description of 10001 characters
      When the host sends CreateEvent with
        | description | {10001 characters} |
      Then the call is refused with 060068
      And the reason is "Illegal input description. The description can't exceed 10000 characters"
      And the refusal has the standard form

  Rule: SetEvent takes 10000 characters and no more

    @clause.R41.11.0-58
    Scenario Outline: SetEvent takes a description of 10000 <script>
      Given a new event
      When the host sends SetEvent for the new event with
        | description | {10000 <script>} |
      Then the call succeeds

      Examples:
        | script             |
        | characters         |
        | Chinese characters |

    @clause.R41.11.0-59
    Scenario: SetEvent refuses a description of 10001 characters
      Given a new event
      When the host sends SetEvent for the new event with
        | description | {10001 characters} |
      Then the call is refused with 060068
      And the reason is "Illegal input description. The description can't exceed 10000 characters"
      And the refusal has the standard form

  @clause.R41.11.0-60
  Rule: The limit is no part of the schema

    Scenario: CreateEvent and SetEvent are declared as in 41.10
      When the contract of 41.10.0 is compared with that of 41.11.0
      Then these operations do not differ
        | operation   |
        | CreateEvent |
        | SetEvent    |
