"""A made-up questionnaire, for a bakery, and its figures worked out by hand.

Two functions, five dimensions, three roles: nothing in it has a name or a number of the shipped one.
"""

RUNGS = ["Never", "Seldom", "Often", "Mostly", "Always"]
EVERYONE = ["owner", "baker", "seller"]
ASPECTS = ["aim", "hands", "flow", "links", "house-rules"]
CHANNELS = ["counter", "letter"]
FUNCTIONS = {"oven": "baker", "shop": "seller"}


def make_practice_item(function, aspect):
    return {
        "id": f"{function}-{aspect}",
        "kind": "practice",
        "function": function,
        "dimension": aspect,
        "roles": EVERYONE,
        "embedding": aspect in ("aim", "hands", "flow"),
    }


def make_hand_off_item(function, channel):
    name = f"{function}-to-{channel}"
    return {"id": name, "kind": "hand-off", "function": function, "channel": channel, "roles": [FUNCTIONS[function]]}


def make_personal_item(name):
    return {"id": name, "kind": "personal", "roles": ["baker"]}


ITEMS = [
    *(make_practice_item(function, aspect) for function in FUNCTIONS for aspect in ASPECTS),
    *(make_hand_off_item(function, channel) for function in FUNCTIONS for channel in CHANNELS),
    *(make_personal_item(name) for name in ("free", "give", "taught", "alone", "onwards")),
    {"id": "goal", "kind": "choice", "roles": ["owner", "baker"], "options": ["bread", "folk"]},
]

STRUCTURE = {
    "id": "bakery",
    "version": "2.0.1",
    "source_language": "en",
    "horizons": ["soon", "later"],
    "functions": [{"id": "oven", "weight": 1.0, "target": 75}, {"id": "shop", "weight": 3.0, "target": 60}],
    "dimensions": [
        {"id": "aim"},
        {"id": "hands"},
        {"id": "flow"},
        {"id": "links", "hand_offs": True},
        {"id": "house-rules", "required": True},
    ],
    "roles": [{"id": "owner", "weight": 0.5}, {"id": "baker", "weight": 0.3}, {"id": "seller", "weight": 0.25}],
    "channels": [{"id": "counter", "direct": True}, {"id": "letter"}],
    "items": ITEMS,
    "sections": [{"id": "all", "items": [item["id"] for item in ITEMS]}],
    "scoring": {
        "submitted_share": 0.5,
        "minimum_answers": 2,
        "full_weight_answers": 3,
        "out_of_scope_share": 0.5,
        "minimum_rows": 2,
        "valid_item_share": 0.5,
        "minimum_dimensions": 4,
        "minimum_functions": 2,
        "provisional_below": 0.6,
        "partial_above": 0.25,
        "bands": [20, 40, 60, 80],
        "level_step": 1,
        "achievement": [15, 50, 85],
        "interval_confidence": 0.95,
        "interval_minimum": 20,
        "agreement_minimum": 4,
        "agreement_cuts": [0.3, 0.5, 0.7, 0.9],
        "contested_below": 0.5,
        "careless": {"long_string": 12, "seconds_per_answer": 2.0, "contradiction": 3, "exclude_at": 2},
    },
    "indices": {
        "embedding": {"minimum_items": 2, "floor": 1, "cuts": [30, 60], "classes": ["apart", "half", "one"]},
        "set_up_to_fail": {
            "authority": ["free", "give"],
            "minimum_authority": 1,
            "support": ["taught"],
            "minimum_support": 1,
            "cuts": [20, 40],
            "classes": ["calm", "tense", "burning"],
            "over_controlled_at": -25,
            "high_at": 35,
            "red_flag": {
                "authority": "give",
                "at_least": 3,
                "support": "taught",
                "at_most": 1,
                "least_class": "burning",
            },
        },
        "perception_gap": {
            "leader": "owner",
            "practitioner": "baker",
            "minimum_people": 2,
            "indicative_at": 15,
            "strong_at": 25,
            "goals": "goal",
        },
        "balance": {"flagged_below": 60, "spread_at": 20, "tie_below": 5},
        "outlook": {
            "independence": ["alone"],
            "readiness": ["onwards"],
            "cut": 50,
            "low_low": "stuck",
            "low_high": "leaving",
            "high_low": "idle",
            "high_high": "master",
            "years": 4,
            "reached_at": 75,
        },
    },
    "disclosure": {"minimum_group": 5},
    "comparison": {"common_items": 0.7, "common_items_per_dimension": 0.5, "changed_at": 5},
    "benchmark": {"quarter_from": 10, "nearest_five_from": 30, "percentile_from": 100},
    "prioritising": {
        "now": 1,
        "whole_target": 80,
        "gap_unit": 20,
        "high_is_bad_from": 70,
        "doubt": 0.5,
        "impact": {"M": 2, "H": 4},
        "effort": {"S": 1, "M": 2, "L": 3},
    },
}

ADVICE = {
    "rules": [
        {
            "id": "sift-the-flow",
            "number": 1,
            "effort": "M",
            "impact": "M",
            "horizon": "later",
            "function": "oven",
            "all": [{"figure": "dimension", "function": "oven", "dimension": "flow", "below": 50}],
        },
        {
            "id": "teach-first",
            "number": 2,
            "pinned": True,
            "risk": True,
            "effort": "S",
            "impact": "H",
            "horizon": "soon",
            "any": [{"figure": "set-up-to-fail", "at_least": 35}, {"figure": "red-flags", "at_least": 1}],
        },
        {
            "id": "mend-the-shop",
            "number": 3,
            "effort": "S",
            "impact": "H",
            "horizon": "soon",
            "function": "shop",
            "all": [{"figure": "hand-off", "function": "shop", "below": 50}],
        },
    ]
}


def make_item_text(item):
    options = {option: option for option in item.get("options", [])}
    return {"text": item["id"], "rungs": [] if options else RUNGS, "options": options}


CLASSES = ["apart", "half", "one", "calm", "tense", "burning", "stuck", "leaving", "idle", "master"]
TEXTS = {
    "title": "The bakery",
    "introduction": "About bread.",
    "functions": {"oven": "Oven", "shop": "Shop"},
    "dimensions": {aspect: {"title": aspect, "levels": RUNGS} for aspect in ASPECTS},
    "roles": {role: role for role in EVERYONE},
    "role_descriptions": {role: role for role in EVERYONE},
    "channels": {channel: channel for channel in CHANNELS},
    "sections": {"all": "All"},
    "classes": {name: name for name in CLASSES},
    "class_meanings": {name: name for name in CLASSES},
    "horizons": {"soon": "Soon", "later": "Later"},
    "items": {item["id"]: make_item_text(item) for item in ITEMS},
    "rules": {
        rule["id"]: {"title": rule["id"], "why": "So.", "steps": ["Do it"], "owner": "Owner", "indicator": "Loaves"}
        for rule in ADVICE["rules"]
    },
}

RESPONSES = """\
respondent,role,functions,oven-aim,oven-hands,oven-flow,oven-links,oven-house-rules,oven-to-counter,oven-to-letter,\
shop-aim,shop-hands,shop-flow,shop-links,shop-house-rules,shop-to-counter,shop-to-letter,\
free,give,taught,alone,onwards,goal
b1,baker,oven,1,2,0,4,1,2,4,,,,,,,,4,4,0,4,0,folk
b2,baker,oven,2,2,0,4,1,2,4,,,,,,,,2,2,4,4,0,folk
b3,baker,oven,3,2,0,4,1,2,4,,,,,,,,2,0,2,1,0,bread
o1,owner,oven,4,2,dk,4,1,,,,,,,,,,,,,,,bread
o2,owner,oven,3,2,0,4,1,,,,,,,,,,,,,,,folk
o3,owner,shop,,,,,,,,3,3,3,3,3,,,,,,,,bread
s1,seller,shop,,,,,,,,3,3,3,3,3,3,3,,,,,,
s2,seller,shop,,,,,,,,3,3,3,3,3,3,3,,,,,,
s3,seller,shop,,,,,,,,3,3,3,3,3,3,3,,,,,,
"""

# Three bakers count in full (0.3), two owners for two thirds (0.5 x 2/3): as 9 to 10.
AIM = 25 * (9 * 2 + 10 * 3.5) / 19
LINKS = (100 + 25 * (2 + 4) / 2) / 2  # its item, and the hand-offs, which count as one more
OVEN = (AIM + 50 + 0 + LINKS + 25) / 5
WHOLE = (1 * OVEN + 3 * 75) / 4
RISK = (100 * 1 + 50 * 0 + 25 * 0.5) / 3  # authority times missing support, baker by baker
GAP = 37.5  # on aim: owners 100 and 75, bakers 25, 50 and 75; nowhere else do they differ

EXPECTED = {
    "questionnaire": {"id": "bakery", "version": "2.0.1"},
    "respondents": {"counted": 9, "careless": 0, "by_role": {"owner": 3, "baker": 3, "seller": 3}},
    "overall": {
        "score": WHOLE,
        "maturity": 1 + WHOLE / 25,
        "band": 4,
        "level": 3,  # one above the level of the oven
        "interval": None,
        "coverage": 56 / 57,
        "provisional": False,
        "contested": False,
    },
    "functions": {
        "oven": {
            "score": OVEN,
            "maturity": 1 + OVEN / 25,
            "band": 3,
            "level": 2,  # one above the band of its flow
            "agreement": 1 - (1.3 / 5) / 2,  # variance 1.3 on aim, none on the other four
            "coverage": 30 / 31,
            "embedding": (AIM + 50 + 0) / 3,
            "hand_off": {"score": 75, "worst": "counter"},
            "dimensions": {
                "aim": {"score": AIM, "agreement": 1 - 1.3 / 2, "items": {"oven-aim": {"score": AIM, "n": 5}}},
                "hands": {"score": 50, "agreement": 1.0, "items": {"oven-hands": {"score": 50, "n": 5}}},
                "flow": {"score": 0, "agreement": 1.0, "items": {"oven-flow": {"score": 0, "n": 4}}},
                "links": {"score": LINKS, "agreement": 1.0, "items": {"oven-links": {"score": 100, "n": 5}}},
                "house-rules": {"score": 25, "agreement": 1.0, "items": {"oven-house-rules": {"score": 25, "n": 5}}},
            },
        },
        "shop": {
            "score": 75,
            "maturity": 4,
            "band": 4,
            "level": 4,
            "coverage": 1,
            "embedding": 75,
            "hand_off": {"score": 75, "worst": "counter"},
        },
    },
    "indices": {
        "embedding": {"score": ((AIM + 50) / 3 * 75**3) ** 0.25, "class": "one", "interval": None},
        "set_up_to_fail": {
            "score": RISK,
            "class": "burning",  # 37.5 would be tense, but for the one who may promise and knows no limits
            "authority": (100 + 50 + 25) / 3,
            "support": (0 + 100 + 50) / 3,
            "difference": 25 / 3,
            "over_controlled": False,
            "red_flags": 1,
            "share_high": 1 / 3,
            "n": 3,
        },
        "perception_gap": {
            "score": GAP / 4,
            "signed": GAP / 4,
            "leader_dont_know": 100 * 1 / 15,
            "goal_agreement": 100 * 2 / 3,
            "dimensions": {
                "aim": {"leader": 87.5, "practitioner": 50, "gap": GAP, "verdict": "indicative"},
                "hands": {"leader": 50, "practitioner": 50, "gap": 0, "interval": None, "verdict": "untested"},
                "links": {"leader": 100, "practitioner": 100, "gap": 0, "interval": None, "verdict": "untested"},
                "house-rules": {"leader": 25, "practitioner": 25, "gap": 0, "interval": None, "verdict": "untested"},
            },
        },
        "balance": {"score": 100 * OVEN / 75, "spread": 75 - OVEN, "flagged": True, "weakest": None},
        "beyond_one_network": 75,
        "outlook": {"independence": 75, "readiness": 0, "class": "idle"},
    },
    "advice": [
        # The red flag has no support at all: the whole 80 points to the target, four times 20.
        {"id": "teach-first", "priority": 4 * 4 * (1 + RISK / 100) / 1, "part": "now"},
        {"id": "sift-the-flow", "priority": 2 * (75 / 20) / 2, "part": "next"},
    ],
}
