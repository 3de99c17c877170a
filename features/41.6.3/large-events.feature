@since.41.6.3
Feature: GetSite returns supportLargeEvent
  The element tells callers whether the site supports large events, Webex Events
  in the new form.

  @clause.R41.6.3-01
  Rule: siteCommonOptions holds the element

    Scenario: GetSite returns supportLargeEvent
      When the site admin sends GetSite
      Then the call succeeds
      And the reply contains
        | element                                          | kind    |
        | siteInstance/siteCommonOptions/supportLargeEvent | boolean |

  @clause.R41.6.3-02
  Rule: The element closes siteCommonOptions

    Scenario: supportLargeEvent is the last element
      When the site admin sends GetSite
      Then siteInstance/siteCommonOptions/supportLargeEvent comes directly after enablePreMeetingLobby
      And siteInstance/siteCommonOptions/supportLargeEvent comes last in its parent

  @clause.R41.6.3-03
  Rule: The element tells what the site supports

    Scenario Outline: supportLargeEvent is <value> where large events are <state>
      Given large events are <state> on the site
      When the site admin sends GetSite
      Then siteInstance/siteCommonOptions/supportLargeEvent is "<value>"

      Examples:
        | state    | value |
        | enabled  | true  |
        | disabled | false |

  Rule: GetSite returns supportLargeEvent to every role

    @clause.R41.6.3-01
    Scenario Outline: GetSite returns supportLargeEvent to the <role>
      When the <role> sends GetSite
      Then the call succeeds
      And the reply contains
        | element                                          | kind    |
        | siteInstance/siteCommonOptions/supportLargeEvent | boolean |

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |
        | attendee        |

    @clause.R41.6.3-02
    Scenario Outline: supportLargeEvent is the last element for the <role>
      When the <role> sends GetSite
      Then siteInstance/siteCommonOptions/supportLargeEvent comes directly after enablePreMeetingLobby
      And siteInstance/siteCommonOptions/supportLargeEvent comes last in its parent

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |
        | attendee        |

    @clause.R41.6.3-03
    Scenario Outline: supportLargeEvent is <value> for the <role> where large events are <state>
      Given large events are <state> on the site
      When the <role> sends GetSite
      Then siteInstance/siteCommonOptions/supportLargeEvent is "<value>"

      Examples:
        | role            | state    | value |
        | read-only admin | enabled  | true  |
        | read-only admin | disabled | false |
        | user admin      | enabled  | true  |
        | user admin      | disabled | false |
        | host            | enabled  | true  |
        | host            | disabled | false |
        | attendee        | enabled  | true  |
        | attendee        | disabled | false |
