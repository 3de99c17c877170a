@since.41.10.0
Feature: Release 41.10 changes no schema

  @clause.R41.10.0-01
  Rule: The contract is that of 41.9

    Scenario: Nothing differs from 41.9
      When the contract of 41.9.0 is compared with that of 41.10.0
      Then nothing differs
