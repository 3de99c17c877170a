@since.41.11.0
Feature: Existing users keep their old login after the move to Control Hub
  Users who were created while the site was a classic one keep their short
  webExID beside the e-mail address. Users created later have the e-mail address
  only. This holds for the security context of every operation, and for the
  webExId that GetUser, SetUser and DelUser are asked about.

  Background:
    Given Control Hub management is enabled on the site

  Rule: Every kind of credential signs a caller in

    Scenario Outline: A caller signs in with <credential>
      When the site admin, signed in with <credential>, sends GetSite
      Then the call succeeds

      Examples:
        | clause      | credential       |
        | R41.11.0-24 | sessionTicket    |
        | R41.11.0-25 | password         |
        | R41.11.0-26 | webExAccessToken |
        | R41.11.0-27 | accessToken      |

  @clause.R41.11.0-28
  Rule: The old webExID of the classic time is still accepted

    Scenario Outline: <operation> accepts the old webExID
      When the classic-era user, called "{classic-era user.webExId}", sends <operation>
      Then the login is accepted

      Examples:
        | operation          |
        | AuthenticateUser   |
        | GetAPIVersion      |
        | GetSite            |
        | LstMeetingType     |
        | LstsummarySession  |
        | LstRecording       |
        | LstsummaryEvent    |
        | LstrecordedEvent   |
        | LstsummaryProgram  |
        | LstrecordaccessHistory |

  @clause.R41.11.0-29
  Rule: So is the e-mail address

    Scenario Outline: <operation> accepts the e-mail address of a user of the classic time
      When the classic-era user, called "{classic-era user.email}", sends <operation>
      Then the login is accepted

      Examples:
        | operation          |
        | AuthenticateUser   |
        | GetAPIVersion      |
        | GetSite            |
        | LstMeetingType     |
        | LstsummarySession  |
        | LstRecording       |
        | LstsummaryEvent    |
        | LstrecordedEvent   |
        | LstsummaryProgram  |
        | LstrecordaccessHistory |

  @clause.R41.11.0-30
  Rule: A user created after the move has the e-mail address

    Scenario Outline: <operation> accepts the e-mail address of a later user
      When the control-hub user, called "{control-hub user.email}", sends <operation>
      Then the login is accepted

      Examples:
        | operation          |
        | AuthenticateUser   |
        | GetAPIVersion      |
        | GetSite            |
        | LstMeetingType     |
        | LstsummarySession  |
        | LstRecording       |
        | LstsummaryEvent    |
        | LstrecordedEvent   |
        | LstsummaryProgram  |
        | LstrecordaccessHistory |

  @clause.R41.11.0-31 @should
  Rule: And nothing else

    Scenario Outline: <operation> refuses a short name of a later user
      When the control-hub user, called "{control-hub user.short name}", sends <operation>
      Then the call is refused

      Examples:
        | operation         |
        | AuthenticateUser  |
        | GetSite           |
        | LstsummarySession |

  Rule: GetUser, SetUser and DelUser find users the same way

    @clause.R41.11.0-32
    Scenario: GetUser finds a user of the classic time by both names
      When the site admin sends GetUser with
        | webExId | {classic-era user.webExId} |
      Then the call succeeds
      When the site admin sends GetUser with
        | webExId | {classic-era user.email} |
      Then the call succeeds
      And userId is the same in the last two replies

    @clause.R41.11.0-33
    Scenario: GetUser finds a later user by the e-mail address
      When the site admin sends GetUser with
        | webExId | {control-hub user.email} |
      Then the call succeeds
      And email is "{control-hub user.email}"

    @clause.R41.11.0-34
    Scenario: SetUser changes a user of the classic time by both names
      Given a new user of the classic time with
        | webExId | {name} |
      When the site admin sends SetUser with
        | webExId   | {new user.webExId} |
        | firstName | By old name        |
      And the site admin sends SetUser with
        | webExId  | {new user.email} |
        | lastName | By address       |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then firstName is "By old name"
      And lastName is "By address"

    @clause.R41.11.0-35
    Scenario: SetUser changes a later user by the e-mail address
      Given a new user
      When the site admin sends SetUser with
        | webExId   | {new user.email} |
        | firstName | By address       |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then firstName is "By address"

    @clause.R41.11.0-36
    Scenario Outline: DelUser deactivates a user of the classic time by <name>
      Given a new user of the classic time with
        | webExId | {name} |
      When the site admin sends DelUser with
        | webExId | <identity> |
      Then the call succeeds
      When the site admin sends GetUser with
        | webExId | {new user.email} |
      Then active is "DEACTIVATED"

      Examples:
        | name               | identity           |
        | the old webExId    | {new user.webExId} |
        | the e-mail address | {new user.email}   |

    @clause.R41.11.0-37
    Scenario: DelUser deactivates a later user by the e-mail address
      Given a new user
      When the site admin sends DelUser with
        | webExId | {new user.email} |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then active is "DEACTIVATED"

  Rule: The schemas stay

    @clause.R41.11.0-38
    Scenario: Nothing differs but what other items of 41.11 add
      When the contract of 41.10.0 is compared with that of 41.11.0
      Then nothing differs but
        | operation              | element                  |
        | GetUser                | freeAccount              |
        | LstrecordaccessHistory | serviceTypes             |
        | LstrecordaccessHistory | serviceTypes/serviceType |

    @clause.R41.11.0-39
    Scenario: The reply of GetUser is as before
      When the site admin sends GetUser with
        | webExId | {classic-era user.webExId} |
      Then the call succeeds
      And the reply fits the contract
      And the children of the body keep this order
        | element    |
        | firstName  |
        | lastName   |
        | webExId    |
        | phones     |
        | email      |
        | privilege  |
        | active     |
        | userId     |
