"""Wuhan as data: districts, sectors, baseline, rules, priors, levers, targets, sources."""
