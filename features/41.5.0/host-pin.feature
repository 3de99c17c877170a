@since.41.5.0
Feature: A host can start a scheduled meeting from the phone
  For that every host and administrator has a hostPIN, with or without a
  personal meeting room, and phones/hostPIN shows and changes it.

  Rule: CreateUser generates a hostPIN

    Scenario Outline: A new <privilege> has a hostPIN, personal meeting room <room>
      Given starting scheduled meetings from the phone is enabled on the site
      When the site admin sends CreateUser with
        | <privilege> | true   |
        | isEnablePMR | <room> |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then the reply contains
        | element        | kind    |
        | phones/hostPIN | integer |

      Examples:
        | clause     | privilege   | room  |
        | R41.5.0-01 | host        | true  |
        | R41.5.0-01 | host        | false |
        | R41.5.0-02 | siteAdmin   | true  |
        | R41.5.0-02 | siteAdmin   | false |
        | R41.5.0-03 | roSiteAdmin | true  |
        | R41.5.0-03 | roSiteAdmin | false |
        | R41.5.0-04 | userAdmin   | true  |
        | R41.5.0-04 | userAdmin   | false |

  Rule: GetUser shows it when meetings may be started from the phone

    @clause.R41.5.0-05
    Scenario Outline: phones/hostPIN is shown for a user <room> a personal meeting room
      Given the site has a user <room> a personal meeting room
      And starting scheduled meetings from the phone is enabled on the site
      When the site admin sends GetUser for the user <room> a personal meeting room
      Then the call succeeds
      And the reply contains
        | element        | kind    |
        | phones/hostPIN | integer |

      Examples:
        | room    |
        | with    |
        | without |

    @clause.R41.5.0-06 @should
    Scenario: phones/hostPIN is not shown otherwise
      Given the site has a user with a personal meeting room
      And starting scheduled meetings from the phone is disabled on the site
      When the site admin sends GetUser for the user with a personal meeting room
      Then the call succeeds
      And the reply contains none of
        | element        |
        | phones/hostPIN |

  Rule: SetUser changes it

    @clause.R41.5.0-07
    Scenario: phones/hostPIN alone is stored
      Given a new user
      And starting scheduled meetings from the phone is enabled on the site
      When the site admin sends SetUser for the new user with
        | phones/hostPIN | 4821 |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then phones/hostPIN is "4821"

    @clause.R41.5.0-08 @should
    Scenario: Beside personalMeetingRoom/hostPIN it gives way
      Given a new user with
        | isEnablePMR | true |
      And starting scheduled meetings from the phone is enabled on the site
      When the site admin sends SetUser for the new user with
        | phones/hostPIN              | 4821 |
        | personalMeetingRoom/hostPIN | 7350 |
      And the site admin sends GetUser for the new user
      Then phones/hostPIN is "7350"

    @clause.R41.5.0-09 @should
    Scenario: It is not taken over when meetings may not be started from the phone
      Given a new user
      And starting scheduled meetings from the phone is disabled on the site
      When the site admin sends SetUser for the new user with
        | phones/hostPIN | 4821 |
      And starting scheduled meetings from the phone is enabled on the site
      And the site admin sends GetUser for the new user
      Then phones/hostPIN is not "4821"

  @clause.R41.5.0-10
  Rule: The element is part of the schemas

    Scenario: SetUser takes phones/hostPIN and GetUser returns it
      Given starting scheduled meetings from the phone is enabled on the site
      And a new user
      When the site admin sends SetUser for the new user with
        | phones/hostPIN | 4821 |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then the reply contains
        | element        | kind    |
        | phones/hostPIN | integer |
