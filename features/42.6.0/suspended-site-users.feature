@since.42.6.0
Feature: Administrators of a suspended site make and change no users
  While a site is suspended its administrators are refused; other users may go on
  changing themselves. Nobody is changed: a user is given the time zone he has.

  Rule: Administrators are refused

    @clause.R42.6.0-01
    Scenario: CreateUser is refused while the site is suspended
      Given suspension is enabled on the site
      When the site admin sends CreateUser
      Then the call is refused with 010107
      And the reason is "The site is suspended"
      And the refusal has gsbStatus and an empty body

    @clause.R42.6.0-02
    Scenario: SetUser of another user is refused while the site is suspended
      Given suspension is enabled on the site
      When the site admin sends GetUser for the disposable user
      And the site admin sends SetUser for the disposable user with
        | timeZoneID | {GetUser.timeZoneID} |
      Then the call is refused with 010107
      And the reason is "The site is suspended"
      And the refusal has gsbStatus and an empty body

  @clause.R42.6.0-03
  Rule: Users go on changing themselves

    Scenario: A host changes himself while the site is suspended
      Given suspension is enabled on the site
      When the host sends GetUser with
        | webExId | {host.webExId} |
      And the host sends SetUser with
        | webExId    | {host.webExId}       |
        | timeZoneID | {GetUser.timeZoneID} |
      Then the call succeeds

  @clause.R42.6.0-04
  Rule: While the site is not suspended, nobody is refused for that reason

    Scenario: CreateUser is not refused while the site is not suspended
      Given suspension is disabled on the site
      When the site admin sends CreateUser
      Then the call is not refused with 010107

    Scenario: SetUser is not refused while the site is not suspended
      Given suspension is disabled on the site
      When the site admin sends GetUser for the disposable user
      And the site admin sends SetUser for the disposable user with
        | timeZoneID | {GetUser.timeZoneID} |
      Then the call is not refused with 010107

  @clause.R42.6.0-05
  Rule: No schema changed

    Scenario: The replies of CreateUser and SetUser are as before 42.6
      Given suspension is disabled on the site
      When the site admin sends CreateUser
      Then the reply fits the contract
      When the site admin sends SetUser for the new user with
        | timeZoneID | 20 |
      Then the reply fits the contract
