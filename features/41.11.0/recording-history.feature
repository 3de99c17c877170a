@since.41.11.0
Feature: The history of recording views covers meetings, large events and classic events
  Until 41.10 the two history operations knew recordings of trainings only. Now
  serviceTypes says which recordings are wanted; without it everything stays as
  it was. The history reaches back 90 days, and the last 48 hours of it may be
  incomplete: a recording must have been watched between the two.

  Rule: serviceTypes chooses the recordings

    Background:
      Given the site has a recording of a meeting
      And the site has a recording of a classic event
      And the site has a recording of a training

    Scenario Outline: <asked> returns recordings of <kind>
      When the site admin sends LstrecordaccessHistory for every page with
        | serviceType | <asked> |
      Then the call succeeds
      And of these recordings exactly those of <kind> are listed

      Examples:
        | clause      | asked         | kind            |
        | R41.11.0-41 | MeetingCenter | a meeting       |
        | R41.11.0-42 | EventCenter   | a classic event |

    @should
    Scenario Outline: Asked for <asked>, it returns recordings of <kind>
      When the site admin sends LstrecordaccessHistory for every page with
        | serviceType | <asked> |
      Then the call succeeds
      And of these recordings exactly those of <kind> are listed

      Examples:
        | clause      | asked          | kind       |
        | R41.11.0-43 | TrainingCenter | a training |

    @clause.R41.11.0-40
    Scenario: Without serviceTypes only recordings of trainings are returned
      When the site admin sends LstrecordaccessHistory for every page
      Then the call succeeds
      And of these recordings exactly those of a training are listed

    @clause.R41.11.0-44
    Scenario: With all three service types all recordings are returned
      When the site admin sends LstrecordaccessHistory for every page with
        | serviceType | MeetingCenter, TrainingCenter, EventCenter |
      Then the call succeeds
      And of these recordings exactly those of a meeting and a classic event and a training are listed

  Rule: A recording of a large event counts as one of a meeting

    Background:
      Given the site has a recording of a large event

    Scenario Outline: Asked for <what>, a recording of a large event is returned
      When the site admin sends LstrecordaccessHistory for every page with
        | serviceType | <asked> |
      Then the call succeeds
      And of these recordings exactly those of a large event are listed

      Examples:
        | clause      | what              | asked                                      |
        | R41.11.0-41 | meetings          | MeetingCenter                              |
        | R41.11.0-44 | all three of them | MeetingCenter, TrainingCenter, EventCenter |

    @clause.R41.11.0-42
    Scenario: Asked for classic events, a recording of a large event is not returned
      When the site admin sends LstrecordaccessHistory for every page with
        | serviceType | EventCenter |
      Then the call succeeds or finds nothing
      And none of these recordings is listed

    @clause.R41.11.0-43 @should
    Scenario: Asked for trainings, a recording of a large event is not returned
      When the site admin sends LstrecordaccessHistory for every page with
        | serviceType | TrainingCenter |
      Then the call succeeds or finds nothing
      And none of these recordings is listed

    @clause.R41.11.0-40
    Scenario: Without serviceTypes a recording of a large event is not returned
      When the site admin sends LstrecordaccessHistory for every page
      Then the call succeeds or finds nothing
      And none of these recordings is listed

  @clause.R41.11.0-45
  Rule: serviceTypes takes one service type or more

    Scenario Outline: serviceTypes takes <number> of them
      When the site admin sends LstrecordaccessHistory with
        | serviceType | <asked> |
      Then the call succeeds or finds nothing

      Examples:
        | number | asked                                      |
        | one    | MeetingCenter                              |
        | two    | MeetingCenter, EventCenter                 |
        | three  | MeetingCenter, TrainingCenter, EventCenter |

    # Which rows there are is not known: the lists are held against each other.
    @should
    Scenario: Several service types return what each of them returns
      When the site admin sends LstrecordaccessHistory for every choice of MeetingCenter, TrainingCenter and EventCenter
      Then the call succeeds or finds nothing
      And each choice of MeetingCenter, TrainingCenter and EventCenter tells recordAccessHistory/recordID of the services it names and of no other

  Rule: LstrecordaccessHistory returns rows of a fixed form

    @clause.R41.11.0-46
    Scenario: Each row holds seven elements, and the counts come last
      Given the site has a recording of a training
      When the site admin sends LstrecordaccessHistory with
        | serviceType | MeetingCenter, TrainingCenter, EventCenter |
      Then the call succeeds
      And the reply contains
        | element                          | kind          |
        | recordAccessHistory/recordID     | integer       |
        | recordAccessHistory/recordName   | text or empty |
        | recordAccessHistory/creationTime | date and time |
        | recordAccessHistory/registered   | count         |
        | recordAccessHistory/downloaded   | count         |
        | recordAccessHistory/viewed       | count         |
        | recordAccessHistory/timeZoneID   | integer       |
      And the children of recordAccessHistory keep this order
        | element      |
        | recordID     |
        | recordName   |
        | creationTime |
        | registered   |
        | downloaded   |
        | viewed       |
        | timeZoneID   |
      And matchingRecords comes last in its parent

    @clause.R41.11.0-47
    Scenario: The counts agree with the rows
      Given the site has a recording of a training
      When the site admin sends LstrecordaccessHistory with
        | serviceType | MeetingCenter, TrainingCenter, EventCenter |
      Then the counts agree with the number of recordAccessHistory

    @clause.R41.11.0-47 @should
    Scenario: A list read row by row tells another recording in each row
      Given the site has a recording of a meeting
      And the site has a recording of a training
      When the site admin sends LstrecordaccessHistory with
        | serviceType | MeetingCenter, TrainingCenter, EventCenter |
        | startFrom   | 1                                          |
        | maximumNum  | 1                                          |
        | orderBy     | RECORDID                                   |
        | orderAD     | ASC                                        |
      And the site admin sends LstrecordaccessHistory with
        | serviceType | MeetingCenter, TrainingCenter, EventCenter |
        | startFrom   | 2                                          |
        | maximumNum  | 1                                          |
        | orderBy     | RECORDID                                   |
        | orderAD     | ASC                                        |
      Then the counts agree with the number of recordAccessHistory from row 2 on
      And the reply contains
        | element                          | kind          |
        | recordAccessHistory/recordID     | integer       |
        | recordAccessHistory/recordName   | text or empty |
        | recordAccessHistory/creationTime | date and time |
        | recordAccessHistory/registered   | count         |
        | recordAccessHistory/downloaded   | count         |
        | recordAccessHistory/viewed       | count         |
        | recordAccessHistory/timeZoneID   | integer       |
      And recordAccessHistory/recordID is another one in the last two replies

    @clause.R41.11.0-48 @should
    Scenario: Ordered by RECORDID, the numbers ascend
      Given the site has a recording of a meeting
      And the site has a recording of a training
      When the site admin sends LstrecordaccessHistory for every page with
        | serviceType | MeetingCenter, TrainingCenter, EventCenter |
        | orderBy     | RECORDID                                   |
        | orderAD     | ASC                                        |
      Then recordAccessHistory/recordID ascends from row to row

  @clause.R41.11.0-49 @should
  Rule: Only what was viewed in the time asked for is returned

    Background:
      Given the site has a recording of a training

    Scenario: What was viewed in that time is returned
      When the site admin sends LstrecordaccessHistory for every page with
        | viewTimeStart | {now - 90 days} |
        | viewTimeEnd   | {now}           |
      Then the call succeeds
      And of these recordings exactly those of a training are listed

    Scenario: What was not viewed in that time is not returned
      When the site admin sends LstrecordaccessHistory for every page with
        | viewTimeStart | {now - 3000 days} |
        | viewTimeEnd   | {now - 2990 days} |
      Then the call succeeds or finds nothing
      And none of these recordings is listed

    # An hour rather than a day: somebody may have viewed it today. What is viewed every day shows nothing here.
    Scenario: What was viewed before that time is not returned
      When the site admin sends LstrecordaccessDetailHistory for the recording of a training, by recondID or else recordID
      Then the recording was not viewed in the last three days
      When the site admin sends LstrecordaccessHistory for every page with
        | viewTimeStart | {now - 1 hour} |
        | viewTimeEnd   | {now}          |
      Then the call succeeds or finds nothing
      And none of these recordings is listed

  Rule: LstrecordaccessDetailHistory answers for every kind of recording

    Scenario Outline: The views of a recording of <kind> are told
      Given the site has a recording of <kind>
      When the site admin sends LstrecordaccessDetailHistory for the recording of <kind>, by recondID or else recordID
      Then the call succeeds
      And the reply contains
        | element             | kind    |
        | recordDetail/viewID | integer |

      Examples:
        | clause      | kind            |
        | R41.11.0-50 | a meeting       |
        | R41.11.0-51 | a large event   |
        | R41.11.0-52 | a classic event |
        | R41.11.0-53 | a training      |

    Scenario Outline: The views of a recording of <kind> are not those of a recording of <another>
      Given the site has a recording of <kind>
      And the site has a recording of <another>
      When the site admin sends LstrecordaccessDetailHistory for the recording of <another>, by recondID or else recordID
      Then the call succeeds
      When the site admin sends LstrecordaccessDetailHistory for the recording of <kind>, by recondID or else recordID
      Then the call succeeds
      And recordDetail is another one for each of the two recordings

      Examples:
        | clause      | kind            | another    |
        | R41.11.0-50 | a meeting       | a training |
        | R41.11.0-51 | a large event   | a meeting  |
        | R41.11.0-52 | a classic event | a meeting  |
        | R41.11.0-53 | a training      | a meeting  |

    @clause.R41.11.0-54
    Scenario: Each view holds six elements, name and address have their place, and the counts come last
      Given the site has a recording of a training
      When the site admin sends LstrecordaccessDetailHistory for the recording of a training, by recondID or else recordID
      Then the call succeeds
      And the reply contains
        | element                 | kind          |
        | recordDetail/viewID     | integer       |
        | recordDetail/accessTime | date and time |
        | recordDetail/registered | boolean       |
        | recordDetail/downloaded | boolean       |
        | recordDetail/viewed     | boolean       |
        | recordDetail/timeZoneID | integer       |
      And the children of recordDetail keep this order
        | element          |
        | viewID           |
        | participantName  |
        | participantEmail |
        | accessTime       |
        | registered       |
        | downloaded       |
        | viewed           |
        | timeZoneID       |
      And the counts agree with the number of recordDetail
      And matchingRecords comes last in its parent

    @clause.R41.11.0-54
    Scenario Outline: Each view of a recording of <kind> holds six elements
      Given the site has a recording of <kind>
      When the site admin sends LstrecordaccessDetailHistory for the recording of <kind>, by recondID or else recordID
      Then the call succeeds
      And the reply contains
        | element                 | kind          |
        | recordDetail/viewID     | integer       |
        | recordDetail/accessTime | date and time |
        | recordDetail/registered | boolean       |
        | recordDetail/downloaded | boolean       |
        | recordDetail/viewed     | boolean       |
        | recordDetail/timeZoneID | integer       |
      And the counts agree with the number of recordDetail

      Examples:
        | kind            |
        | a meeting       |
        | a large event   |
        | a classic event |

    # Nobody who views a recording need leave name or address, and sites may leave out what says nothing.
    @clause.R41.11.0-54 @should
    Scenario Outline: Who viewed a recording of <kind> is told by name and address, of one at least
      Given the site has a recording of <kind>
      When the site admin sends LstrecordaccessDetailHistory for the recording of <kind>, by recondID or else recordID
      Then the call succeeds
      And the reply contains in one place at least
        | element                       | kind          |
        | recordDetail/participantName  | text or empty |
        | recordDetail/participantEmail | text or empty |

      Examples:
        | kind            |
        | a training      |
        | a meeting       |
        | a large event   |
        | a classic event |

    @should
    Scenario Outline: Every view of a recording of <kind> is told, each with a number of its own
      Given the site has a recording of <kind>
      When the site admin sends LstrecordaccessHistory for every page with
        | serviceType | <service> |
      Then the list holds the recording of <kind>
      When the site admin sends LstrecordaccessDetailHistory for the recording of <kind>, by recondID or else recordID
      Then recordDetail/viewID is another one in each row
      And the views are as many as LstrecordaccessHistory counts

      Examples:
        | clause      | kind            | service        |
        | R41.11.0-50 | a meeting       | MeetingCenter  |
        | R41.11.0-51 | a large event   | MeetingCenter  |
        | R41.11.0-52 | a classic event | EventCenter    |
        | R41.11.0-53 | a training      | TrainingCenter |

    @clause.R41.11.0-55 @observe
    Scenario Outline: What <spelling> leads to, as <source> spells it, is recorded
      Given the site has a recording of a training
      When the site admin sends LstrecordaccessDetailHistory with
        | <spelling> | {recording of a training.recordID} |
      Then the answer is recorded

      Examples:
        | spelling | source      |
        | recondID | the example |
        | recordID | the prose   |

  @should
  Rule: A host is told the views of the own recordings
    Whose recordings a caller sees is known from the reference guide.

    Scenario Outline: <asked> returns to the host recordings of <kind>
      Given the site has a recording of a meeting
      And the site has a recording of a classic event
      And the site has a recording of a training
      When the host sends LstrecordaccessHistory for every page with
        | serviceType | <asked> |
      Then the call succeeds
      And of these recordings exactly those of <kind> are listed

      Examples:
        | clause      | asked                                      | kind                                           |
        | R41.11.0-41 | MeetingCenter                              | a meeting                                      |
        | R41.11.0-42 | EventCenter                                | a classic event                                |
        | R41.11.0-43 | TrainingCenter                             | a training                                     |
        | R41.11.0-44 | MeetingCenter, TrainingCenter, EventCenter | a meeting and a classic event and a training |

    @clause.R41.11.0-40
    Scenario: Without serviceTypes the host is told of recordings of trainings only
      Given the site has a recording of a meeting
      And the site has a recording of a classic event
      And the site has a recording of a training
      When the host sends LstrecordaccessHistory for every page
      Then the call succeeds
      And of these recordings exactly those of a training are listed

    @clause.R41.11.0-46
    Scenario: Each row the host is given holds seven elements, and the counts come last
      Given the site has a recording of a training
      When the host sends LstrecordaccessHistory with
        | serviceType | MeetingCenter, TrainingCenter, EventCenter |
      Then the call succeeds
      And the reply contains
        | element                          | kind          |
        | recordAccessHistory/recordID     | integer       |
        | recordAccessHistory/recordName   | text or empty |
        | recordAccessHistory/creationTime | date and time |
        | recordAccessHistory/registered   | count         |
        | recordAccessHistory/downloaded   | count         |
        | recordAccessHistory/viewed       | count         |
        | recordAccessHistory/timeZoneID   | integer       |
      And matchingRecords comes last in its parent

    @clause.R41.11.0-54
    Scenario: Each view the host is given holds eight elements, and the counts come last
      Given the site has a recording of a training
      When the host sends LstrecordaccessDetailHistory for the recording of a training, by recondID or else recordID
      Then the call succeeds
      And the reply contains
        | element                 | kind          |
        | recordDetail/viewID     | integer       |
        | recordDetail/accessTime | date and time |
        | recordDetail/registered | boolean       |
        | recordDetail/downloaded | boolean       |
        | recordDetail/viewed     | boolean       |
        | recordDetail/timeZoneID | integer       |
      And the reply contains in one place at least
        | element                       | kind          |
        | recordDetail/participantName  | text or empty |
        | recordDetail/participantEmail | text or empty |
      And the counts agree with the number of recordDetail
      And matchingRecords comes last in its parent
