"""The instrument: items by role and function, as sections 1 and 2 of the method list them."""

FUNCTIONS = {"customer-service": "CS", "marketing": "MK", "hr": "HR"}
DIMENSIONS = {"purpose": "P", "people": "R", "workflow": "W", "channels": "C", "governance": "G", "measurement": "M"}
ITEMS = ("P1", "P2", "R1", "R2", "W1", "W2", "C1", "G1", "G2", "M1", "M2")
EMBEDDING = ("P1", "R1", "W1", "M1")
CHANNELS = ("email", "phone", "web", "in-person", "post")
DIRECT = {"email", "phone", "in-person"}
ROLES = ("leader", "practitioner", "staff")
CONSENSUS = "consensus"
WEIGHTS = {"leader": 0.25, "practitioner": 0.40, "staff": 0.35, CONSENSUS: 1.0}
AUTHORITY = ("X-A1", "X-A2", "X-A3")
SUPPORT = ("X-S1", "X-S2", "X-S3", "X-S4")
INDEPENDENCE, READINESS = ("X-O1", "X-O2"), ("X-O3", "X-O4")
REVIEW, GOALS = "X-L1", "X-Q"
PURPOSES = ("awareness", "sales", "service", "recruiting", "reputation", "community", "learning", "presence")
CHECKS = {"X-V1": "MK-M1", "X-V2": "CS-R1"}
ACROSS = (*AUTHORITY, *SUPPORT, *INDEPENDENCE, *READINESS, REVIEW)
TARGET = 75


def practice(function: str) -> list[str]:
    """The eleven items of a function."""
    return [f"{FUNCTIONS[function]}-{item}" for item in ITEMS]


def rows(function: str) -> dict[str, str]:
    """Its hand-off rows by channel."""
    return {channel: f"{FUNCTIONS[function]}-K-{channel}" for channel in CHANNELS}


def of_dimension(function: str, dimension: str) -> list[str]:
    """Items of one dimension: their letter says so."""
    return [item for item in practice(function) if item.split("-")[1][0] == DIMENSIONS[dimension]]


def of_embedding(function: str) -> list[str]:
    return [f"{FUNCTIONS[function]}-{item}" for item in EMBEDDING]


def in_order(function: str) -> list[str]:
    """Rows come between channels and governance."""
    items = practice(function)
    return [*items[:7], *rows(function).values(), *items[7:]]


PRACTICE = [item for function in FUNCTIONS for item in in_order(function)]
SCORED = [*PRACTICE, *ACROSS]
EVERYTHING = [*SCORED, GOALS, *CHECKS]


def asked(item: str, role: str, functions: list[str]) -> bool:
    """Return True if an item is asked of someone of this role in these functions (method 2)."""
    if item in CHECKS:
        return role in ("practitioner", "staff") and asked(CHECKS[item], role, functions)
    if item.startswith("X-"):
        return role in (("leader", "practitioner") if item in (REVIEW, GOALS) else ("practitioner",))
    prefix, name = item.split("-", 1)
    if prefix not in {FUNCTIONS[function] for function in functions}:
        return False
    return role == CONSENSUS or role in of_item(name)


def of_item(name: str) -> tuple[str, ...]:
    """Roles that a function item or row is asked of."""
    if name.endswith("1"):
        return ROLES
    return ("leader", "staff") if name == "P2" else ("practitioner", "staff")
