@since.41.5.0
Feature: A host can start a scheduled meeting from the phone
  For that every host and administrator has a hostPIN, with or without a
  personal meeting room, and phones/hostPIN shows and changes it.

  Rule: CreateUser generates a hostPIN
    On a site that Control Hub manages the XML API does not give everybody the
    roles of administrators.

    @clause.R41.5.0-01
    Scenario: A new host has a hostPIN
      Given starting scheduled meetings from the phone is enabled on the site
      And a new user
      When the site admin sends GetUser for the new user
      Then the call succeeds
      And the reply contains
        | element        | kind    |
        | phones/hostPIN | count   |

    Scenario Outline: A new <administrator> has a hostPIN
      Given Control Hub management is disabled on the site
      And starting scheduled meetings from the phone is enabled on the site
      And a new user with
        | <privilege> | true |
      When the site admin sends GetUser for the new user
      Then the call succeeds
      And the reply contains
        | element        | kind    |
        | phones/hostPIN | count   |

      Examples:
        | clause     | administrator                   | privilege   |
        | R41.5.0-02 | full administrator              | siteAdmin   |
        | R41.5.0-03 | read-only administrator         | roSiteAdmin |
        | R41.5.0-04 | administrator who manages users | umSiteAdmin |

    @should
    Scenario Outline: A new <administrator> who hosts nothing has a hostPIN
      Given Control Hub management is disabled on the site
      And starting scheduled meetings from the phone is enabled on the site
      When the site admin sends CreateUser with
        | <privilege> | true  |
        | host        | false |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then the reply contains
        | element        | kind    |
        | phones/hostPIN | count   |

      Examples:
        | clause     | administrator                   | privilege   |
        | R41.5.0-03 | read-only administrator         | roSiteAdmin |
        | R41.5.0-04 | administrator who manages users | umSiteAdmin |

    @clause.R41.5.0-01 @should
    Scenario Outline: A new host has a hostPIN, personal meeting room <room>
      Given personal meeting rooms are enabled on the site
      And starting scheduled meetings from the phone is enabled on the site
      When the site admin sends CreateUser with
        | isEnablePMR | <room> |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then the reply contains
        | element        | kind    |
        | phones/hostPIN | count   |

      Examples:
        | room  |
        | true  |
        | false |

    @should
    Scenario Outline: A new <administrator> has a hostPIN, personal meeting room <room>
      Given Control Hub management is disabled on the site
      And personal meeting rooms are enabled on the site
      And starting scheduled meetings from the phone is enabled on the site
      When the site admin sends CreateUser with
        | <privilege> | true   |
        | isEnablePMR | <room> |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then the reply contains
        | element        | kind    |
        | phones/hostPIN | count   |

      Examples:
        | clause     | administrator                   | privilege   | room  |
        | R41.5.0-02 | full administrator              | siteAdmin   | true  |
        | R41.5.0-02 | full administrator              | siteAdmin   | false |
        | R41.5.0-03 | read-only administrator         | roSiteAdmin | true  |
        | R41.5.0-03 | read-only administrator         | roSiteAdmin | false |
        | R41.5.0-04 | administrator who manages users | umSiteAdmin | true  |
        | R41.5.0-04 | administrator who manages users | umSiteAdmin | false |

  Rule: GetUser shows phones/hostPIN when meetings may be started from the phone

    @clause.R41.5.0-05
    Scenario: phones/hostPIN is shown to an administrator who asks for himself
      Given starting scheduled meetings from the phone is enabled on the site
      When the site admin sends GetUser with
        | webExId | {site admin.webExId} |
      Then the call succeeds
      And the reply contains
        | element        | kind    |
        | phones/hostPIN | count   |

    @clause.R41.5.0-05
    Scenario Outline: phones/hostPIN is shown for a user <room> a personal meeting room
      Given the site has a user <room> a personal meeting room
      And starting scheduled meetings from the phone is enabled on the site
      When the site admin sends GetUser for the user <room> a personal meeting room
      Then the call succeeds
      And the reply contains
        | element        | kind    |
        | phones/hostPIN | count   |

      Examples:
        | room    |
        | with    |
        | without |

    @clause.R41.5.0-05
    Scenario Outline: phones/hostPIN is shown to the <role> who asks for himself
      Given starting scheduled meetings from the phone is enabled on the site
      When the <role> sends GetUser with
        | webExId | {<role>.webExId} |
      Then the call succeeds
      And the reply contains
        | element        | kind    |
        | phones/hostPIN | count   |

      Examples:
        | role             |
        | read-only admin  |
        | user admin       |
        | host             |
        | classic-era user |
        | control-hub user |

    @clause.R41.5.0-05 @should
    Scenario Outline: The <role> is shown phones/hostPIN of a user <room> a personal meeting room
      Given the site has a user <room> a personal meeting room
      And starting scheduled meetings from the phone is enabled on the site
      When the <role> sends GetUser for the user <room> a personal meeting room
      Then the call succeeds
      And the reply contains
        | element        | kind    |
        | phones/hostPIN | count   |

      Examples:
        | role            | room    |
        | read-only admin | with    |
        | read-only admin | without |
        | user admin      | with    |
        | user admin      | without |

    @clause.R41.5.0-06 @should
    Scenario: phones/hostPIN is not shown otherwise
      Given starting scheduled meetings from the phone is disabled on the site
      When the site admin sends GetUser with
        | webExId | {site admin.webExId} |
      Then the call succeeds
      And the reply contains none of
        | element        |
        | phones/hostPIN |

  Rule: SetUser changes phones/hostPIN
    A site may ask for PINs of its own kind: those sent were made by the site for
    another new user.

    @clause.R41.5.0-07
    Scenario: phones/hostPIN alone is stored
      Given starting scheduled meetings from the phone is enabled on the site
      And a new user
      When the site admin sends GetUser for the new user
      Then the reply contains
        | element        | kind    |
        | phones/hostPIN | count   |
      When the site admin sends CreateUser
      And the site admin sends SetUser for the new user with
        | phones/hostPIN | {first GetUser.phones/hostPIN} |
      And the site admin sends GetUser for the new user
      Then phones/hostPIN is "{first GetUser.phones/hostPIN}"

    @clause.R41.5.0-07 @should
    Scenario Outline: phones/hostPIN alone is stored, personal meeting room <room>
      Given personal meeting rooms are enabled on the site
      And starting scheduled meetings from the phone is enabled on the site
      And a new user
      When the site admin sends GetUser for the new user
      Then the reply contains
        | element        | kind    |
        | phones/hostPIN | count   |
      When the site admin sends CreateUser with
        | isEnablePMR | <room> |
      And the site admin sends SetUser for the new user with
        | phones/hostPIN | {first GetUser.phones/hostPIN} |
      And the site admin sends GetUser for the new user
      Then phones/hostPIN is "{first GetUser.phones/hostPIN}"

      Examples:
        | room  |
        | true  |
        | false |

    @clause.R41.5.0-08 @should
    Scenario: Beside personalMeetingRoom/hostPIN it gives way
      Given personal meeting rooms are enabled on the site
      And starting scheduled meetings from the phone is enabled on the site
      And a new user
      When the site admin sends GetUser for the new user
      And the site admin sends CreateUser with
        | isEnablePMR | true |
      And the site admin sends GetUser for the new user
      And the site admin sends SetUser for the new user with
        | phones/hostPIN              | {GetUser.phones/hostPIN}       |
        | personalMeetingRoom/hostPIN | {first GetUser.phones/hostPIN} |
      And the site admin sends GetUser for the new user
      Then phones/hostPIN is "{first GetUser.phones/hostPIN}"

    @clause.R41.5.0-09 @should
    Scenario: It is not taken over when meetings may not be started from the phone
      Given personal meeting rooms are enabled on the site
      And starting scheduled meetings from the phone is disabled on the site
      And a new user with
        | isEnablePMR | true |
      When the site admin sends GetUser for the new user
      And the site admin sends SetUser for the new user with
        | phones/hostPIN | 4821 |
      And the site admin sends GetUser for the new user
      Then personalMeetingRoom/hostPIN is the same in both replies of GetUser

  @should
  Rule: A PIN lasts
    Nothing but a request for another one changes it.

    @clause.R41.5.0-07
    Scenario: Another change of the user leaves phones/hostPIN as it was
      Given starting scheduled meetings from the phone is enabled on the site
      And a new user with
        | timeZoneID | 20 |
      When the site admin sends GetUser for the new user
      And the site admin sends SetUser for the new user with
        | timeZoneID | 11 |
      And the site admin sends GetUser for the new user
      Then phones/hostPIN is the same in both replies of GetUser

    @clause.R41.5.0-05
    Scenario: Asked twice, GetUser shows one phones/hostPIN
      Given starting scheduled meetings from the phone is enabled on the site
      When the site admin sends GetUser with
        | webExId | {site admin.webExId} |
      And the site admin sends GetUser with
        | webExId | {site admin.webExId} |
      Then phones/hostPIN is the same in the last two replies

    @clause.R41.5.0-05
    Scenario: Not everybody has the same phones/hostPIN
      Given starting scheduled meetings from the phone is enabled on the site
      When the site admin sends GetUser with
        | webExId | {site admin.webExId} |
      And the site admin sends GetUser with
        | webExId | {host.webExId} |
      And the site admin sends GetUser with
        | webExId | {user admin.webExId} |
      Then phones/hostPIN is not the same in all replies of GetUser

  @clause.R41.5.0-10
  Rule: The element is part of the schemas

    Scenario: SetUser takes phones/hostPIN and GetUser returns it
      Given starting scheduled meetings from the phone is enabled on the site
      And a new user
      When the site admin sends GetUser for the new user
      Then the reply contains
        | element        | kind    |
        | phones/hostPIN | count   |
      When the site admin sends SetUser for the new user with
        | phones/hostPIN | {GetUser.phones/hostPIN} |
      Then the call succeeds
