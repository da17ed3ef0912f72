"""Scenario of the demo: Kestrel & Rowe sells household goods in nine towns and online, with 900 people.

Marketing is good at social media. Customer service takes part, but passes messages on as screenshots. HR works alone.
Leaders rate everything higher than practitioners do, and practitioners have more authority than training. A year
later, part of the advice has been followed, and the scores have risen.

Levels are on the answer scale 0-4, as staff see them.
"""

from msgspec import Struct

ORGANISATION = "Kestrel & Rowe"
CONSULTANCY = "Harbour Consulting"
ASKER = f"Ada Lindqvist, {CONSULTANCY}"
ANSWER_REMARK = "Our advice: let Marketing begin to help HR now, not next. One shared lead costs little."
QUESTIONNAIRE_ID = "social-media-integration"
CONSULTANT_EMAIL = "ada@harbour.example"
MAIL_DOMAIN = "kestrel-rowe.example"
RANDOM_SEED = 731

TARGETS = {"customer-service": 70.0, "marketing": 80.0, "hr": 60.0}
CONTACTS = {"customer-service": {"phone": 0.4, "email": 0.3, "web": 0.2, "in-person": 0.1}}

# (function, role): number of people in the newest wave
GROUP_SIZES = {
    ("customer-service", "leader"): 6,
    ("customer-service", "practitioner"): 8,
    ("customer-service", "staff"): 12,
    ("marketing", "leader"): 6,
    ("marketing", "practitioner"): 9,
    ("marketing", "staff"): 9,
    ("hr", "leader"): 6,
    ("hr", "practitioner"): 7,
    ("hr", "staff"): 11,
}
# The first n people of a group work for a second function too.
SECOND_FUNCTIONS = {
    ("customer-service", "leader"): ("marketing", 2),
    ("marketing", "leader"): ("customer-service", 2),
    ("marketing", "practitioner"): ("hr", 2),
    ("hr", "staff"): ("customer-service", 1),
}
# Function by role: the last person of each group has not begun in the open wave; visitors use that invitation.
VISITOR_FUNCTIONS = {"leader": "customer-service", "practitioner": "marketing", "staff": "hr"}
# Groups with a further person who has not begun, and with one who stopped half way.
NOT_BEGUN_GROUPS = (("hr", "staff"), ("marketing", "staff"))
HALF_WAY_GROUPS = (("customer-service", "staff"), ("marketing", "practitioner"))
# Group with one careless person, who always gives the highest answer.
CARELESS_GROUP = ("customer-service", "staff")

DIMENSION_LEVELS = {
    "customer-service": {
        "purpose": 1.9,
        "people": 1.7,
        "workflow": 1.5,
        "channels": 1.5,
        "governance": 1.7,
        "measurement": 1.3,
    },
    "marketing": {
        "purpose": 3.1,
        "people": 3.2,
        "workflow": 2.8,
        "channels": 2.7,
        "governance": 2.6,
        "measurement": 2.5,
    },
    "hr": {"purpose": 1.2, "people": 0.9, "workflow": 1.0, "channels": 0.8, "governance": 1.1, "measurement": 0.6},
}
CHANNEL_OFFSETS = {"email": 0.2, "phone": -0.5, "web": 0.1, "in-person": -0.2, "post": -0.4}
# Items that differ from the level of their dimension, and items of the shared sections.
ITEM_LEVELS = {
    "CS-G2": 1.2,
    "CS-R1": 2.1,
    "MK-W2": 1.6,
    "MK-M1": 1.9,
    "HR-P2": 0.9,
    "X-A1": 3.2,
    "X-A2": 2.3,
    "X-A3": 2.9,
    "X-S1": 1.5,
    "X-S2": 1.0,
    "X-S3": 1.6,
    "X-S4": 2.2,
    "X-O1": 1.5,
    "X-O2": 1.8,
    "X-O3": 0.8,
    "X-O4": 1.2,
    "X-L1": 1.0,
}
ROLE_BIAS = {"leader": 0.55, "practitioner": -0.35, "staff": 0.0}
LEADER_BIAS = {"governance": 0.35, "people": 0.25}  # added for leaders in the dimensions they know least
PURPOSE_SHARES = {
    "leader": {"sales": 0.4, "awareness": 0.3, "reputation": 0.15, "service": 0.15},
    "practitioner": {"service": 0.4, "community": 0.25, "awareness": 0.25, "recruiting": 0.1},
}


class DemoWave(Struct, frozen=True):
    """Wave of the demo: its date, its people, and how far the advice was followed."""

    days_ago: int
    newcomers: int  # every n-th person is not employed yet; 0: all are
    moved: dict[str, float]  # change by item since the first wave
    drift: float  # change of all other items


FIRST_IMPROVEMENTS = {
    "X-S2": 1.5,
    "X-S1": 0.5,
    "CS-G2": 1.4,
    "CS-W1": 1.0,
    "HR-P2": 1.3,
    "MK-W2": 0.9,
    "X-L1": 1.0,
    "CS-P1": 0.8,
}
SECOND_IMPROVEMENTS = {**FIRST_IMPROVEMENTS, "X-S2": 2.0, "X-S1": 1.0, "CS-C1": 0.6, "HR-G1": 0.8, "X-O3": 0.5}
WAVES = (
    DemoWave(days_ago=715, newcomers=10, moved={}, drift=0.0),
    DemoWave(days_ago=350, newcomers=25, moved=FIRST_IMPROVEMENTS, drift=0.08),
    DemoWave(days_ago=0, newcomers=0, moved=SECOND_IMPROVEMENTS, drift=0.12),
)
OPEN_DAYS = 21
DAYS_SINCE_OPENING = 9  # in the newest wave

FIRST_NAMES = """
Amara Bjorn Carla Dewi Elif Femi Greta Hugo Ines Jonas Kirsten Lars Mila Nadia Oskar Petra Quentin Rosa Samir Tilda
Uma Viktor Wanda Xenia Yusuf Zoe Anton Birgit Cyril Dora Emil Frida Goran Hanna Idris Judith Kofi Lena Marco Nora
"""
LAST_NAMES = """
Abbott Brandt Castillo Demir Eriksen Fontaine Gruber Haddad Ivanova Jansen Keller Lindgren Moreau Novak Okafor
Petrov Quist Rossi Schmidt Tanaka Ueda Vargas Weber Xu Young Ziegler Ahmed Becker Costa Dubois Egger Fischer Garcia
Holm Ilves Jung Kowalski
"""
