@since.41.9.0
Feature: XML API 10.0.0 is removed for all T31 sites
  Clients that still named the version in the address lose their service with
  this release.

  @clause.R41.9.0-01
  Rule: The address of XML API 10.0.0 is no longer served

    Scenario: GetAPIVersion at the retired address gets no SUCCESS message
      When the site admin uses the retired address for GetAPIVersion
      Then the address is no longer served

    Scenario Outline: <operation> at the retired address gets no SUCCESS message
      When the site admin uses the retired address for <operation>
      Then the address is no longer served

      Examples:
        | operation        |
        | GetSite          |
        | AuthenticateUser |
        | LstMeetingType   |

    @observe
    Scenario: The train of the site is recorded
      When the site admin sends GetAPIVersion with
        | returnTrainReleaseVersion | true |
      Then trainReleaseVersion is recorded

  @clause.R41.9.0-02
  Rule: The address without a version is served

    Scenario: GetAPIVersion at the right address succeeds
      When the site admin sends GetAPIVersion
      Then the call succeeds

  @clause.R41.9.0-03 @should
  Rule: The site no longer calls itself XML API 10.0.0

    Scenario: apiVersion is another one
      When the site admin sends GetAPIVersion
      Then apiVersion is not "WebEx XML API V10.0.0"
