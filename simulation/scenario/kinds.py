"""Faults of scenario files by kind: one word for those of the same cause, found by the texts that tell of them."""

from dataclasses import replace

from simulation.faults import Fault, Said

# Templates of what was found or is allowed, and the kind; the first that fits counts.
_KINDS: tuple[tuple[str, str], ...] = (
    ("the key {key} again, first in line {line}", "duplicate_key"),
    ("the key {key}", "unknown_key"),
    ("no key `{path}`", "missing_key"),
    ("a lever of the city's table", "unknown_key"),
    ("an unknown number; a fixed one stands under `rules:`", "unknown_key"),
    ("a fixed number; an unknown one stands under `unknowns:`", "unknown_key"),
    ("a key of a scenario", "unknown_key"),
    ("a tab", "tab"),
    ("a full-width colon `：`", "full_width"),
    ("the alias {anchor}", "alias"),
    ("the anchor {anchor}", "alias"),
    ("the merge key `<<`", "alias"),
    ("the tag {tag}", "tag"),
    ("a YAML directive", "tag"),
    ("{given}, which closes a circle of `extends`", "circle"),
    ("{given}, which leads out of the folder", "outside"),
    ("the name of a scenario file in the same folder or below it, such as base.yaml", "outside"),
    ("{n} overlays", "circle"),
    ("at most {most} bytes", "too_large"),
    ("{n} levels of nesting", "too_large"),
    ("no such file", "no_file"),
    ("{found}, which is no file", "no_file"),
    ("no readable file ({reason})", "no_file"),
    ("bytes that are not UTF-8", "encoding"),
    ("text that YAML cannot read ({problem})", "yaml"),
    ("keys and values such as `name: My scenario`", "yaml"),
    ("a district in one of the spellings of the city's table", "district"),
    ("a sector of the city's list", "sector"),
    ("a quarter such as 2021Q4, from {first} to {last}", "date"),
    ("a date such as 2021-08-25", "date"),
    ("a quarter not before `from`", "order"),
    ("a quarter after {after}, the opening stock's", "order"),
    ("{name} is never active", "never_active"),
    ("a ramp of {n} quarters, full in {quarter}", "ramp"),
    ("{n:g} of scope `{scope}`", "target"),
    ("a share from 0 to 1", "bounds"),
    ("a {unit} from 0 to 1", "bounds"),
    ("{unit}, not below 0", "bounds"),
    ("a number greater than or equal to {least:g}", "bounds"),
    ("a number less than or equal to {most:g}", "bounds"),
    ("low ≤ mid ≤ high", "bounds"),
    ("a finite number", "bounds"),
    ("a target of scope `{scope}`", "target"),
    ("the target of line {line} again", "target"),
    ("{n:g} of scope `{scope}` by {by}", "target"),
    ("tasks that add up to {sum:g} of scope `{scope}`", "annex"),
    ("a text", "type"),
    ("a number such as 0.5", "type"),
    ("a whole number", "type"),
    ("true or false", "type"),
    ("keys and values", "type"),
    ("a list such as [a, b]", "type"),
    ("a number of quarters such as 2, or `2 quarters`", "type"),
)


def of_kind(fault: Fault) -> Fault:
    """A fault with its kind, where it has none of its own."""
    if fault.kind != "scenario":
        return fault
    templates = {text.template for text in (fault.found, fault.allowed) if isinstance(text, Said)}
    kind = next((kind for template, kind in _KINDS if template in templates), "scenario")
    return replace(fault, kind=kind)


def known_templates() -> tuple[str, ...]:
    """The templates that have a kind."""
    return tuple(template for template, _ in _KINDS)
