@since.41.2.0
Feature: LstsummarySession supports Events 2.0

  Rule: Each session says what it is

    Scenario Outline: LstsummarySession returns <element> for each session
      Given the site has a meeting
      When the host sends LstsummarySession
      Then the call succeeds
      And the reply contains
        | element           | kind    |
        | session/<element> | boolean |

      Examples:
        | clause     | element       |
        | R41.2.0-09 | enableEvent   |
        | R41.2.0-10 | enableWebniar |

  @clause.R41.2.0-11
  Rule: The elements follow isScheduledPMR

    Scenario: enableEvent and enableWebniar stand where the example shows them
      Given the site has a meeting
      When the host sends LstsummarySession
      Then session/enableEvent comes directly after isScheduledPMR
      And session/enableWebniar comes directly after enableEvent

  @clause.R41.2.0-12 @until.41.12.0
  Rule: A session of Events 2.0 says true twice

    Scenario: A large event has both elements true
      Given the site has a large event
      When the host sends LstsummarySession for the large event
      Then the call succeeds
      And session/enableEvent is "true"
      And session/enableWebniar is "true"
