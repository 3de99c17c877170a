@since.41.6.0
Feature: Provisioning supports large events (Webex Events 2.0)
  GetUser tells how large the events are that a user may host.

  @clause.R41.6.0-01
  Rule: GetUser returns largeEventCapacity

    Scenario: largeEventCapacity comes with a user who may host large events
      Given the site has a user with a CI_EC3K license
      When the site admin sends GetUser for the user with a CI_EC3K license
      Then the call succeeds
      And the reply contains
        | element            | kind    |
        | largeEventCapacity | count   |

    @should
    Scenario Outline: largeEventCapacity of such a user comes to the <role>
      Given the site has a user with a CI_EC3K license
      When the <role> sends GetUser for the user with a CI_EC3K license
      Then the call succeeds
      And the reply contains
        | element            | kind    |
        | largeEventCapacity | count   |

      Examples:
        | role            |
        | read-only admin |
        | user admin      |

    @observe
    Scenario: What a user is told who asks for himself, whatever his licenses, is recorded
      When the site admin sends GetUser with
        | webExId | {site admin.webExId} |
      Then largeEventCapacity is recorded

  Rule: The value follows the license

    @clause.R41.6.0-02
    Scenario: A CI_EC3K license is good for somebody
      Given the site has a user with a CI_EC3K license
      When the site admin sends GetUser for the user with a CI_EC3K license
      Then the reply contains
        | element            | kind  |
        | largeEventCapacity | count |
      And largeEventCapacity is not "0"

    @clause.R41.6.0-02 @should
    Scenario: A CI_EC3K license is good for 3000
      Given the site has a user with a CI_EC3K license
      When the site admin sends GetUser for the user with a CI_EC3K license
      Then largeEventCapacity is "3000"

    @clause.R41.6.0-02 @should
    Scenario Outline: The <role> reads 3000 of a CI_EC3K license
      Given the site has a user with a CI_EC3K license
      When the <role> sends GetUser for the user with a CI_EC3K license
      Then largeEventCapacity is "3000"

      Examples:
        | role            |
        | read-only admin |
        | user admin      |

    @clause.R41.6.0-03 @observe
    Scenario: The capacity without an events license is recorded
      Given the site has a user without an events license
      When the site admin sends GetUser for the user without an events license
      Then largeEventCapacity is recorded
