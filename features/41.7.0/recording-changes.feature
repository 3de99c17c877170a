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
      Given changes of recordings by hosts are enabled on the site
      When the site admin sends GetSite
      And changes of recordings by hosts are disabled on the site
      And the site admin sends GetSite
      Then at least one of these elements changed between the two replies
        | element                                    |
        | siteInstance/tools/enableNBRMCModify       |
        | siteInstance/tools/separateNoRecordingEdit |
