"""What the delegates did together: tasks under their clauses, and a public log of every action."""

from __future__ import annotations

from .town import Telling
from .world import World
from .year import Story


def stories(world: World) -> list[Story]:
    return [
        bus(world),
        spring_water(world),
        autumn_water(world),
        fire_break(world),
        flour(world),
        wood(world),
        wash_house(world),
        clinic(world),
        paths(world),
        library_van(world),
        seeds(world),
        railway(world),
    ]


def bus(world: World) -> Telling:
    """Rests on the clauses of six assemblies, some of which ended while others went on."""
    ago = world.year.ago
    yield ago(306, 20)
    world.set_up(
        "bus",
        "fire",
        2,
        title="School bus Riglos – Ayerbe – Loarre – Huesca",
        purpose="One bus on every school day, with stops and hours that each village can live with. The route is what"
        " the assemblies adopted; here we settle minutes and stops.",
    )
    yield ago(304, 19)
    world.join("bus", "first", 2)
    yield ago(301, 19)
    world.join("bus", "huesca", 1)
    yield ago(298, 18)
    world.log("bus", "fire", "Rode the route with the driver and a watch: 47 minutes from Riglos to the school gate.")
    yield ago(283, 20)
    world.log("bus", "first", "Moved the stop in Loarre from the church to the fountain, where there is a roof.")
    yield ago(270, 20)
    world.log("bus", "huesca", "Agreed with the secondary school that the first lesson waits if the bus is late.")
    yield ago(254, 19)
    world.join("bus", "path", 3)
    yield ago(239, 19)
    world.log("bus", "path", "Riglos: the bus turns at the station, so that nobody crosses the road. 6 children ride.")
    yield ago(187, 20)
    world.log("bus", "fire", "Report of the term: 31 children, late on 4 days of 58 (snow twice, a flat tyre, us).")
    yield ago(138, 20)
    world.join("bus", "marta", 3)
    yield ago(68, 20)
    world.join("bus", "next", 2)
    yield ago(61, 19)
    world.log("bus", "marta", "New timetable, hung at all stops: seven minutes later in Loarre.")
    yield ago(26, 19)
    world.log("bus", "huesca", "Counted: 34 children, two people to the clinic, one teacher.")
    yield ago(8, 18)
    world.log("bus", "next", "The light at the halt in Riglos works again. Thanks to the electrician from Ayerbe.")


def spring_water(world: World) -> Telling:
    """Stopped when the mandate of the first delegate expired."""
    ago = world.year.ago
    yield ago(336, 19)
    world.set_up(
        "spring",
        "first",
        1,
        title="Clear the Acequia Mayor before the watering",
        purpose="From the weir to the lower fountain, with the pump from La Sotonera.",
        unit="hours",
        quantity="170",
    )
    for days, what, hours in (
        (322, "Cleared from the weir to the second gate. 14 people.", "56"),
        (309, "Second to fifth gate, with the pump. Carried out eleven trailers of mud.", "48.5"),
        (262, "Lower stretch and the trough. Water at the lower fountain on the same evening.", "51"),
    ):
        yield ago(days, 19)
        world.log("spring", "first", what, hours)


def autumn_water(world: World) -> Telling:
    ago = world.year.ago
    yield ago(112, 20)
    world.set_up(
        "autumn",
        "marta",
        1,
        title="Clean and mend the Acequia Mayor after the watering",
        purpose="The whole channel after the last watering, and the broken lining below the third gate. There is a"
        " Saturday in every turn.",
        unit="hours",
        quantity="400",
    )
    yield ago(110, 20)
    world.join("autumn", "sotonera", 1, "70")
    for days, who, what, hours in (
        (71, "marta", "First Saturday: 19 people from the weir to the first gate.", "76"),
        (64, "sotonera", "Silt trap emptied before the rain.", "18.5"),
        (57, "marta", "First to third gate, and brambles on the upper bank.", "68"),
        (43, "marta", "Stone for the lining carried down by donkey. It was quicker.", "31.5"),
        (29, "marta", "Lining below the third gate: 14 metres set, two masons from La Sotonera with us.", "54"),
        (6, "marta", "Third gate rehung. It closes with one hand now.", "22"),
    ):
        yield ago(days, 18)
        world.log("autumn", who, what, hours)


def fire_break(world: World) -> Telling:
    """Each under their own limit; Ayerbe's was lowered while the work went on and is nearly used."""
    ago = world.year.ago
    yield ago(299, 19)
    world.set_up(
        "fire",
        "fire",
        1,
        title="Open the fire-break from the Mallos to Sarsamarcuello",
        purpose="Thirty metres wide, oaks left standing, each village on the stretch nearest to it.",
        unit="hectares",
        quantity="30",
    )
    yield ago(252, 19)
    world.join("fire", "path", 1, "18")
    yield ago(249, 19)
    world.join("fire", "loscorrales", 1, "3.5")
    for days, who, what, hectares in (
        (296, "fire", "Above the cemetery of Ayerbe, to the first ravine.", "6.5"),
        (275, "fire", "First ravine to the sheepfold. 22 people, four goats.", "7"),
        (246, "path", "From the station of Riglos upwards. Left 31 oaks standing, counted.", "2.5"),
        (243, "loscorrales", "The stretch below the road.", "1.8"),
        (232, "fire", "Sheepfold to the boundary with Loarre.", "5.5"),
        (221, "path", "The slope behind the last houses.", "4"),
    ):
        yield ago(days, 19)
        world.log("fire", who, what, hectares)
    yield ago(133, 20)
    world.join("fire", "marta", 5, "12")
    yield ago(66, 20)
    world.join("fire", "next", 1, "10")
    for days, who, what, hectares in (
        (54, "fire", "Widened the narrow place at the water tank.", "2.6"),
        (40, "marta", "From the castle car park to the first bend. 17 people.", "2.4"),
        (33, "next", "Regrowth cut between the station and the track.", "1.5"),
        (19, "marta", "First bend to the boundary. Poles kept for the roof of the wash-house.", "3"),
        (12, "fire", "Gate hung at the upper track, one key for all wardens.", "0.4"),
    ):
        yield ago(days, 18)
        world.log("fire", who, what, hectares)


def flour(world: World) -> Telling:
    """The task of the delegate whose recall is being voted on."""
    ago = world.year.ago
    yield ago(308, 18)
    world.set_up(
        "flour",
        "oven",
        1,
        title="Flour for the oven of the square",
        purpose="Wheat flour from the two mills that still grind, a load every two months or so.",
        unit="kilograms",
        quantity="8000",
    )
    for days, what, kilograms in (
        (303, "First load from the mill at Siétamo.", "1200"),
        (251, "Second load. The miller throws in a sack of bran for the hens of the school.", "1400"),
        (198, "Third load, for the feast.", "1600"),
        (141, "Fourth load.", "1300"),
        (88, "Fifth load, half of it rye.", "1150"),
        (9, "Sixth load, a gift of the miller, logged weeks late. The fault is mine.", "650"),
    ):
        yield ago(days, 17)
        world.log("flour", "oven", what, kilograms)


def wood(world: World) -> Telling:
    """A limit that is nearly used up: 57.5 of 60 tonnes."""
    ago = world.year.ago
    yield ago(106, 20)
    world.set_up(
        "wood",
        "marta",
        2,
        title="Dry oak for the winter",
        purpose="Cut on common land above La Sotonera and in the woods of Biscarrués, dried since last year,"
        " and carried to the houses on the lists.",
        unit="tonnes",
        quantity="58",
    )
    yield ago(104, 20)
    world.join("wood", "sietamo", 2, "10")
    yield ago(103, 20)
    world.join("wood", "biscarrues", 1, "14")
    yield ago(65, 20)
    world.join("wood", "next", 3, "20")
    for days, who, what, tonnes in (
        (82, "marta", "First carts to the nine houses that ran out in February.", "18"),
        (69, "biscarrues", "To the upper street, while the track is dry.", "6"),
        (58, "marta", "To fourteen houses; the rest into the shed behind the school.", "14.5"),
        (47, "sietamo", "One lorry, shared out in the yard of the school.", "4.5"),
        (36, "marta", "Shed filled to the second beam.", "16"),
        (24, "next", "To Salinas and Villalangua, two trips with the trailer.", "7"),
        (15, "marta", "To the six houses that had asked late. The shed is counted: 21 tonnes.", "9"),
        (3, "next", "To Triste.", "3.5"),
    ):
        yield ago(days, 17)
        world.log("wood", who, what, tonnes)


def wash_house(world: World) -> Telling:
    """Bound to one place."""
    ago = world.year.ago
    yield ago(96, 19)
    world.set_up(
        "wash-house",
        "marta",
        4,
        title="A roof for the wash-house",
        purpose="Beams from the fire-break, tiles from the fallen half, hands from wherever they come.",
        unit="days",
        quantity="80",
        place=world.loarre.assembly,
    )
    for days, what, number in (
        (75, "Basin cleared. Found a ring, which hangs at the town hall.", "14"),
        (52, "Three old beams taken down, two of them sound.", "9"),
        (30, "Wall plate and first beam set, with two carpenters from Ayerbe.", "12.5"),
        (10, "Four beams stand. Tiles on Saturday if it stays dry.", "11"),
    ):
        yield ago(days, 18)
        world.log("wash-house", "marta", what, number)


def clinic(world: World) -> Telling:
    ago = world.year.ago
    yield ago(219, 19)
    world.set_up(
        "clinic",
        "clinic",
        1,
        title="More mornings at the clinic of the valley",
        purpose="To ask with one voice for what each assembly has decided to ask for.",
    )
    yield ago(203, 19)
    world.join("clinic", "sietamo", 1)
    for days, who, what in (
        (201, "clinic", "Letter to the health service, with the texts of both assemblies."),
        (
            173,
            "sietamo",
            "Spoke with the nurses: a round on Tuesdays and Fridays would reach everyone at home.",
        ),
        (
            117,
            "clinic",
            "First meeting in Huesca. They offer a third morning, and no evening.",
        ),
        (25, "clinic", "Second meeting. They asked whether three mornings would do. The note is still being written."),
        (14, "sietamo", "Asked for the note in writing."),
    ):
        yield ago(days, 19)
        world.log("clinic", who, what)


def paths(world: World) -> Telling:
    """Stopped at the close of the vote that recalled its delegate."""
    ago = world.year.ago
    yield ago(250, 19)
    world.set_up(
        "paths",
        "path",
        2,
        title="One path under the Mallos",
        purpose="Steps of dry stone from the station to the fork, and the other four paths closed.",
        unit="metres",
        quantity="2200",
        place=world.riglos.assembly,
    )
    for days, what, metres in (
        (241, "Steps from the station to the first turn.", "340"),
        (214, "Gutters cut, two side paths closed with thorn.", "280"),
        (126, "Masons from Biscarrués: the stretch below the western ledges.", "410"),
    ):
        yield ago(days, 18)
        world.log("paths", "path", what, metres)


def library_van(world: World) -> Telling:
    """Rests on a mandate that expires tomorrow."""
    ago = world.year.ago
    yield ago(214, 18)
    world.set_up(
        "van",
        "library",
        1,
        title="The library van",
        purpose="Wednesdays to the hamlets of Las Peñas, Fridays to Loarre and Loscorrales.",
    )
    for days, what in (
        (207, "First round: 41 books lent, 6 ordered."),
        (116, "Moved the stop in Loscorrales into the shade."),
        (20, "A hundred and twelve readers. Large print is wanted everywhere."),
    ):
        yield ago(days, 19)
        world.log("van", "library", what)


def seeds(world: World) -> Telling:
    """Stopped when its delegate resigned."""
    ago = world.year.ago
    yield ago(266, 19)
    world.set_up(
        "seeds",
        "seeds",
        1,
        title="Seeds for the neighbours",
        purpose="Beans, tomatoes and the hard wheat of Ena, to whoever sows them apart and brings back twice as much.",
        unit="kilograms",
        quantity="90",
    )
    for days, what, kilograms in (
        (259, "Beans to eleven households in Loarre and Ayerbe.", "22.5"),
        (224, "Wheat to two growers in Siétamo.", "36"),
    ):
        yield ago(days, 18)
        world.log("seeds", "seeds", what, kilograms)


def railway(world: World) -> Telling:
    """A task of the wider council."""
    ago = world.year.ago
    yield ago(113, 19)
    world.set_up(
        "railway",
        "rail",
        1,
        title="Trains that stop on the line to Canfranc",
        purpose="To speak with the railway for every assembly along the line that has adopted the text.",
    )
    yield ago(111, 19)
    world.join("railway", "huesca-rail", 1)
    yield ago(98, 19)
    for name in sorted(name for name in world.mandates if name.startswith("rail-")):
        world.join("railway", name, 1)
    for days, who, what in (
        (108, "rail", "Letter with the texts of the assemblies along the line."),
        (
            84,
            "huesca-rail",
            "Meeting in Zaragoza: a bell in the cab is possible, a third train on Fridays perhaps.",
        ),
        (34, "rail", "Counted who boards at Riglos in one week: 63 people, 9 left standing."),
        (5, "huesca-rail", "They will try the button at the halt from next month on."),
    ):
        yield ago(days, 19)
        world.log("railway", who, what)
