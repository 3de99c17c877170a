@since.41.5.0
Feature: GetSite tells mobile clients about recordings
  With the two new elements a mobile client decides whether to show its
  recordings tab. Where they stand in the reply is not known: the picture that
  showed it is lost. They are looked for everywhere.

  @clause.R41.5.0-11
  Rule: GetSite returns enableRecordingAccess

    Scenario: enableRecordingAccess comes with GetSite
      When the site admin sends GetSite
      Then the call succeeds
      And the reply contains
        | element               | kind    |
        | enableRecordingAccess | boolean |

  @clause.R41.5.0-12
  Rule: enableRecordingAccess follows EnableRecordingAccesses

    Scenario Outline: enableRecordingAccess is <value> where access is <state>
      Given access to recordings is <state> on the site
      When the site admin sends GetSite
      Then enableRecordingAccess is "<value>"

      Examples:
        | state    | value |
        | enabled  | true  |
        | disabled | false |

  @clause.R41.5.0-13
  Rule: GetSite returns storageEmptyStatus

    Scenario: storageEmptyStatus comes with GetSite
      When the site admin sends GetSite
      Then the call succeeds
      And the reply contains
        | element            | kind    |
        | storageEmptyStatus | boolean |

  Rule: storageEmptyStatus is true only without recording and without storage

    Scenario Outline: storageEmptyStatus is <value> with recording <state> and <storage> storage
      Given network-based recording is <state> on the site
      And storage for network-based recordings is set to <storage> on the site
      When the site admin sends GetSite
      Then storageEmptyStatus is "<value>"

      Examples:
        | clause     | state    | storage | value |
        | R41.5.0-14 | disabled | none    | true  |
        | R41.5.0-15 | disabled | some    | false |
        | R41.5.0-15 | enabled  | none    | false |
        | R41.5.0-15 | enabled  | some    | false |

  Rule: GetSite returns both elements to every role

    Scenario Outline: <element> comes with GetSite for the <role>
      When the <role> sends GetSite
      Then the call succeeds
      And the reply contains
        | element   | kind    |
        | <element> | boolean |

      Examples:
        | clause     | element               | role            |
        | R41.5.0-11 | enableRecordingAccess | read-only admin |
        | R41.5.0-11 | enableRecordingAccess | user admin      |
        | R41.5.0-11 | enableRecordingAccess | host            |
        | R41.5.0-11 | enableRecordingAccess | attendee        |
        | R41.5.0-13 | storageEmptyStatus    | read-only admin |
        | R41.5.0-13 | storageEmptyStatus    | user admin      |
        | R41.5.0-13 | storageEmptyStatus    | host            |
        | R41.5.0-13 | storageEmptyStatus    | attendee        |

    @clause.R41.5.0-12
    Scenario Outline: enableRecordingAccess is <value> for the <role> where access is <state>
      Given access to recordings is <state> on the site
      When the <role> sends GetSite
      Then enableRecordingAccess is "<value>"

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

    Scenario Outline: storageEmptyStatus is <value> for the <role> with recording <state> and <storage> storage
      Given network-based recording is <state> on the site
      And storage for network-based recordings is set to <storage> on the site
      When the <role> sends GetSite
      Then storageEmptyStatus is "<value>"

      Examples:
        | clause     | role            | state    | storage | value |
        | R41.5.0-14 | read-only admin | disabled | none    | true  |
        | R41.5.0-15 | read-only admin | enabled  | some    | false |
        | R41.5.0-14 | user admin      | disabled | none    | true  |
        | R41.5.0-15 | user admin      | enabled  | some    | false |
        | R41.5.0-14 | host            | disabled | none    | true  |
        | R41.5.0-15 | host            | enabled  | some    | false |
        | R41.5.0-14 | attendee        | disabled | none    | true  |
        | R41.5.0-15 | attendee        | enabled  | some    | false |
