@since.41.7.0
Feature: A site option controls changes of recordings from mobile devices
  GetSite tells mobile clients whether hosts may reassign, edit, disable and
  delete recordings. Both elements stand in tools.

  @clause.R41.7.0-01
  Rule: GetSite returns enableNBRMCModify

    Scenario: tools holds enableNBRMCModify
      When the site admin sends GetSite
      Then the call succeeds
      And the reply contains
        | element                              | kind    |
        | siteInstance/tools/enableNBRMCModify | boolean |

  @clause.R41.7.0-02
  Rule: GetSite returns separateNoRecordingEdit

    Scenario: tools holds separateNoRecordingEdit
      When the site admin sends GetSite
      Then the reply contains
        | element                                    | kind    |
        | siteInstance/tools/separateNoRecordingEdit | boolean |

  @clause.R41.7.0-03
  Rule: The two elements stand together

    Scenario: separateNoRecordingEdit stands directly after enableNBRMCModify
      When the site admin sends GetSite
      Then siteInstance/tools/separateNoRecordingEdit comes directly after enableNBRMCModify

  @clause.R41.7.0-04 @should
  Rule: The elements follow the option

    Scenario: The elements change with the option
      Given changes of recordings by hosts are disabled on the site
      When the site admin sends GetSite
      Then at least one of these elements is another one while changes of recordings by hosts are enabled
        | element                                    |
        | siteInstance/tools/enableNBRMCModify       |
        | siteInstance/tools/separateNoRecordingEdit |

  Rule: GetSite returns both elements to every role

    Scenario Outline: tools holds <element> for the <role>
      When the <role> sends GetSite
      Then the call succeeds
      And the reply contains
        | element                      | kind    |
        | siteInstance/tools/<element> | boolean |

      Examples:
        | clause     | element                 | role            |
        | R41.7.0-01 | enableNBRMCModify       | read-only admin |
        | R41.7.0-01 | enableNBRMCModify       | user admin      |
        | R41.7.0-01 | enableNBRMCModify       | host            |
        | R41.7.0-01 | enableNBRMCModify       | attendee        |
        | R41.7.0-02 | separateNoRecordingEdit | read-only admin |
        | R41.7.0-02 | separateNoRecordingEdit | user admin      |
        | R41.7.0-02 | separateNoRecordingEdit | host            |
        | R41.7.0-02 | separateNoRecordingEdit | attendee        |

    @clause.R41.7.0-03
    Scenario Outline: The two elements stand together for the <role>
      When the <role> sends GetSite
      Then siteInstance/tools/separateNoRecordingEdit comes directly after enableNBRMCModify

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |
        | attendee        |

    @clause.R41.7.0-04 @should
    Scenario Outline: The elements change with the option for the <role>
      Given changes of recordings by hosts are disabled on the site
      When the <role> sends GetSite
      Then at least one of these elements is another one while changes of recordings by hosts are enabled
        | element                                    |
        | siteInstance/tools/enableNBRMCModify       |
        | siteInstance/tools/separateNoRecordingEdit |

      Examples:
        | role            |
        | read-only admin |
        | user admin      |
        | host            |
        | attendee        |
