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

    Scenario Outline: GetUser returns freeAccount to the <role> who asks for himself
      When the <role> sends GetUser with
        | webExId | {<role>.webExId} |
      Then the call succeeds
      And the reply contains
        | element     | kind    |
        | freeAccount | boolean |

      Examples:
        | role             |
        | read-only admin  |
        | user admin       |
        | host             |
        | classic-era user |
        | control-hub user |

    # No source says that attendees may ask for users, be it themselves.
    Scenario: GetUser returns freeAccount to an attendee who may ask for himself
      When the attendee sends GetUser with
        | webExId | {attendee.webExId} |
      Then the call succeeds unless this caller has no right to it
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

    Scenario Outline: freeAccount comes last for the <role>
      When the <role> sends GetUser with
        | webExId | {<role>.webExId} |
      Then the children of the body keep this order
        | element            |
        | userId             |
        | avatar             |
        | largeEventCapacity |
        | freeAccount        |
      And freeAccount comes last in its parent

      Examples:
        | role             |
        | read-only admin  |
        | user admin       |
        | host             |
        | classic-era user |
        | control-hub user |

    Scenario: freeAccount comes last for an attendee who may ask for himself
      When the attendee sends GetUser with
        | webExId | {attendee.webExId} |
      Then the call succeeds unless this caller has no right to it
      And the children of the body keep this order
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

    @should
    Scenario Outline: The <role> reads <value> of a <kind> user
      Given the site has a <kind> user
      When the <role> sends GetUser for the <kind> user
      Then freeAccount is "<value>"

      Examples:
        | role            | kind   | value |
        | read-only admin | free   | true  |
        | read-only admin | paying | false |
        | user admin      | free   | true  |
        | user admin      | paying | false |
