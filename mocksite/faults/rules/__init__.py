"""Faults made by rule, one element, envelope, refusal or list at a time: for everybody, always."""
