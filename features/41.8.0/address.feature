@since.41.8.0
Feature: XML API 10.0.0 will be retired: use the right address

  @clause.R41.8.0-01
  Rule: https://SITE.webex.com/WBXService/XMLService is the address

    Scenario: GetSite at the configured address succeeds
      When the site admin sends GetSite
      Then the call succeeds

  @clause.R41.8.0-02
  Rule: A client must not be configured with the address of XML API 10.0.0

    Scenario: The configured address names no version
      Then the address of the profile names no XML API version
