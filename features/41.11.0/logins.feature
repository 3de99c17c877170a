@since.41.11.0
Feature: Existing users keep their old login after the move to Control Hub
  Users who were created while the site was a classic one keep their short
  webExID beside the e-mail address. Users created later have the e-mail address
  only. This holds for the security context of every operation, and for the
  webExId that GetUser, SetUser and DelUser are asked about. A login counts as
  refused by the exceptions that speak of logins only: what an operation says
  beyond that, it says to a caller it has let in. A ticket for a password, the
  own record, and GetSite to an administrator are refused to nobody who is let in.

  Background:
    Given Control Hub management is enabled on the site

  Rule: Every kind of credential signs a caller in

    Scenario Outline: A caller signs in with <credential>
      When the site admin, signed in with <credential>, sends GetSite
      Then the caller is signed in

      Examples:
        | clause      | credential       |
        | R41.11.0-24 | sessionTicket    |
        | R41.11.0-26 | webExAccessToken |
        | R41.11.0-27 | accessToken      |

    @clause.R41.11.0-25
    Scenario: A caller signs in with a password
      Given single sign-on is disabled on the site
      When the site admin, signed in with password, sends GetSite
      Then the caller is signed in

    Scenario Outline: <operation> takes the credential <credential>
      When the site admin, signed in with <credential>, sends <operation>
      Then the caller is signed in

      Examples:
        | clause      | credential       | operation              |
        | R41.11.0-24 | sessionTicket    | LstTimeZone            |
        | R41.11.0-24 | sessionTicket    | LstMeetingType         |
        | R41.11.0-24 | sessionTicket    | LstsummarySession      |
        | R41.11.0-24 | sessionTicket    | LstRecording           |
        | R41.11.0-24 | sessionTicket    | LstsummaryEvent        |
        | R41.11.0-24 | sessionTicket    | LstrecordedEvent       |
        | R41.11.0-24 | sessionTicket    | LstsummaryProgram      |
        | R41.11.0-24 | sessionTicket    | LstrecordaccessHistory |
        | R41.11.0-24 | sessionTicket    | LstsummaryUser         |
        | R41.11.0-24 | sessionTicket    | CreateMeeting          |
        | R41.11.0-24 | sessionTicket    | CreateEvent            |
        | R41.11.0-26 | webExAccessToken | LstTimeZone            |
        | R41.11.0-26 | webExAccessToken | LstMeetingType         |
        | R41.11.0-26 | webExAccessToken | LstsummarySession      |
        | R41.11.0-26 | webExAccessToken | LstRecording           |
        | R41.11.0-26 | webExAccessToken | LstsummaryEvent        |
        | R41.11.0-26 | webExAccessToken | LstrecordedEvent       |
        | R41.11.0-26 | webExAccessToken | LstsummaryProgram      |
        | R41.11.0-26 | webExAccessToken | LstrecordaccessHistory |
        | R41.11.0-26 | webExAccessToken | LstsummaryUser         |
        | R41.11.0-26 | webExAccessToken | CreateMeeting          |
        | R41.11.0-26 | webExAccessToken | CreateEvent            |
        | R41.11.0-27 | accessToken      | LstTimeZone            |
        | R41.11.0-27 | accessToken      | LstMeetingType         |
        | R41.11.0-27 | accessToken      | LstsummarySession      |
        | R41.11.0-27 | accessToken      | LstRecording           |
        | R41.11.0-27 | accessToken      | LstsummaryEvent        |
        | R41.11.0-27 | accessToken      | LstrecordedEvent       |
        | R41.11.0-27 | accessToken      | LstsummaryProgram      |
        | R41.11.0-27 | accessToken      | LstrecordaccessHistory |
        | R41.11.0-27 | accessToken      | LstsummaryUser         |
        | R41.11.0-27 | accessToken      | CreateMeeting          |
        | R41.11.0-27 | accessToken      | CreateEvent            |

    Scenario Outline: <operation> by its key takes the credential <credential>
      When the site admin, signed in with <credential>, sends <operation> with
        | <element> | <value> |
      Then the caller is signed in

      Examples:
        | clause      | credential       | operation                    | element    | value                |
        | R41.11.0-24 | sessionTicket    | GetUser                      | webExId    | {site admin.webExId} |
        | R41.11.0-24 | sessionTicket    | GetMeeting                   | meetingKey | 1                    |
        | R41.11.0-24 | sessionTicket    | GetSessionInfo               | sessionKey | 1                    |
        | R41.11.0-24 | sessionTicket    | GetEvent                     | sessionKey | 1                    |
        | R41.11.0-24 | sessionTicket    | LstrecordaccessDetailHistory | recordID   | 1                    |
        | R41.11.0-24 | sessionTicket    | SetMeeting                   | meetingKey | 1                    |
        | R41.11.0-24 | sessionTicket    | DelMeeting                   | meetingKey | 1                    |
        | R41.11.0-24 | sessionTicket    | SetEvent                     | sessionKey | 1                    |
        | R41.11.0-24 | sessionTicket    | DelEvent                     | sessionKey | 1                    |
        | R41.11.0-24 | sessionTicket    | UploadEventImage             | sessionKey | 1                    |
        | R41.11.0-26 | webExAccessToken | GetUser                      | webExId    | {site admin.webExId} |
        | R41.11.0-26 | webExAccessToken | GetMeeting                   | meetingKey | 1                    |
        | R41.11.0-26 | webExAccessToken | GetSessionInfo               | sessionKey | 1                    |
        | R41.11.0-26 | webExAccessToken | GetEvent                     | sessionKey | 1                    |
        | R41.11.0-26 | webExAccessToken | LstrecordaccessDetailHistory | recordID   | 1                    |
        | R41.11.0-26 | webExAccessToken | SetMeeting                   | meetingKey | 1                    |
        | R41.11.0-26 | webExAccessToken | DelMeeting                   | meetingKey | 1                    |
        | R41.11.0-26 | webExAccessToken | SetEvent                     | sessionKey | 1                    |
        | R41.11.0-26 | webExAccessToken | DelEvent                     | sessionKey | 1                    |
        | R41.11.0-26 | webExAccessToken | UploadEventImage             | sessionKey | 1                    |
        | R41.11.0-27 | accessToken      | GetUser                      | webExId    | {site admin.webExId} |
        | R41.11.0-27 | accessToken      | GetMeeting                   | meetingKey | 1                    |
        | R41.11.0-27 | accessToken      | GetSessionInfo               | sessionKey | 1                    |
        | R41.11.0-27 | accessToken      | GetEvent                     | sessionKey | 1                    |
        | R41.11.0-27 | accessToken      | LstrecordaccessDetailHistory | recordID   | 1                    |
        | R41.11.0-27 | accessToken      | SetMeeting                   | meetingKey | 1                    |
        | R41.11.0-27 | accessToken      | DelMeeting                   | meetingKey | 1                    |
        | R41.11.0-27 | accessToken      | SetEvent                     | sessionKey | 1                    |
        | R41.11.0-27 | accessToken      | DelEvent                     | sessionKey | 1                    |
        | R41.11.0-27 | accessToken      | UploadEventImage             | sessionKey | 1                    |

    @clause.R41.11.0-25
    Scenario Outline: <operation> takes a password
      Given single sign-on is disabled on the site
      When the site admin, signed in with password, sends <operation>
      Then the caller is signed in

      Examples:
        | operation              |
        | LstTimeZone            |
        | LstMeetingType         |
        | LstsummarySession      |
        | LstRecording           |
        | LstsummaryEvent        |
        | LstrecordedEvent       |
        | LstsummaryProgram      |
        | LstrecordaccessHistory |
        | LstsummaryUser         |
        | CreateMeeting          |
        | CreateEvent            |

    @clause.R41.11.0-25
    Scenario Outline: <operation> by its key takes a password
      Given single sign-on is disabled on the site
      When the site admin, signed in with password, sends <operation> with
        | <element> | <value> |
      Then the caller is signed in

      Examples:
        | operation                    | element    | value                |
        | GetUser                      | webExId    | {site admin.webExId} |
        | GetMeeting                   | meetingKey | 1                    |
        | GetSessionInfo               | sessionKey | 1                    |
        | GetEvent                     | sessionKey | 1                    |
        | LstrecordaccessDetailHistory | recordID   | 1                    |
        | SetMeeting                   | meetingKey | 1                    |
        | DelMeeting                   | meetingKey | 1                    |
        | SetEvent                     | sessionKey | 1                    |
        | DelEvent                     | sessionKey | 1                    |
        | UploadEventImage             | sessionKey | 1                    |

    @clause.R41.11.0-24 @should
    Scenario: A session ticket is good for more than one call
      When the site admin, signed in with one sessionTicket, sends GetSite twice
      Then the caller is signed in

  Rule: Every kind of credential signs in a caller who manages users
    A session ticket is a matter of its own: the notes of 9.0 SP2 say that such sites refuse one here.

    @clause.R41.11.0-25
    Scenario: CreateUser takes a password
      Given single sign-on is disabled on the site
      When the site admin, signed in with password, sends CreateUser
      Then the caller is signed in

    Scenario Outline: <operation> takes the credential <credential> for a new user
      Given a new user
      When the site admin, signed in with <credential>, sends <operation> for the new user
      Then the caller is signed in

      Examples:
        | clause      | credential       | operation |
        | R41.11.0-26 | webExAccessToken | SetUser   |
        | R41.11.0-26 | webExAccessToken | DelUser   |
        | R41.11.0-27 | accessToken      | DelUser   |

    @clause.R41.11.0-25
    Scenario Outline: <operation> takes a password for a new user
      Given single sign-on is disabled on the site
      And a new user
      When the site admin, signed in with password, sends <operation> for the new user
      Then the caller is signed in

      Examples:
        | operation |
        | SetUser   |
        | DelUser   |

  @clause.R41.11.0-28
  Rule: The old webExID of a classic-era user is still accepted

    Scenario Outline: <operation> accepts the old webExID
      When the classic-era user, called "{classic-era user.webExId}", sends <operation>
      Then the caller is signed in

      Examples:
        | operation              |
        | AuthenticateUser       |
        | GetSite                |
        | LstMeetingType         |
        | LstsummarySession      |
        | LstRecording           |
        | LstsummaryEvent        |
        | LstrecordedEvent       |
        | LstsummaryProgram      |
        | LstrecordaccessHistory |
        | CreateMeeting          |
        | LstTimeZone            |
        | LstsummaryUser         |
        | CreateEvent            |

    Scenario Outline: <operation> by its key accepts the old webExID
      When the classic-era user, called "{classic-era user.webExId}", sends <operation> with
        | <element> | <value> |
      Then the caller is signed in

      Examples:
        | operation                    | element    | value                      |
        | GetUser                      | webExId    | {classic-era user.webExId} |
        | GetMeeting                   | meetingKey | 1                          |
        | GetSessionInfo               | sessionKey | 1                          |
        | GetEvent                     | sessionKey | 1                          |
        | LstrecordaccessDetailHistory | recordID   | 1                          |
        | SetMeeting                   | meetingKey | 1                          |
        | DelMeeting                   | meetingKey | 1                          |
        | SetEvent                     | sessionKey | 1                          |
        | DelEvent                     | sessionKey | 1                          |
        | UploadEventImage             | sessionKey | 1                          |

  @clause.R41.11.0-29
  Rule: The e-mail address of a classic-era user is accepted, too

    Scenario Outline: <operation> accepts the e-mail address of a classic-era user
      When the classic-era user, called "{classic-era user.email}", sends <operation>
      Then the caller is signed in

      Examples:
        | operation              |
        | AuthenticateUser       |
        | GetSite                |
        | LstMeetingType         |
        | LstsummarySession      |
        | LstRecording           |
        | LstsummaryEvent        |
        | LstrecordedEvent       |
        | LstsummaryProgram      |
        | LstrecordaccessHistory |
        | CreateMeeting          |
        | LstTimeZone            |
        | LstsummaryUser         |
        | CreateEvent            |

    Scenario Outline: <operation> by its key accepts the e-mail address of a classic-era user
      When the classic-era user, called "{classic-era user.email}", sends <operation> with
        | <element> | <value> |
      Then the caller is signed in

      Examples:
        | operation                    | element    | value                    |
        | GetUser                      | webExId    | {classic-era user.email} |
        | GetMeeting                   | meetingKey | 1                        |
        | GetSessionInfo               | sessionKey | 1                        |
        | GetEvent                     | sessionKey | 1                        |
        | LstrecordaccessDetailHistory | recordID   | 1                        |
        | SetMeeting                   | meetingKey | 1                        |
        | DelMeeting                   | meetingKey | 1                        |
        | SetEvent                     | sessionKey | 1                        |
        | DelEvent                     | sessionKey | 1                        |
        | UploadEventImage             | sessionKey | 1                        |

  @clause.R41.11.0-30
  Rule: A user created after the move has the e-mail address

    Scenario Outline: <operation> accepts the e-mail address of a later user
      When the control-hub user, called "{control-hub user.email}", sends <operation>
      Then the caller is signed in

      Examples:
        | operation              |
        | AuthenticateUser       |
        | GetSite                |
        | LstMeetingType         |
        | LstsummarySession      |
        | LstRecording           |
        | LstsummaryEvent        |
        | LstrecordedEvent       |
        | LstsummaryProgram      |
        | LstrecordaccessHistory |
        | CreateMeeting          |
        | LstTimeZone            |
        | LstsummaryUser         |
        | CreateEvent            |

    Scenario Outline: <operation> by its key accepts the e-mail address of a later user
      When the control-hub user, called "{control-hub user.email}", sends <operation> with
        | <element> | <value> |
      Then the caller is signed in

      Examples:
        | operation                    | element    | value                    |
        | GetUser                      | webExId    | {control-hub user.email} |
        | GetMeeting                   | meetingKey | 1                        |
        | GetSessionInfo               | sessionKey | 1                        |
        | GetEvent                     | sessionKey | 1                        |
        | LstrecordaccessDetailHistory | recordID   | 1                        |
        | SetMeeting                   | meetingKey | 1                        |
        | DelMeeting                   | meetingKey | 1                        |
        | SetEvent                     | sessionKey | 1                        |
        | DelEvent                     | sessionKey | 1                        |
        | UploadEventImage             | sessionKey | 1                        |

    @mail
    Scenario: AuthenticateUser accepts the e-mail address of a user who has just been created
      Given verification by mail domain is disabled on the site
      And sending of activation mails is enabled on the site
      And a new user with
        | email | {fresh mail address} |
      When the new user follows the link of the mail and chooses the password "Chosen-By-Me-1"
      And "{new user.email}" signs in with the password "Chosen-By-Me-1"
      Then the caller is signed in

  @clause.R41.11.0-31
  Rule: A user created after the move has no other login

    Scenario Outline: <operation> refuses a short name of a later user
      Given the control-hub user can sign in
      When the control-hub user, called "{control-hub user.short name}", sends <operation>
      Then the call is refused

      Examples:
        | operation         |
        | AuthenticateUser  |
        | GetSite           |
        | LstsummarySession |

    @should
    Scenario Outline: <operation> lets nobody in by a short name of a later user
      When the control-hub user, called "{control-hub user.short name}", sends <operation>
      Then the caller is not signed in

      Examples:
        | operation              |
        | LstRecording           |
        | LstsummaryEvent        |
        | LstrecordedEvent       |
        | LstsummaryProgram      |
        | LstrecordaccessHistory |
        | LstsummaryUser         |
        | CreateEvent            |
        | LstTimeZone            |
        | LstMeetingType         |
        | CreateMeeting          |

    @should
    Scenario Outline: <operation> by its key lets nobody in by a short name of a later user
      When the control-hub user, called "{control-hub user.short name}", sends <operation> with
        | <element> | <value> |
      Then the caller is not signed in

      Examples:
        | operation                    | element    | value                      |
        | GetUser                      | webExId    | {control-hub user.webExId} |
        | GetMeeting                   | meetingKey | 1                          |
        | GetEvent                     | sessionKey | 1                          |
        | LstrecordaccessDetailHistory | recordID   | 1                          |
        | SetMeeting                   | meetingKey | 1                          |
        | DelMeeting                   | meetingKey | 1                          |
        | SetEvent                     | sessionKey | 1                          |
        | DelEvent                     | sessionKey | 1                          |
        | UploadEventImage             | sessionKey | 1                          |

    @should
    Scenario: A refused CreateMeeting by a short name of a later user makes nothing
      When the control-hub user, called "{control-hub user.short name}", sends CreateMeeting
      And the control-hub user sends LstsummarySession with
        | confName    | {attempted meeting.confName} |
        | hostWebExID | {control-hub user.webExId}   |
      Then the list can be read
      And no session/confName is "{attempted meeting.confName}"

  @should
  Rule: Who is signed in is the one the name or the credential belongs to

    Scenario Outline: A meeting made by the <role>, called by <name>, is his own
      When the <role>, called "<identity>", sends CreateMeeting
      Then the caller is signed in
      When the <role> sends GetSessionInfo for the new meeting
      Then host/email is "{<role>.email}"

      Examples:
        | clause      | role             | name               | identity                   |
        | R41.11.0-28 | classic-era user | the old webExID    | {classic-era user.webExId} |
        | R41.11.0-29 | classic-era user | the e-mail address | {classic-era user.email}   |
        | R41.11.0-30 | control-hub user | the e-mail address | {control-hub user.email}   |

    Scenario Outline: A meeting made by the host, signed in with <credential>, is his own
      When the host, signed in with <credential>, sends CreateMeeting
      Then the caller is signed in
      When the host sends GetSessionInfo for the new meeting
      Then host/email is "{host.email}"

      Examples:
        | clause      | credential       |
        | R41.11.0-24 | sessionTicket    |
        | R41.11.0-26 | webExAccessToken |
        | R41.11.0-27 | accessToken      |

    @clause.R41.11.0-25
    Scenario: A meeting made by the host, signed in with a password, is his own
      Given single sign-on is disabled on the site
      When the host, signed in with password, sends CreateMeeting
      Then the caller is signed in
      When the host sends GetSessionInfo for the new meeting
      Then host/email is "{host.email}"

  Rule: GetUser, SetUser and DelUser find users the same way

    @clause.R41.11.0-32
    Scenario: GetUser finds a classic-era user by both names
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
    Scenario Outline: SetUser changes a classic-era user by <name>
      Given the site has a disposable classic-era user
      When the site admin sends SetUser with
        | webExId    | <identity>                                              |
        | timeZoneID | {disposable classic-era user.other timeZoneID} |
      Then the call succeeds
      When the site admin sends GetUser for the disposable classic-era user
      Then timeZoneID is "{disposable classic-era user.other timeZoneID}"

      Examples:
        | name               | identity                                        |
        | the old webExId    | {disposable classic-era user.webExId} |
        | the e-mail address | {disposable classic-era user.email}   |

    @clause.R41.11.0-35
    Scenario: SetUser changes a later user by the e-mail address
      Given a new user with
        | timeZoneID | 20 |
      When the site admin sends SetUser with
        | webExId    | {new user.email} |
        | timeZoneID | 11               |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then timeZoneID is "11"

    @clause.R41.11.0-36
    Scenario Outline: DelUser deactivates a classic-era user by <name>
      Given the site has a disposable classic-era user
      And the disposable classic-era user is active
      When the site admin sends DelUser with
        | webExId | <identity> |
      Then the call succeeds
      When the site admin sends GetUser for the disposable classic-era user
      Then active is "DEACTIVATED"

      Examples:
        | name               | identity                                        |
        | the old webExId    | {disposable classic-era user.webExId} |
        | the e-mail address | {disposable classic-era user.email}   |

    @clause.R41.11.0-37
    Scenario: DelUser deactivates a later user by the e-mail address
      Given a new user
      And the new user is not deactivated
      When the site admin sends DelUser with
        | webExId | {new user.email} |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then active is "DEACTIVATED"

  @clause.R41.11.0-68
  Rule: A user created after the move is not found by a short name

    Scenario: GetUser does not find a later user by a short name
      Given a new user
      When the site admin sends GetUser with
        | webExId | {new user.short name} |
      Then the call is refused

    Scenario: SetUser does not change a later user by a short name
      Given a new user with
        | timeZoneID | 20 |
      When the site admin sends SetUser with
        | webExId    | {new user.short name} |
        | timeZoneID | 11                    |
      And the site admin sends GetUser for the new user
      Then timeZoneID is not "11"

    Scenario: DelUser does not deactivate a later user by a short name
      Given a new user
      And the new user is not deactivated
      When the site admin sends DelUser with
        | webExId | {new user.short name} |
      And the site admin sends GetUser for the new user
      Then active is not "DEACTIVATED"

  @clause.R41.11.0-39
  Rule: The reply of GetUser is as before

    Scenario: The elements of GetUser keep their order
      When the site admin sends GetUser with
        | webExId | {site admin.webExId} |
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

    Scenario Outline: The elements of GetUser keep their order for the <role>
      When the <role> sends GetUser with
        | webExId | {<role>.webExId} |
      Then the call succeeds
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

      Examples:
        | role             |
        | read-only admin  |
        | user admin       |
        | host             |
        | classic-era user |
        | control-hub user |

    # No source says that attendees may ask for users, be it themselves.
    Scenario: The elements of GetUser keep their order for an attendee who may ask for himself
      When the attendee sends GetUser with
        | webExId | {attendee.webExId} |
      Then the call succeeds unless this caller has no right to it
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

  Rule: The schemas stay

    @clause.R41.11.0-38
    Scenario Outline: The reply of <operation> is as before but for what other items of 41.11 announce
      When the site admin sends <operation>
      Then the reply fits the contract

      Examples:
        | operation        |
        | AuthenticateUser |
        | GetSite          |
        | LstMeetingType   |
