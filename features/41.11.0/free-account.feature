@since.41.11.0
Feature: GetUser returns freeAccount

  @clause.R41.11.0-61
  Rule: The element says whether an account is a free one

    Scenario: GetUser returns freeAccount
      Given the site has a paying user
      When the site admin sends GetUser for the paying user
      Then the call succeeds
      And the reply contains
        | element     | kind    |
        | freeAccount | boolean |

  @clause.R41.11.0-62
  Rule: The element closes the reply

    Scenario: freeAccount comes last, after largeEventCapacity and avatar
      Given the site has a paying user
      When the site admin sends GetUser for the paying user
      Then largeEventCapacity comes directly after avatar
      And freeAccount comes directly after largeEventCapacity
      And freeAccount comes last in its parent

  @clause.R41.11.0-63 @should
  Rule: The value tells free accounts from others

    Scenario Outline: freeAccount of a <kind> user is <value>
      Given the site has a <kind> user
      When the site admin sends GetUser for the <kind> user
      Then freeAccount is "<value>"

      Examples:
        | kind   | value |
        | free   | true  |
        | paying | false |
