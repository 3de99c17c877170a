@since.42.3.0
Feature: The host is told who else deletes a recording
  An administrator deletes a recording that the profile calls disposable, and its
  host takes it out of the recycle bin again. What the mail says is up to the
  templates of the site: that one comes is all that is asked for.

  @clause.R42.3.0-01 @should @mail
  Rule: A mail goes to the host

    Scenario: An administrator deletes a recording, and its host gets a mail
      Given the site has a disposable recording
      And the mail that has reached "{disposable recording.email}" so far is known
      When the site admin sends DelRecording for the disposable recording
      Then the call succeeds
      When the host sends RecoverRecordingFromRecycleBin for the disposable recording
      Then a further mail reaches "{disposable recording.email}"
