@since.41.11.0
Feature: User management stays usable on a site managed in Control Hub
  CreateUser, SetUser, DelUser and GetUser go on working after a classic site
  has moved to Control Hub. Control Hub owns the state, the password and the
  e-mail address of a user, and that changes what the operations do.

  Background:
    Given Control Hub management is enabled on the site

  Rule: The state of a user follows Control Hub

    @clause.R41.11.0-01
    Scenario: A user not active in Control Hub is not active after CreateUser
      When the site admin sends CreateUser
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then active is not "ACTIVATED"

    @clause.R41.11.0-02
    Scenario: A user active in Control Hub is active after CreateUser
      Given the site has an e-mail address active in Control Hub
      When the site admin sends CreateUser for the e-mail address active in Control Hub
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then active is "ACTIVATED"

  Rule: The password element is ignored

    @clause.R41.11.0-03
    Scenario: The password given to CreateUser opens nothing
      Given the site has an e-mail address active in Control Hub
      When the site admin sends CreateUser for the e-mail address active in Control Hub with
        | password | Given-by-API-1 |
      Then the call succeeds
      When "{new user.email}" signs in with the password "Given-by-API-1"
      Then the call is refused

    @clause.R41.11.0-04 @writes
    Scenario: The password given to SetUser changes nothing
      When the site admin sends SetUser with
        | webExId  | {control-hub user.webExId} |
        | password | Given-by-API-2             |
      Then the call succeeds
      When "{control-hub user.webExId}" signs in with the password "{control-hub user.password}"
      Then the call succeeds
      When "{control-hub user.webExId}" signs in with the password "Given-by-API-2"
      Then the call is refused

  @clause.R41.11.0-05 @mail
  Rule: A new user activates the account by mail

    Scenario: CreateUser sends an activation mail with one link
      When the site admin sends CreateUser with
        | email | {fresh mail address} |
      Then the call succeeds
      And a mail reaches "{new user.email}"
      And the mail holds exactly one link

  Rule: The active element does not activate a user who is not verified

    @clause.R41.11.0-06
    Scenario: CreateUser with active = ACTIVATED does not activate
      When the site admin sends CreateUser with
        | active | ACTIVATED |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then active is not "ACTIVATED"

    @clause.R41.11.0-07
    Scenario: SetUser with active = ACTIVATED does not activate
      Given a new user
      When the site admin sends SetUser for the new user with
        | active | ACTIVATED |
      And the site admin sends GetUser for the new user
      Then active is not "ACTIVATED"

  Rule: The e-mail address is the identity

    @clause.R41.11.0-08
    Scenario: CreateUser with webExId equal to email stores it
      When the site admin sends CreateUser
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then webExId is "{new user.email}"
      And email is "{new user.email}"

    @clause.R41.11.0-09
    Scenario: CreateUser with another webExId stores the e-mail address
      When the site admin sends CreateUser with
        | webExId | {name} |
      Then the call succeeds
      When the site admin sends GetUser with
        | webExId | {new user.email} |
      Then webExId is "{new user.email}"

    @clause.R41.11.0-10
    Scenario: SetUser finds the user by the e-mail address
      Given a new user
      When the site admin sends SetUser with
        | webExId   | {new user.email} |
        | firstName | Renamed          |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then firstName is "Renamed"

    @clause.R41.11.0-11
    Scenario: A full administrator changes the e-mail address
      Given a new user
      When the site admin sends SetUser for the new user with
        | email | {fresh address} |
      Then the call succeeds
      When the site admin sends GetUser with
        | webExId | {sent.email} |
      Then the call succeeds
      And userId is "{new user.userId}"

    @clause.R41.11.0-12
    Scenario: An administrator who is not a full one may not change it
      Given a new user
      When the user admin sends SetUser for the new user with
        | email | {fresh address} |
      Then the call is refused with 030120
      And the refusal has the standard form

    @clause.R41.11.0-13
    Scenario: newWebExId is ignored
      Given a new user
      When the site admin sends SetUser for the new user with
        | newWebExId | {name} |
      Then the call succeeds
      When the site admin sends GetUser with
        | webExId | {new user.email} |
      Then webExId is "{new user.email}"

    @clause.R41.11.0-14
    Scenario: SetUser to an address used on a Control Hub site is refused
      Given a new user
      And the site has an e-mail address used on another Control Hub site
      When the site admin sends SetUser for the new user with
        | email | {e-mail address used on another Control Hub site.email} |
      Then the call is refused with 030118
      And the refusal has the standard form

  Rule: DelUser deactivates, SetUser re-activates

    @clause.R41.11.0-15
    Scenario: DelUser deactivates the user and takes the license away
      Given a new user who is active in Control Hub
      When the site admin sends DelUser for the new user
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then active is "DEACTIVATED"
      And the user has no meeting license

    @clause.R41.11.0-16
    Scenario: SetUser re-activates a user who was verified before
      Given a new user who is active in Control Hub
      When the site admin sends DelUser for the new user
      And the site admin sends SetUser for the new user with
        | active | ACTIVATED |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then active is "ACTIVATED"

  Rule: A user outside the organisation must be claimed first

    @clause.R41.11.0-17
    Scenario: CreateUser for a user outside the organisation is refused
      Given the site has an e-mail address outside the organisation
      When the site admin sends CreateUser for the e-mail address outside the organisation
      Then the call is refused with 030117
      And the refusal has the standard form

    @clause.R41.11.0-18
    Scenario: SetUser to an address outside the organisation is refused
      Given a new user
      And the site has an e-mail address outside the organisation
      When the site admin sends SetUser for the new user with
        | email | {e-mail address outside the organisation.email} |
      Then the call is refused with 030117
      And the refusal has the standard form

  Rule: An access token needs the scope webexsquare:admin to manage users

    @clause.R41.11.0-19
    Scenario: CreateUser without the scope is refused
      When the unscoped admin sends CreateUser
      Then the call is refused with 030119
      And the refusal has the standard form

    @clause.R41.11.0-20
    Scenario: SetUser without the scope is refused
      Given a new user
      When the unscoped admin sends SetUser for the new user with
        | firstName | Renamed |
      Then the call is refused with 030119
      And the refusal has the standard form

    @clause.R41.11.0-21
    Scenario: CreateUser with the scope succeeds
      When the site admin, signed in with accessToken, sends CreateUser
      Then the call succeeds

    @clause.R41.11.0-21
    Scenario: SetUser with the scope succeeds
      Given a new user
      When the site admin, signed in with accessToken, sends SetUser for the new user with
        | firstName | Renamed |
      Then the call succeeds

  Rule: The schemas stay

    @clause.R41.11.0-22
    Scenario: The four operations differ in nothing but freeAccount
      When the contract of 41.10.0 is compared with that of 41.11.0
      Then these operations differ in nothing but
        | operation  | element     |
        | CreateUser |             |
        | SetUser    |             |
        | DelUser    |             |
        | GetUser    | freeAccount |

    @clause.R41.11.0-23
    Scenario: CreateUser answers with the number of the user
      When the site admin sends CreateUser with
        | active | ACTIVATED |
      Then the call succeeds
      And the reply contains
        | element | kind    |
        | userId  | integer |
