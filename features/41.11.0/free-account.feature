@since.41.11.0
Feature: GetUser returns freeAccount

  @clause.R41.11.0-61
  Rule: The element says whether an account is a free one

    Scenario: GetUser returns freeAccount
      When the site admin sends GetUser with
        | webExId | {site admin.webExId} |
      Then the call succeeds
      And the reply contains
        | element     | kind    |
        | freeAccount | boolean |

  # A user need not have an avatar or a capacity for large events: what is there keeps the order.
  @clause.R41.11.0-62
  Rule: The element closes the reply

    Scenario: freeAccount comes last, after avatar and largeEventCapacity
      When the site admin sends GetUser with
        | webExId | {site admin.webExId} |
      Then the children of the body keep this order
        | element            |
        | userId             |
        | avatar             |
        | largeEventCapacity |
        | freeAccount        |
      And freeAccount comes last in its parent

  @clause.R41.11.0-63
  Rule: The value tells free accounts from others

    Scenario Outline: freeAccount of a <kind> user is <value>
      Given the site has a <kind> user
      When the site admin sends GetUser for the <kind> user
      Then freeAccount is "<value>"

      Examples:
        | kind   | value |
        | free   | true  |
        | paying | false |
