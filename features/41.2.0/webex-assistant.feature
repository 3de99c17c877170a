@since.41.2.0
Feature: GetUser returns webexAssistantEnabled
  Where the element stands in the reply is not known: the picture that showed it
  is lost. It is looked for everywhere.

  @clause.R41.2.0-13
  Rule: The element comes with a user

    Scenario: GetUser returns webexAssistantEnabled to a user who asks for himself
      When the site admin sends GetUser with
        | webExId | {site admin.webExId} |
      Then the call succeeds
      And the reply contains
        | element               | kind    |
        | webexAssistantEnabled | boolean |

    Scenario Outline: GetUser returns webexAssistantEnabled to the <role> who asks for himself
      When the <role> sends GetUser with
        | webExId | {<role>.webExId} |
      Then the call succeeds
      And the reply contains
        | element               | kind    |
        | webexAssistantEnabled | boolean |

      Examples:
        | role             |
        | read-only admin  |
        | user admin       |
        | host             |
        | classic-era user |
        | control-hub user |

    # No source says that attendees may ask for users, be it themselves.
    Scenario: GetUser returns webexAssistantEnabled to an attendee who may ask for himself
      When the attendee sends GetUser with
        | webExId | {attendee.webExId} |
      Then the call succeeds unless this caller has no right to it
      And the reply contains
        | element               | kind    |
        | webexAssistantEnabled | boolean |

  @clause.R41.2.0-14 @should
  Rule: The value follows the option of the user

    Scenario Outline: webexAssistantEnabled of a user <state> the Webex assistant is <value>
      Given the site has a user <state> the Webex assistant
      When the site admin sends GetUser for the user <state> the Webex assistant
      Then webexAssistantEnabled is "<value>"

      Examples:
        | state   | value |
        | with    | true  |
        | without | false |

    Scenario Outline: The <role> reads <value> of a user <state> the Webex assistant
      Given the site has a user <state> the Webex assistant
      When the <role> sends GetUser for the user <state> the Webex assistant
      Then webexAssistantEnabled is "<value>"

      Examples:
        | role            | state   | value |
        | read-only admin | with    | true  |
        | read-only admin | without | false |
        | user admin      | with    | true  |
        | user admin      | without | false |
