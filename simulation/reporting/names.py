"""Names that data give: districts and sectors in both languages, carriers by their registry id."""

from dataclasses import dataclass, field

from simulation.reporting.text import Words
from simulation.reporting.width import visible
from simulation.rules import codes

_DIGITS = 8  # of our own ids are shown; any beginning that only one carrier has will do to ask for it


@dataclass(frozen=True)
class Names:
    """What things are called. Lists are in the order of the city's tables, by language."""

    districts: dict[str, list[str]]
    sectors: dict[str, list[str]]
    carriers: dict[int, tuple[str, str]] = field(default_factory=dict)  # our id: registry id, name

    def district(self, place: int, words: Words) -> str:
        """The name of a district."""
        return visible(self.districts[words.language][place])

    def sector(self, place: int, words: Words) -> str:
        """The name of a sector."""
        return visible(self.sectors[words.language][place])

    def label(self, carrier_id: int) -> str:
        """The id by which a carrier is asked for: that of the registry, or the first digits of our own."""
        if carrier_id in self.carriers:
            return visible(self.carriers[carrier_id][0])
        return own_id(carrier_id)[:_DIGITS]

    def carrier(self, carrier_id: int, row: dict[str, int], words: Words) -> str:
        """The name of a carrier; what it is, when no registry names it."""
        label, name = self.carriers.get(carrier_id, ("", ""))
        if name and name != label:
            return visible(name)
        return words(
            "story.nameless",
            type=words.named("type", codes.TYPES[row["type"]]),
            opened=words.quarter(row["opened"]),
        )


def own_id(carrier_id: int) -> str:
    """Our own id of a carrier as it is written: 16 hexadecimal digits."""
    return f"{carrier_id:016x}"
