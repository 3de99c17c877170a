"""The vocabulary features are written in. A step parses, calls the context or a check, and returns.

A sentence is a Cucumber expression, so that editors know it, too. What stands in braces is one of the
parameters below, and reaches the step function under its own name or that of ``argument``. Editors read
these files as text: plain strings, patterns without a backslash, sentences without brackets and dots.
"""

from conformance.scenarios.step_registry import parameter_type

# Who.
parameter_type(name="role", regexp="[A-Za-z0-9_-]+(?: (?:admin|user))?")
parameter_type(name="disposable", regexp="disposable user|disposable classic-era user", argument="user")
parameter_type(name="deletable", regexp="(?:new|disposable|disposable classic-era) user", argument="user")
parameter_type(name="credential", regexp="[A-Za-z0-9_]+")
parameter_type(name="ticket", regexp="sessionTicket", argument="credential")
parameter_type(name="identity", regexp='[^"]+')
parameter_type(name="password", regexp='[^"]+')
parameter_type(name="address_too", regexp="naming the e-mail address too")

# What is sent, and for what.
parameter_type(name="operation", regexp="[A-Za-z0-9_]+")
parameter_type(name="deletion", regexp="DelUser", argument="operation")
parameter_type(name="item", regexp="[^,]+(?<! with)")
parameter_type(name="key", regexp="[A-Za-z0-9_]+", argument="name")
parameter_type(name="other_key", regexp="[A-Za-z0-9_]+", argument="other")

# What the site has, and how it is set.
parameter_type(name="held", regexp=".+")
parameter_type(name="made", regexp="[^,]+(?<! with)")
parameter_type(name="made_again", regexp="user", argument="made")
parameter_type(name="setting", regexp=".+")
parameter_type(name="other_setting", regexp=".+")
parameter_type(name="state", regexp="enabled|disabled", argument="value")
parameter_type(name="value", regexp="[^ ]+")

# What a reply tells.
parameter_type(name="exception_id", regexp="[0-9]{6}")
parameter_type(name="reason", regexp=".+")
parameter_type(name="path", regexp="[A-Za-z0-9_/]+")
parameter_type(name="other_path", regexp="[A-Za-z0-9_/]+", argument="other")
parameter_type(name="stem", regexp="[A-Za-z0-9_/]+")
parameter_type(name="before", regexp="[A-Za-z0-9_]+")
parameter_type(name="after", regexp="[A-Za-z0-9_]+")
parameter_type(name="end", regexp="first|last")
parameter_type(name="rows", regexp="[A-Za-z0-9_]+")
parameter_type(name="number", regexp="[0-9]+")
parameter_type(name="services", regexp="[A-Za-z]+(?:, [A-Za-z]+)* and [A-Za-z]+")
parameter_type(name="leaf", regexp="[A-Za-z0-9_]+")
parameter_type(name="name", regexp='[^"]+')
parameter_type(name="text", regexp='[^"]*', argument="value")
parameter_type(name="moment", regexp='[^"]+')
parameter_type(name="listed", regexp=".+")
parameter_type(name="kinds", regexp=".+")

# What a mail tells.
parameter_type(name="recipient", regexp='[^"]+')
parameter_type(name="chosen", regexp='[^"]+')
parameter_type(name="words", regexp='[^"]+')
