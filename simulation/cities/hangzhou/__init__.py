"""Hangzhou as data: national incubators by district as published, everything else assumed and marked."""
