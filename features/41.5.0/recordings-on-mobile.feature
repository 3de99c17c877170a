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
