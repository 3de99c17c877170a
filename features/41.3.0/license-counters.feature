@since.41.3.0
Feature: License counters are for administrators only
  GetSite used to tell everybody how many licenses are in use. Now only
  administrators of any kind are told. The notes show the counters without their
  parent: they are looked for everywhere.

  Rule: Administrators get the counters

    Scenario Outline: GetSite tells the <role> how many users are active
      When the <role> sends GetSite
      Then the call succeeds
      And the reply contains
        | element         | kind    |
        | activeUserCount | count   |

      Examples:
        | clause     | role            |
        | R41.3.0-16 | site admin      |
        | R41.3.0-17 | read-only admin |
        | R41.3.0-18 | user admin      |

    Scenario Outline: GetSite tells the <role> all eight counters
      Given the site has a license for every service
      When the <role> sends GetSite
      Then the call succeeds
      And the reply contains
        | element            | kind    |
        | activeUserCount    | count   |
        | EEActiveUserCount  | count   |
        | activeCETHost      | count   |
        | auoActiveUserCount | count   |
        | MCActiveUserCount  | count   |
        | ECActiveUserCount  | count   |
        | TCActiveUserCount  | count   |
        | SCActiveUserCount  | count   |

      Examples:
        | clause     | role            |
        | R41.3.0-16 | site admin      |
        | R41.3.0-17 | read-only admin |
        | R41.3.0-18 | user admin      |

    # Whoever asks is an active user.
    @should
    Scenario Outline: The <role> is told of one active user at least
      When the <role> sends GetSite
      Then activeUserCount is not "0"

      Examples:
        | clause     | role            |
        | R41.3.0-16 | site admin      |
        | R41.3.0-17 | read-only admin |
        | R41.3.0-18 | user admin      |

  Rule: Hosts and attendees do not get the counters

    Scenario Outline: GetSite tells the <role> no counter
      When the <role> sends GetSite
      Then the call succeeds
      And the reply contains none of
        | element            |
        | activeUserCount    |
        | EEActiveUserCount  |
        | activeCETHost      |
        | auoActiveUserCount |
        | MCActiveUserCount  |
        | ECActiveUserCount  |
        | TCActiveUserCount  |
        | SCActiveUserCount  |

      Examples:
        | clause     | role     |
        | R41.3.0-19 | host     |
        | R41.3.0-20 | attendee |

  @clause.R41.3.0-21
  Rule: No element was added for it

    Scenario: The reply of GetSite is as before 41.3 but for what 41.3 announces
      When the site admin sends GetSite
      Then the reply fits the contract
