@since.41.4.0
Feature: Large events are shown in detail and cannot be scheduled
  GetSessionInfo returns the passwords of a large event or webcast to its host.
  The XML API does not create or change them: CreateMeeting and SetMeeting are
  refused with a new exception id.

  Rule: GetSessionInfo returns the passwords
    The notes tell which four passwords there are and name no element. An account
    that is shown a session of somebody else judges nothing.

    Scenario Outline: GetSessionInfo of a <kind> returns four passwords
      Given the site has a <kind>
      When the host sends GetSessionInfo for the <kind>
      Then the call succeeds
      And the <kind> is one of the host
      And the reply contains four passwords, two of them numbers

      Examples:
        | clause     | kind        |
        | R41.4.0-07 | large event |
        | R41.4.0-08 | webcast     |

    @should
    Scenario Outline: The names of the passwords of a <kind> say whose they are
      Given the site has a <kind>
      When the host sends GetSessionInfo for the <kind>
      Then the <kind> is one of the host
      And the reply contains
        | element                       | kind    |
        | accessControl/sessionPassword | text    |
        | accessControl/audioPassword   | count   |
      And the reply contains a password and a numeric password of the panelists

      Examples:
        | clause     | kind        |
        | R41.4.0-07 | large event |
        | R41.4.0-08 | webcast     |

    @should
    Scenario Outline: Asked twice, GetSessionInfo of a <kind> returns the same passwords
      Given the site has a <kind>
      When the host sends GetSessionInfo for the <kind>
      And the host sends GetSessionInfo for the <kind>
      Then the <kind> is one of the host
      And accessControl/sessionPassword is the same in the last two replies
      And accessControl/audioPassword is the same in the last two replies

      Examples:
        | clause     | kind        |
        | R41.4.0-07 | large event |
        | R41.4.0-08 | webcast     |

    @clause.R41.4.0-09
    Scenario: The reply of GetSessionInfo is as before 41.4
      Given the site has a large event
      When the host sends GetSessionInfo for the large event
      Then the reply fits the contract

  Rule: CreateMeeting and SetMeeting are refused
    SetMeeting gives the event the name it has: a site that wrongly accepts it
    changes nothing.

    Scenario Outline: CreateMeeting with the session type of a <kind> is refused
      Given the site has a <kind> session type
      When the host sends CreateMeeting for the <kind> session type
      Then the call is refused with 110064

      Examples:
        | clause     | kind        |
        | R41.4.0-10 | large event |
        | R41.4.0-14 | webcast     |

    Scenario Outline: SetMeeting of a <kind> is refused
      Given the site has a disposable <kind>
      When the host sends GetSessionInfo for the disposable <kind>
      And the host sends SetMeeting for the disposable <kind> with
        | confName | {GetSessionInfo.metaData/confName} |
      Then the call is refused with 110064

      Examples:
        | clause     | kind        |
        | R41.4.0-11 | large event |
        | R41.4.0-12 | webcast     |

    Scenario Outline: CreateMeeting with the session type of a <kind> is refused to the site admin
      Given the site has a <kind> session type
      When the site admin sends CreateMeeting for the <kind> session type
      Then the call is refused with 110064 unless this caller has no right to it

      Examples:
        | clause     | kind        |
        | R41.4.0-10 | large event |
        | R41.4.0-14 | webcast     |

    Scenario Outline: SetMeeting of a <kind> is refused to the site admin
      Given the site has a disposable <kind>
      When the host sends GetSessionInfo for the disposable <kind>
      And the site admin sends SetMeeting for the disposable <kind> with
        | confName | {GetSessionInfo.metaData/confName} |
      Then the call is refused with 110064 unless this caller has no right to it

      Examples:
        | clause     | kind        |
        | R41.4.0-11 | large event |
        | R41.4.0-12 | webcast     |

    @clause.R41.4.0-10
    Scenario: CreateMeeting of an ordinary meeting is not refused so
      When the host sends CreateMeeting
      Then the call is not refused with 110064

  @should
  Rule: The refusal looks like every other
    The notes show the id and not the whole reply.

    Scenario Outline: CreateMeeting of a <kind> is refused with gsbStatus and an empty body, and makes nothing
      Given the site has a <kind> session type
      When the host sends CreateMeeting for the <kind> session type
      Then the call is refused with 110064
      And the refusal has gsbStatus and an empty body
      When the host sends LstsummarySession with
        | confName    | {attempted meeting.confName} |
        | hostWebExID | {host.webExId}               |
      Then the list can be read
      And no session/confName is "{attempted meeting.confName}"

      Examples:
        | clause     | kind        |
        | R41.4.0-10 | large event |
        | R41.4.0-14 | webcast     |

    Scenario Outline: SetMeeting of a <kind> is refused with gsbStatus and an empty body, and changes nothing
      Given the site has a disposable <kind>
      When the host sends GetSessionInfo for the disposable <kind>
      And the host sends SetMeeting for the disposable <kind> with
        | confName | {name} |
      Then the call is refused with 110064
      And the refusal has gsbStatus and an empty body
      When the host sends GetSessionInfo for the disposable <kind>
      Then metaData/confName is the same in both replies of GetSessionInfo

      Examples:
        | clause     | kind        |
        | R41.4.0-11 | large event |
        | R41.4.0-12 | webcast     |
