@since.41.12.0
Feature: LstMeetingType returns subProductCodePrefix
  A session type that a site derived from a predefined one, such as PRO, is told
  apart by a prefix of its own, such as PRO3.

  Rule: A customised session type carries the new element

    @clause.R41.12.0-13
    Scenario: subProductCodePrefix comes with a customised session type
      Given the site has a customised session type
      When the site admin sends LstMeetingType for the customised session type
      Then the call succeeds
      And the reply contains
        | element                          | kind |
        | meetingType/productCodePrefix    | text |
        | meetingType/subProductCodePrefix | text |

    @clause.R41.12.0-13 @should
    Scenario: The prose spells the element subProdctCodePrefix, and replies do not
      Given the site has a customised session type
      When the site admin sends LstMeetingType for the customised session type
      Then the call succeeds
      And the reply contains none of
        | element             |
        | subProdctCodePrefix |

  Rule: The elements of a session type keep the order of the example

    @clause.R41.12.0-14
    Scenario: subProductCodePrefix stands between productCodePrefix and active
      Given the site has a customised session type
      When the site admin sends LstMeetingType for the customised session type
      Then the children of meetingType keep this order
        | element              |
        | productCodePrefix    |
        | subProductCodePrefix |
        | active               |
      And meetingType/subProductCodePrefix comes directly after productCodePrefix

    @clause.R41.12.0-19 @should
    Scenario: name and displayName follow the prefixes and active
      Given the site has a customised session type
      When the site admin sends LstMeetingType for the customised session type
      Then the reply contains
        | element                 | kind          |
        | meetingType/name        | text          |
        | meetingType/displayName | text or empty |
      And the children of meetingType keep this order
        | element              |
        | productCodePrefix    |
        | subProductCodePrefix |
        | active               |
        | name                 |
        | displayName          |

  Rule: The prefix of a customised type extends that of its predefined type

    @clause.R41.12.0-15 @should
    Scenario: subProductCodePrefix is productCodePrefix and a number
      Given the site has a customised session type
      When the site admin sends LstMeetingType for the customised session type
      Then meetingType/subProductCodePrefix is meetingType/productCodePrefix followed by digits

  Rule: Predefined session types keep their prefix

    @clause.R41.12.0-18
    Scenario: productCodePrefix comes with a predefined session type
      Given the site has a predefined session type
      When the site admin sends LstMeetingType for the predefined session type
      Then the call succeeds
      And the reply contains
        | element                       | kind |
        | meetingType/productCodePrefix | text |

    @clause.R41.12.0-16 @observe
    Scenario: subProductCodePrefix of a predefined type is recorded
      Given the site has a predefined session type
      When the site admin sends LstMeetingType for the predefined session type
      Then meetingType/productCodePrefix is recorded
      And meetingType/subProductCodePrefix is recorded

  @clause.R41.12.0-17
  Rule: One session type asked for is one session type returned

    Scenario: The list holds the one type and counts it
      Given the site has a customised session type
      When the site admin sends LstMeetingType for the customised session type
      Then there is exactly one meetingType
      And meetingType/meetingTypeID is "{customised session type.meetingTypeID}"
      And the counts agree with the number of meetingType
      And matchingRecords/total is "1"
      And matchingRecords comes first in its parent

  Rule: Every role is told the same

    @clause.R41.12.0-13 @should
    Scenario Outline: The prefixes of a customised session type come to the <role>
      Given the site has a customised session type
      When the <role> sends LstMeetingType for the customised session type
      Then the call succeeds
      And the reply contains
        | element                          | kind |
        | meetingType/productCodePrefix    | text |
        | meetingType/subProductCodePrefix | text |

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |

    @clause.R41.12.0-14 @should
    Scenario Outline: subProductCodePrefix stands in its place for the <role>
      Given the site has a customised session type
      When the <role> sends LstMeetingType for the customised session type
      Then the children of meetingType keep this order
        | element              |
        | productCodePrefix    |
        | subProductCodePrefix |
        | active               |
      And meetingType/subProductCodePrefix comes directly after productCodePrefix

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |

    @clause.R41.12.0-19 @should
    Scenario Outline: name and displayName follow for the <role>
      Given the site has a customised session type
      When the <role> sends LstMeetingType for the customised session type
      Then the reply contains
        | element                 | kind          |
        | meetingType/name        | text          |
        | meetingType/displayName | text or empty |
      And the children of meetingType keep this order
        | element              |
        | productCodePrefix    |
        | subProductCodePrefix |
        | active               |
        | name                 |
        | displayName          |

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |

    @clause.R41.12.0-18 @should
    Scenario Outline: Every session type has a productCodePrefix for the <role>
      When the <role> sends LstMeetingType
      Then the call succeeds
      And the reply contains
        | element                       | kind |
        | meetingType/productCodePrefix | text |

      Examples:
        | role            |
        | site admin      |
        | read-only admin |
        | user admin      |
        | host            |

    @clause.R41.12.0-19 @should
    Scenario: Every session type has a name and a displayName, in their place
      When the site admin sends LstMeetingType
      Then the call succeeds
      And the reply contains
        | element                 | kind          |
        | meetingType/name        | text          |
        | meetingType/displayName | text or empty |
      And the children of meetingType keep this order
        | element              |
        | productCodePrefix    |
        | subProductCodePrefix |
        | active               |
        | name                 |
        | displayName          |

    @clause.R41.12.0-17 @should
    Scenario Outline: One session type asked for is one returned to the <role>
      Given the site has a customised session type
      When the <role> sends LstMeetingType for the customised session type
      Then there is exactly one meetingType
      And meetingType/meetingTypeID is "{customised session type.meetingTypeID}"
      And the counts agree with the number of meetingType
      And matchingRecords/total is "1"
      And matchingRecords comes first in its parent

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |

  @should
  Rule: An attendee who may ask is told the same
    No source says whether attendees may.

    @clause.R41.12.0-13
    Scenario: The prefixes of a customised session type come to an attendee
      Given the site has a customised session type
      When the site admin sends LstMeetingType for the customised session type
      And the attendee sends LstMeetingType for the customised session type
      Then the call succeeds unless this caller has no right to it
      And the reply contains
        | element                          | kind |
        | meetingType/productCodePrefix    | text |
        | meetingType/subProductCodePrefix | text |

    @clause.R41.12.0-14
    Scenario: subProductCodePrefix stands in its place for an attendee
      Given the site has a customised session type
      When the site admin sends LstMeetingType for the customised session type
      And the attendee sends LstMeetingType for the customised session type
      Then the call succeeds unless this caller has no right to it
      And the children of meetingType keep this order
        | element              |
        | productCodePrefix    |
        | subProductCodePrefix |
        | active               |
      And meetingType/subProductCodePrefix comes directly after productCodePrefix

    @clause.R41.12.0-19
    Scenario: name and displayName follow for an attendee
      Given the site has a customised session type
      When the site admin sends LstMeetingType for the customised session type
      And the attendee sends LstMeetingType for the customised session type
      Then the call succeeds unless this caller has no right to it
      And the reply contains
        | element                 | kind          |
        | meetingType/name        | text          |
        | meetingType/displayName | text or empty |
      And the children of meetingType keep this order
        | element              |
        | productCodePrefix    |
        | subProductCodePrefix |
        | active               |
        | name                 |
        | displayName          |

    @clause.R41.12.0-18
    Scenario: Every session type has a productCodePrefix for an attendee
      When the attendee sends LstMeetingType
      Then the call succeeds unless this caller has no right to it
      And the reply contains
        | element                       | kind |
        | meetingType/productCodePrefix | text |

    @clause.R41.12.0-17
    Scenario: One session type asked for is one returned to an attendee
      Given the site has a customised session type
      When the site admin sends LstMeetingType for the customised session type
      And the attendee sends LstMeetingType for the customised session type
      Then the call succeeds unless this caller has no right to it
      And there is exactly one meetingType
      And meetingType/meetingTypeID is "{customised session type.meetingTypeID}"

    @clause.R41.12.0-17
    Scenario: The counts of one session type returned to an attendee say so
      Given the site has a customised session type
      When the site admin sends LstMeetingType for the customised session type
      And the attendee sends LstMeetingType for the customised session type
      Then the call succeeds unless this caller has no right to it
      And the counts agree with the number of meetingType
      And matchingRecords/total is "1"
      And matchingRecords comes first in its parent
