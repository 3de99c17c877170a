@since.41.4.0
Feature: Events take the entry and exit tone of the site
  Site administrators choose the tone of events apart from that of meetings.
  GetSite shows it, and classic events without a tone of their own follow it:
  what GetEvent shows is compared with what GetSite says at that time.

  @clause.R41.4.0-01
  Rule: GetSite returns entryExitToneEC

    Scenario: defaults holds entryExitToneEC
      When the site admin sends GetSite
      Then the call succeeds
      And the reply contains
        | element                                | kind |
        | siteInstance/defaults/entryExitToneEC  | text |

  @clause.R41.4.0-02
  Rule: The element stands between entryExitTone and voip

    Scenario: entryExitToneEC stands where the example shows it
      When the site admin sends GetSite
      Then siteInstance/defaults/entryExitToneEC comes directly after entryExitTone
      And siteInstance/defaults/entryExitToneEC comes directly before voip

  @clause.R41.4.0-13
  Rule: Its neighbours keep the order of the example

    Scenario: defaults keeps its order
      When the site admin sends GetSite
      Then the call succeeds
      And the children of siteInstance/defaults keep this order
        | element               |
        | emailReminders        |
        | entryExitTone         |
        | entryExitToneEC       |
        | voip                  |
        | teleconference        |
        | joinTeleconfNotPress1 |
        | updateTSPAccount      |

  @clause.R41.4.0-03 @should
  Rule: The tone of events is one of three, whatever that of meetings is

    Scenario: entryExitToneEC is one of three words
      When the site admin sends GetSite
      Then the reply contains
        | element                               | kind                              |
        | siteInstance/defaults/entryExitToneEC | one of NOTONE, BEEP, ANNOUNCENAME |

    Scenario Outline: entryExitToneEC is <tone> where it is set so
      Given the entry and exit tone of events is set to <tone> on the site
      When the site admin sends GetSite
      Then siteInstance/defaults/entryExitToneEC is "<tone>"

      Examples:
        | tone         |
        | NOTONE       |
        | BEEP         |
        | ANNOUNCENAME |

  Rule: GetSite returns entryExitToneEC to every role

    @clause.R41.4.0-01
    Scenario Outline: defaults holds entryExitToneEC for the <role>
      When the <role> sends GetSite
      Then the call succeeds
      And the reply contains
        | element                               | kind |
        | siteInstance/defaults/entryExitToneEC | text |

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |
        | attendee        |

    @clause.R41.4.0-02
    Scenario Outline: entryExitToneEC stands there for the <role>
      When the <role> sends GetSite
      Then siteInstance/defaults/entryExitToneEC comes directly after entryExitTone
      And siteInstance/defaults/entryExitToneEC comes directly before voip

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |
        | attendee        |

    @clause.R41.4.0-13
    Scenario Outline: defaults keeps its order for the <role>
      When the <role> sends GetSite
      Then the call succeeds
      And the children of siteInstance/defaults keep this order
        | element               |
        | emailReminders        |
        | entryExitTone         |
        | entryExitToneEC       |
        | voip                  |
        | teleconference        |
        | joinTeleconfNotPress1 |
        | updateTSPAccount      |

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |
        | attendee        |

    @clause.R41.4.0-03 @should
    Scenario Outline: The <role> reads <tone> where it is set so
      Given the entry and exit tone of events is set to <tone> on the site
      When the <role> sends GetSite
      Then siteInstance/defaults/entryExitToneEC is "<tone>"

      Examples:
        | role            | tone         |
        | read-only admin | NOTONE       |
        | read-only admin | ANNOUNCENAME |
        | user admin      | NOTONE       |
        | user admin      | ANNOUNCENAME |
        | host            | NOTONE       |
        | host            | ANNOUNCENAME |
        | attendee        | NOTONE       |
        | attendee        | ANNOUNCENAME |

  Rule: A classic event without a tone of its own follows the site

    @clause.R41.4.0-04
    Scenario: CreateEvent takes the tone of the site
      Given classic events are enabled on the site
      When the host sends GetSite
      And the host sends CreateEvent
      And the host sends GetEvent for the new event
      Then schedule/entryExitTone is what GetSite said in siteInstance/defaults/entryExitToneEC
      And whether siteInstance/defaults/entryExitToneEC and siteInstance/defaults/entryExitTone of GetSite are alike is recorded

    @clause.R41.4.0-04 @should
    Scenario Outline: CreateEvent takes <tone> where it is set so
      Given the entry and exit tone of events is set to <tone> on the site
      And classic events are enabled on the site
      When the host sends CreateEvent
      And the host sends GetEvent for the new event
      Then schedule/entryExitTone is "<tone>"

      Examples:
        | tone         |
        | NOTONE       |
        | ANNOUNCENAME |

    @clause.R41.4.0-05
    Scenario: SetEvent without a tone leaves the tone of the site
      Given classic events are enabled on the site
      And a new event
      When the host sends GetSite
      And the host sends SetEvent for the new event with
        | duration | 45 |
      Then the call succeeds
      When the host sends GetEvent for the new event
      Then schedule/entryExitTone is what GetSite said in siteInstance/defaults/entryExitToneEC
      And whether siteInstance/defaults/entryExitToneEC and siteInstance/defaults/entryExitTone of GetSite are alike is recorded

    @clause.R41.4.0-06
    Scenario: GetEvent shows the tone of the site for an event just made
      Given classic events are enabled on the site
      And a new event
      When the host sends GetSite
      And the host sends GetEvent for the new event
      Then the call succeeds
      And schedule/entryExitTone is what GetSite said in siteInstance/defaults/entryExitToneEC
      And whether siteInstance/defaults/entryExitToneEC and siteInstance/defaults/entryExitTone of GetSite are alike is recorded

    @clause.R41.4.0-06 @should
    Scenario: GetEvent shows the tone of the site for an event made long ago
      Given the site has a classic event without a tone of its own
      And classic events are enabled on the site
      When the host sends GetSite
      And the host sends GetEvent for the classic event without a tone of its own
      Then schedule/entryExitTone is what GetSite said in siteInstance/defaults/entryExitToneEC
      And whether siteInstance/defaults/entryExitToneEC and siteInstance/defaults/entryExitTone of GetSite are alike is recorded
