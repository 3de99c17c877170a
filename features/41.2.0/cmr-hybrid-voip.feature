@since.41.2.0
Feature: CMR hybrid VoIP follows Webex telephony
  GetSite tells whether the site has Webex telephony. If it has, and whatever
  else CMR hybrid VoIP needs, CreateUser and SetUser store cmrHybridVoip;
  whether a service provider uses the telephony API no longer matters. Where
  cmrHybridVoip stands in a request is presumed, so nothing here is a must.

  Rule: GetSite returns isWebexTelephony

    @clause.R41.2.0-01
    Scenario: telephonyConfig holds isWebexTelephony
      When the site admin sends GetSite
      Then the call succeeds
      And the reply contains
        | element                                       | kind    |
        | siteInstance/telephonyConfig/isWebexTelephony | boolean |

    @clause.R41.2.0-01 @should
    Scenario Outline: isWebexTelephony is <value> where Webex telephony is <state>
      Given Webex telephony is <state> on the site
      When the site admin sends GetSite
      Then siteInstance/telephonyConfig/isWebexTelephony is "<value>"

      Examples:
        | state    | value |
        | enabled  | true  |
        | disabled | false |

    @clause.R41.2.0-02
    Scenario: It comes first, before isTSPUsingTelephonyAPI
      When the site admin sends GetSite
      Then siteInstance/telephonyConfig/isWebexTelephony comes first in its parent
      And siteInstance/telephonyConfig/isWebexTelephony comes directly before isTSPUsingTelephonyAPI

    @clause.R41.2.0-15
    Scenario: What follows it keeps the order of the example
      When the site admin sends GetSite
      Then the call succeeds
      And the children of siteInstance/telephonyConfig keep this order
        | element                    |
        | isWebexTelephony           |
        | isTSPUsingTelephonyAPI     |
        | serviceName                |
        | participantAccessCodeLabel |
        | subscriberAccessCodeLabel  |
        | attendeeIDLabel            |

  Rule: GetSite returns isWebexTelephony to every role

    @clause.R41.2.0-01
    Scenario Outline: telephonyConfig holds isWebexTelephony for the <role>
      When the <role> sends GetSite
      Then the call succeeds
      And the reply contains
        | element                                       | kind    |
        | siteInstance/telephonyConfig/isWebexTelephony | boolean |

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |
        | attendee        |

    @clause.R41.2.0-02
    Scenario Outline: It comes first for the <role>, too
      When the <role> sends GetSite
      Then siteInstance/telephonyConfig/isWebexTelephony comes first in its parent
      And siteInstance/telephonyConfig/isWebexTelephony comes directly before isTSPUsingTelephonyAPI

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |
        | attendee        |

    @clause.R41.2.0-15
    Scenario Outline: What follows it keeps the order for the <role>
      When the <role> sends GetSite
      Then the call succeeds
      And the children of siteInstance/telephonyConfig keep this order
        | element                    |
        | isWebexTelephony           |
        | isTSPUsingTelephonyAPI     |
        | serviceName                |
        | participantAccessCodeLabel |
        | subscriberAccessCodeLabel  |
        | attendeeIDLabel            |

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |
        | attendee        |

  @should
  Rule: With Webex telephony cmrHybridVoip is stored

    @clause.R41.2.0-03
    Scenario Outline: CreateUser stores cmrHybridVoip = <value>
      Given Webex telephony is enabled on the site
      And CMR hybrid VoIP is enabled on the site
      When the site admin sends CreateUser with
        | cmrHybridVoip | <value> |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then cmrHybridVoip is "<value>"

      Examples:
        | value |
        | true  |
        | false |

    @clause.R41.2.0-04
    Scenario Outline: CreateUser stores it with the telephony API of a service provider <state>
      Given Webex telephony is enabled on the site
      And CMR hybrid VoIP is enabled on the site
      And the telephony API of a service provider is <state> on the site
      When the site admin sends CreateUser with
        | cmrHybridVoip | true |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then cmrHybridVoip is "true"

      Examples:
        | state    |
        | enabled  |
        | disabled |

    @clause.R41.2.0-06
    Scenario Outline: SetUser changes cmrHybridVoip from <before> to <after>
      Given Webex telephony is enabled on the site
      And CMR hybrid VoIP is enabled on the site
      And a new user with
        | cmrHybridVoip | <before> |
      When the site admin sends SetUser for the new user with
        | cmrHybridVoip | <after> |
      Then the call succeeds
      When the site admin sends GetUser for the new user
      Then cmrHybridVoip is "<after>"

      Examples:
        | before | after |
        | false  | true  |
        | true   | false |

    @clause.R41.2.0-07
    Scenario Outline: SetUser stores it with the telephony API of a service provider <state>
      Given Webex telephony is enabled on the site
      And CMR hybrid VoIP is enabled on the site
      And the telephony API of a service provider is <state> on the site
      And a new user with
        | cmrHybridVoip | false |
      When the site admin sends SetUser for the new user with
        | cmrHybridVoip | true |
      And the site admin sends GetUser for the new user
      Then cmrHybridVoip is "true"

      Examples:
        | state    |
        | enabled  |
        | disabled |

    @clause.R41.2.0-06
    Scenario Outline: Another change of the user leaves cmrHybridVoip = <value> as it was
      Given Webex telephony is enabled on the site
      And CMR hybrid VoIP is enabled on the site
      And a new user with
        | cmrHybridVoip | <value> |
      When the site admin sends SetUser for the new user with
        | timeZoneID | 11 |
      And the site admin sends GetUser for the new user
      Then cmrHybridVoip is "<value>"

      Examples:
        | value |
        | true  |
        | false |

  @should
  Rule: Without Webex telephony cmrHybridVoip is not stored
    Whether the call fails or ignores the element is not said, nor what a user
    has who was given nothing: what counts is that nothing changes.

    @clause.R41.2.0-05
    Scenario Outline: CreateUser with cmrHybridVoip = <value> makes the same user as without
      Given Webex telephony is disabled on the site
      And a new user
      When the site admin sends GetUser for the new user
      And the site admin sends CreateUser with
        | cmrHybridVoip | <value> |
      And the site admin sends GetUser for the new user
      Then cmrHybridVoip is the same in both replies of GetUser

      Examples:
        | value |
        | true  |
        | false |

    @clause.R41.2.0-08
    Scenario Outline: SetUser with cmrHybridVoip = <value> changes nothing
      Given Webex telephony is disabled on the site
      And a new user
      When the site admin sends GetUser for the new user
      And the site admin sends SetUser for the new user with
        | cmrHybridVoip | <value> |
      And the site admin sends GetUser for the new user
      Then cmrHybridVoip is the same in both replies of GetUser

      Examples:
        | value |
        | true  |
        | false |
