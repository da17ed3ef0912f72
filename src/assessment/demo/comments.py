"""Comments of the invented people: every few people of a function write one."""

from assessment.demo.people import DemoPerson
from assessment.domain.survey.answer import Answer
from assessment.domain.survey.comment_fields import OPEN_QUESTION, WRITTEN, make_comment_key

STEP = 3  # one of so many people writes
OPEN_STEP = 11
COMMENTS = {
    "customer-service": (
        "customer-service-work",
        (
            "We get screenshots in chat and type them into the system by hand.",
            "At weekends nobody from service is on duty, so Marketing answers complaints.",
            "The new rota helps. I would like to see what was promised on other channels.",
            "Customers tell the same story three times before it reaches us.",
            "I know what to refund by phone. On social media I ask first.",
            "Response times are checked for phone only.",
            "Good idea to plan us together with the phones.",
        ),
    ),
    "marketing": (
        "marketing-work",
        (
            "Our campaign calendar works. Service should be in it.",
            "We stopped two channels last year and nobody missed them.",
            "Influencer offers go through legal, which takes weeks.",
            "I would rather report sales than followers.",
            "We learn a lot from tests and forget it by the next campaign.",
            "Questions under our posts wait until somebody has time.",
        ),
    ),
    "hr": (
        "hr-work",
        (
            "There is a policy, but no example that fits my job.",
            "Applicants we meet online get lost between two systems.",
            "Nobody has told me whether I may look at applicants’ profiles.",
            "Employees would share more if they knew what is welcome.",
            "We do this on top of everything else.",
        ),
    ),
}
OPEN_COMMENTS = (
    "Thank you for asking us.",
    "Please tell us what comes of it.",
    "Last year’s survey changed something. Keep going.",
)


def generate_comments(person: DemoPerson) -> dict[str, Answer]:
    """Return the comments of a person, by key."""
    comments: dict[str, Answer] = {}
    section, texts = COMMENTS[person.functions[0]]
    if person.number % STEP == 0:
        text = texts[person.number // STEP % len(texts)]
        comments[make_comment_key(section)] = Answer(WRITTEN, text)
    if person.number % OPEN_STEP == 0:
        comments[OPEN_QUESTION] = Answer(WRITTEN, OPEN_COMMENTS[person.number // OPEN_STEP % len(OPEN_COMMENTS)])
    return comments
