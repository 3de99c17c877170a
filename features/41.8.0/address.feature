@since.41.8.0
Feature: XML API 10.0.0 will be retired: use the right address

  @clause.R41.8.0-01
  Rule: https://SITE.webex.com/WBXService/XMLService is the address

    Scenario: GetSite at the right address succeeds
      When the site admin sends GetSite
      Then the right address answers with SUCCESS

  @clause.R41.8.0-02 @observe
  Rule: A client must not be configured with the address of XML API 10.0.0
    The suite keeps this itself: a profile with such an address is refused. What
    the site answers there before release 41.9.0 is not said.

    Scenario: What the address of XML API 10.0.0 answers is recorded
      When the site admin uses the retired address for GetAPIVersion
      Then what the address answers is recorded
