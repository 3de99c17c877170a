@since.42.10.0
Feature: GetSessionInfo returns a short link to register by
  Beside the long registrationURL there is a short one, for classic events and
  trainings that people register for. The host asks: a stranger gets a shorter
  reply.

  Rule: GetSessionInfo returns the short link

    @clause.R42.10.0-01
    Scenario: GetSessionInfo returns registrationShortURL of a classic event
      Given classic events are enabled on the site
      And a new event with
        | registration | true |
      When the host sends GetSessionInfo for the new event
      Then the call succeeds
      And the reply contains
        | element                            | kind |
        | accessControl/registrationShortURL | text |

    @clause.R42.10.0-02
    Scenario: GetSessionInfo returns registrationShortURL of a training
      Given the site has a training with registration
      When the host sends GetSessionInfo for the training with registration
      Then the call succeeds
      And the reply contains
        | element                            | kind |
        | accessControl/registrationShortURL | text |

  @clause.R42.10.0-03
  Rule: The short link follows the long one

    Scenario: registrationShortURL of a classic event stands behind registrationURL
      Given classic events are enabled on the site
      And a new event with
        | registration | true |
      When the host sends GetSessionInfo for the new event
      Then accessControl/registrationShortURL comes directly after registrationURL

    Scenario: registrationShortURL of a training stands behind registrationURL
      Given the site has a training with registration
      When the host sends GetSessionInfo for the training with registration
      Then accessControl/registrationShortURL comes directly after registrationURL

  @clause.R42.10.0-04
  Rule: GetSessionInfo still returns the long link

    Scenario: GetSessionInfo still returns registrationURL of a classic event
      Given classic events are enabled on the site
      And a new event with
        | registration | true |
      When the host sends GetSessionInfo for the new event
      Then the call succeeds
      And the reply contains
        | element                       | kind |
        | accessControl/registrationURL | text |

    Scenario: GetSessionInfo still returns registrationURL of a training
      Given the site has a training with registration
      When the host sends GetSessionInfo for the training with registration
      Then the call succeeds
      And the reply contains
        | element                       | kind |
        | accessControl/registrationURL | text |
