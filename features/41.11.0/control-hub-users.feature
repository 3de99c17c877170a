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
      Given verification by mail domain is disabled on the site
      And a new user
      When the site admin sends GetUser for the new user
      Then active is not "ACTIVATED"

    @clause.R41.11.0-01 @observe
    Scenario: The state of a user whose mail domain is verified is recorded
      Given verification by mail domain is enabled on the site
      And a new user
      When the site admin sends GetUser for the new user
      Then active is recorded

    @clause.R41.11.0-02
    Scenario: A user active in Control Hub is active after CreateUser
      Given a new user who is active in Control Hub
      When the site admin sends GetUser for the new user
      Then active is "ACTIVATED"

  Rule: The password element is ignored

    @clause.R41.11.0-03
    Scenario: The password given to CreateUser opens nothing
      Given single sign-on is disabled on the site
      And the site admin can sign in with password
      And a new user who is active in Control Hub with
        | password | Given-by-API-1 |
      When "{new user.email}" signs in with the password "Given-by-API-1"
      Then the call is refused

    @clause.R41.11.0-04
    Scenario: The old password stays valid after SetUser with another
      Given single sign-on is disabled on the site
      And the disposable user can sign in with password
      When the site admin sends SetUser for the disposable user with
        | password | Given-by-API-2 |
      Then the call succeeds
      When "{disposable user.webExId}" signs in with the password "{disposable user.password}"
      Then the caller is signed in

    @clause.R41.11.0-04
    Scenario: The password given to SetUser opens nothing
      Given single sign-on is disabled on the site
      And the disposable user can sign in with password
      When the site admin sends SetUser for the disposable user with
        | password | Given-by-API-2 |
      And "{disposable user.webExId}" signs in with the password "Given-by-API-2"
      Then the call is refused

    @clause.R41.11.0-04
    Scenario: The password a user gives to SetUser for the own record opens nothing
      Given single sign-on is disabled on the site
      And the disposable user can sign in with password
      When the disposable user sends SetUser for the disposable user with
        | password | Given-by-API-3 |
      And "{disposable user.webExId}" signs in with the password "Given-by-API-3"
      Then the call is refused

  Rule: A new user activates the account by mail

    @clause.R41.11.0-05 @mail
    Scenario: CreateUser sends a mail with an activation link
      Given verification by mail domain is disabled on the site
      And sending of activation mails is enabled on the site
      When the site admin sends CreateUser with
        | email | {fresh mail address} |
      Then the call succeeds
      And a mail with a link reaches "{new user.email}"

    @clause.R41.11.0-64 @mail
    Scenario: The new user follows the link and is active
      Given verification by mail domain is disabled on the site
      And sending of activation mails is enabled on the site
      And a new user with
        | email | {fresh mail address} |
      When the new user follows the link of the mail and chooses the password "Chosen-By-Me-1"
      And the site admin sends GetUser for the new user
      Then active is "ACTIVATED"

    @clause.R41.11.0-64 @mail
    Scenario: The password the new user has chosen signs in
      Given verification by mail domain is disabled on the site
      And sending of activation mails is enabled on the site
      And a new user with
        | email | {fresh mail address} |
      When the new user follows the link of the mail and chooses the password "Chosen-By-Me-1"
      And "{new user.email}" signs in with the password "Chosen-By-Me-1"
      Then the caller is signed in

    @clause.R41.11.0-64 @mail @should
    Scenario: The link of the activation mail leads to a page
      Given verification by mail domain is disabled on the site
      And sending of activation mails is enabled on the site
      And a new user with
        | email | {fresh mail address} |
      When somebody opens the link of the mail to "{new user.email}"
      Then a page is shown

    @clause.R41.11.0-64
    Scenario: A user who has activated the account is active
      Given the control-hub user can sign in
      When the site admin sends GetUser with
        | webExId | {control-hub user.webExId} |
      Then active is "ACTIVATED"

  Rule: The active element does not activate a user who is not verified

    @clause.R41.11.0-06
    Scenario: CreateUser with active = ACTIVATED does not activate
      Given verification by mail domain is disabled on the site
      When the site admin sends CreateUser with
        | active | ACTIVATED |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then active is not "ACTIVATED"

    @clause.R41.11.0-07
    Scenario: SetUser with active = ACTIVATED does not activate
      Given verification by mail domain is disabled on the site
      And a new user
      When the site admin sends SetUser for the new user with
        | active | ACTIVATED |
      And the site admin sends GetUser for the new user
      Then active is not "ACTIVATED"

    @clause.R41.11.0-07
    Scenario: Another change of a user who is not verified does not activate
      Given verification by mail domain is disabled on the site
      And a new user
      When the site admin sends SetUser for the new user with
        | timeZoneID | 11 |
      And the site admin sends GetUser for the new user
      Then active is not "ACTIVATED"

  Rule: The e-mail address is the identity

    @clause.R41.11.0-08
    Scenario: CreateUser with webExId equal to email stores it
      Given a new user
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

    @clause.R41.11.0-09
    Scenario: CreateUser with another e-mail address as webExId stores the one of email
      When the site admin sends CreateUser with
        | webExId | {fresh address} |
      Then the call succeeds
      When the site admin sends GetUser with
        | webExId | {new user.email} |
      Then webExId is "{new user.email}"

    @clause.R41.11.0-10
    Scenario: SetUser finds the user by the e-mail address
      Given a new user with
        | timeZoneID | 20 |
      When the site admin sends SetUser with
        | webExId    | {new user.email} |
        | timeZoneID | 11               |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then timeZoneID is "11"

    @clause.R41.11.0-13
    Scenario: newWebExId is ignored
      Given a new user
      When the site admin sends SetUser for the new user with
        | newWebExId | {name} |
      Then the call succeeds
      When the site admin sends GetUser with
        | webExId | {new user.email} |
      Then webExId is "{new user.email}"

    @clause.R41.11.0-13
    Scenario: newWebExId is ignored where it is an e-mail address, too
      Given a new user
      When the site admin sends SetUser for the new user with
        | newWebExId | {fresh address} |
      Then the call succeeds
      When the site admin sends GetUser with
        | webExId | {new user.email} |
      Then webExId is "{new user.email}"

    # The overview of 42.6 speaks of users who change their own record; that they may on every site no source says.
    @clause.R41.11.0-13
    Scenario: newWebExId of a user who may change the own record is ignored
      Given the disposable user can sign in
      When the site admin sends GetUser for the disposable user
      And the disposable user sends SetUser for the disposable user with
        | newWebExId | {name} |
      Then the call succeeds unless this caller has no right to it
      When the site admin sends GetUser with
        | webExId | {disposable user.email} |
      Then webExId is the same in both replies of GetUser

    @clause.R41.11.0-13
    Scenario: The name newWebExId gave finds nobody
      Given a new user
      When the site admin sends SetUser for the new user with
        | newWebExId | {name} |
      And the site admin sends GetUser with
        | webExId | {sent.newWebExId} |
      Then the call is refused

    @clause.R41.11.0-09
    Scenario: Another webExId given to CreateUser finds nobody
      When the site admin sends CreateUser with
        | webExId | {name} |
      And the site admin sends GetUser with
        | webExId | {sent.webExId} |
      Then the call is refused

  Rule: Only a full administrator changes an e-mail address

    @clause.R41.11.0-11
    Scenario: A full administrator changes the e-mail address
      Given a new user
      When the site admin sends SetUser for the new user with
        | email | {fresh address} |
      Then the call succeeds

    # Control Hub may wait until the new address is verified, so nothing is said about when it holds.
    @clause.R41.11.0-11 @observe
    Scenario: Whether the new e-mail address holds at once is recorded
      Given a new user
      When the site admin sends SetUser for the new user with
        | email | {fresh address} |
      And the site admin sends GetUser with
        | webExId | {sent.email} |
      Then the answer is recorded

    # Which of the two addresses is good while the new one waits for its owner is not said; both never are.
    @clause.R41.11.0-11 @should
    Scenario: Just one of the old and the new e-mail address finds the user
      Given a new user
      When the site admin sends SetUser for the new user with
        | email | {fresh address} |
      And the site admin sends GetUser with
        | webExId | {sent.email} |
      And the site admin sends GetUser for the new user
      Then just one of the last two calls succeeds

    @clause.R41.11.0-12
    Scenario: An administrator of users may not change it
      Given a new user
      When the user admin sends SetUser for the new user with
        | email | {fresh address} |
      Then the call is refused with 030120
      When the site admin sends GetUser for the new user
      Then email is "{new user.email}"

    @clause.R41.11.0-12
    Scenario: A user may not change the own e-mail address
      Given the disposable user can sign in
      When the disposable user sends SetUser for the disposable user with
        | email | {fresh address} |
      Then the call is refused with 030120
      When the site admin sends GetUser for the disposable user
      Then email is "{disposable user.email}"

    @clause.R41.11.0-12
    Scenario: A read-only administrator may not change it
      Given a new user
      When the read-only admin sends SetUser for the new user with
        | email | {fresh address} |
      Then the call is refused
      When the site admin sends GetUser for the new user
      Then email is "{new user.email}"

  Rule: An e-mail address is used once

    @clause.R41.11.0-14
    Scenario: SetUser to an address used on the same site is refused
      Given a new user
      And another new user
      When the site admin sends SetUser for the new user with
        | email | {other new user.email} |
      Then the call is refused with 030118
      When the site admin sends GetUser for the new user
      Then email is "{new user.email}"

    @clause.R41.11.0-14
    Scenario: SetUser to an address used on another Control Hub site is refused
      Given a new user
      And the site has an e-mail address used on another Control Hub site
      When the site admin sends SetUser for the new user with
        | email | {e-mail address used on another Control Hub site.email} |
      Then the call is refused with 030118
      When the site admin sends GetUser for the new user
      Then email is "{new user.email}"

  Rule: DelUser deactivates, SetUser re-activates

    # First, because a site that cannot re-activate leaves nobody to deactivate again.
    @clause.R41.11.0-16
    Scenario: SetUser re-activates a user who was verified before
      Given the disposable user is active
      And DelUser has deactivated the disposable user
      When the site admin sends SetUser for the disposable user with
        | active | ACTIVATED |
      Then the call succeeds
      When the site admin sends GetUser for the disposable user
      Then active is "ACTIVATED"

    @clause.R41.11.0-15
    Scenario: DelUser deactivates the user
      Given the disposable user is active
      When the site admin sends DelUser for the disposable user
      Then the call succeeds
      When the site admin sends GetUser for the disposable user
      Then active is "DEACTIVATED"

    # The notes do not say which element shows that the license is gone.
    @clause.R41.11.0-15 @should
    Scenario: DelUser takes the license away
      Given the disposable user is active
      And the disposable user has a meeting license
      When the site admin sends DelUser for the disposable user
      And the site admin sends GetUser for the disposable user
      Then the user has no meeting license

    @clause.R41.11.0-15 @should
    Scenario: A user whom DelUser has deactivated cannot sign in any more
      Given single sign-on is disabled on the site
      And the disposable user can sign in with password
      When the site admin sends DelUser for the disposable user
      And "{disposable user.webExId}" signs in with the password "{disposable user.password}"
      Then the call is refused

    @clause.R41.11.0-67 @should
    Scenario: SetUser does not re-activate a user who was never verified
      Given verification by mail domain is disabled on the site
      And a new user
      And DelUser has deactivated the new user
      When the site admin sends SetUser for the new user with
        | active | ACTIVATED |
      And the site admin sends GetUser for the new user
      Then active is not "ACTIVATED"

  Rule: Users of the classic era are no exception

    @clause.R41.11.0-12
    Scenario: An administrator of users may not change the address of a classic-era user
      Given the site has a disposable classic-era user
      When the user admin sends SetUser for the disposable classic-era user with
        | email | {fresh address} |
      Then the call is refused with 030120
      When the site admin sends GetUser for the disposable classic-era user
      Then email is "{disposable classic-era user.email}"

    @clause.R41.11.0-13
    Scenario: newWebExId is ignored for a classic-era user
      Given the site has a disposable classic-era user
      When the site admin sends GetUser with
        | webExId | {disposable classic-era user.email} |
      Then the call succeeds
      When the site admin sends SetUser for the disposable classic-era user with
        | newWebExId | {name} |
      Then the call succeeds
      When the site admin sends GetUser with
        | webExId | {disposable classic-era user.email} |
      Then webExId is the same in both replies of GetUser

    @clause.R41.11.0-14
    Scenario: A classic-era user is not given an address used on another Control Hub site
      Given the site has a disposable classic-era user
      And the site has an e-mail address used on another Control Hub site
      When the site admin sends SetUser for the disposable classic-era user with
        | email | {e-mail address used on another Control Hub site.email} |
      Then the call is refused with 030118
      When the site admin sends GetUser for the disposable classic-era user
      Then email is "{disposable classic-era user.email}"

    @clause.R41.11.0-14
    Scenario Outline: SetUser to the address of a <owner> is refused
      Given a new user
      When the site admin sends SetUser for the new user with
        | email | {<owner>.email} |
      Then the call is refused with 030118
      When the site admin sends GetUser for the new user
      Then email is "{new user.email}"

      Examples:
        | owner            |
        | classic-era user |
        | control-hub user |

    @clause.R41.11.0-15
    Scenario: DelUser deactivates a classic-era user
      Given the site has a disposable classic-era user
      And the disposable classic-era user is active
      When the site admin sends DelUser for the disposable classic-era user
      And the site admin sends GetUser for the disposable classic-era user
      Then active is "DEACTIVATED"

    @clause.R41.11.0-15 @should
    Scenario: DelUser takes the license of a classic-era user away
      Given the site has a disposable classic-era user
      And the disposable classic-era user is active
      And the disposable classic-era user has a meeting license
      When the site admin sends DelUser for the disposable classic-era user
      And the site admin sends GetUser for the disposable classic-era user
      Then the user has no meeting license

    @clause.R41.11.0-16
    Scenario: SetUser re-activates a classic-era user
      Given the site has a disposable classic-era user
      And the disposable classic-era user is active
      And DelUser has deactivated the disposable classic-era user
      When the site admin sends SetUser for the disposable classic-era user with
        | active | ACTIVATED |
      Then the call succeeds
      When the site admin sends GetUser for the disposable classic-era user
      Then active is "ACTIVATED"

    @clause.R41.11.0-18
    Scenario: A classic-era user is not given an address outside the organisation
      Given the site has a disposable classic-era user
      And the site has an e-mail address outside the organisation
      When the site admin sends SetUser for the disposable classic-era user with
        | email | {e-mail address outside the organisation.email} |
      Then the call is refused with 030117
      When the site admin sends GetUser for the disposable classic-era user
      Then email is "{disposable classic-era user.email}"

    @clause.R41.11.0-20
    Scenario: A classic-era user is not changed without the scope
      Given the site has a disposable classic-era user
      When the unscoped admin, signed in with accessToken, sends SetUser for the disposable classic-era user with
        | timeZoneID | {disposable classic-era user.other timeZoneID} |
      Then the call is refused with 030119
      When the site admin sends GetUser for the disposable classic-era user
      Then timeZoneID is not "{disposable classic-era user.other timeZoneID}"

  Rule: A user outside the organisation must be claimed first

    @clause.R41.11.0-17
    Scenario: CreateUser for a user outside the organisation is refused
      Given the site has an e-mail address outside the organisation
      When the site admin sends CreateUser for the e-mail address outside the organisation
      Then the call is refused with 030117
      When the site admin sends GetUser with
        | webExId | {e-mail address outside the organisation.email} |
      Then the call is refused

    @clause.R41.11.0-18
    Scenario: SetUser to an address outside the organisation is refused
      Given a new user
      And the site has an e-mail address outside the organisation
      When the site admin sends SetUser for the new user with
        | email | {e-mail address outside the organisation.email} |
      Then the call is refused with 030117
      When the site admin sends GetUser for the new user
      Then email is "{new user.email}"

  Rule: An access token needs the scope webexsquare:admin to manage users

    @clause.R41.11.0-19
    Scenario: CreateUser without the scope is refused
      When the unscoped admin, signed in with accessToken, sends CreateUser
      Then the call is refused with 030119
      When the site admin sends GetUser with
        | webExId | {attempted user.email} |
      Then the call is refused

    @clause.R41.11.0-20
    Scenario: SetUser without the scope is refused
      Given a new user with
        | timeZoneID | 20 |
      When the unscoped admin, signed in with accessToken, sends SetUser for the new user with
        | timeZoneID | 11 |
      Then the call is refused with 030119
      When the site admin sends GetUser for the new user
      Then timeZoneID is not "11"

    @clause.R41.11.0-21
    Scenario: CreateUser with the scope succeeds
      When the site admin, signed in with accessToken, sends CreateUser
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then email is "{new user.email}"

    @clause.R41.11.0-21
    Scenario: SetUser with the scope succeeds
      Given a new user with
        | timeZoneID | 20 |
      When the site admin, signed in with accessToken, sends SetUser for the new user with
        | timeZoneID | 11 |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then timeZoneID is "11"

  Rule: CreateUser takes the callers the example shows

    @clause.R41.11.0-65
    Scenario: The e-mail address stands beside the webExID
      When the site admin, naming the e-mail address too, sends CreateUser
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then email is "{new user.email}"

    # Control Hub owns passwords: what refuses them everywhere is no answer about CreateUser.
    @clause.R41.11.0-26
    Scenario: A webExAccessToken signs a caller in to CreateUser
      When the site admin, signed in with webExAccessToken, sends CreateUser
      Then the caller is signed in

    # The notes of 9.0 SP2 say that such sites refuse a ticket here with 030104, the example of 41.11 shows one.
    @clause.R41.11.0-66 @should
    Scenario: A session ticket signs a caller in to CreateUser
      When the site admin, signed in with sessionTicket, sends CreateUser
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then email is "{new user.email}"

  Rule: The reply of CreateUser

    @clause.R41.11.0-23
    Scenario: CreateUser answers with the number of the user
      When the site admin sends CreateUser with
        | active | ACTIVATED |
      Then the call succeeds
      And the reply contains
        | element | kind    |
        | userId  | integer |

    @clause.R41.11.0-23
    Scenario: The number is the one GetUser tells, and no other user has it
      When the site admin sends CreateUser
      And the site admin sends CreateUser
      Then the reply contains
        | element | kind    |
        | userId  | integer |
      And userId is another one in each reply of CreateUser
      When the site admin sends GetUser for the new user
      Then userId is what CreateUser said in userId

  Rule: The schemas stay

    @clause.R41.11.0-22
    Scenario: The replies of CreateUser and SetUser are as before 41.11
      When the site admin sends CreateUser
      Then the reply fits the contract
      When the site admin sends SetUser for the new user
      Then the reply fits the contract

    @clause.R41.11.0-22
    Scenario: The replies of GetUser and DelUser are as before but for freeAccount
      Given a new user
      When the site admin sends GetUser for the new user
      Then the reply fits the contract
      When the site admin sends DelUser for the new user
      Then the reply fits the contract
