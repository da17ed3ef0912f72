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
            "Nobody told us about the campaign before customers asked.",
            "I answer on my own phone when I am on the road.",
            "When we say no, people complain in public and get a yes.",
            "The tool shows us messages, but not who the customer is.",
            "We would like to see the figures that Marketing sees.",
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
            "I could promise a lot to a blogger. Nobody ever said how much.",
            "Service knows the products better than we do.",
            "Half of my week goes into two networks that few customers use.",
            "We stopped counting likes, which was overdue.",
            "If I left, nobody would know the passwords.",
            "The training last spring helped.",
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
            "Managers post about us without telling us.",
            "Good candidates write to us there and wait for days.",
            "I learnt it from a colleague who has left.",
            "We answer reviews of us as an employer when we see them.",
            "Marketing helps when we ask.",
            "Nobody measures where applicants come from.",
            "It is clear who answers, but not until when.",
        ),
    ),
}
OPEN_COMMENTS = (
    "Thank you for asking us.",
    "Please tell us what comes of it.",
    "Last year’s survey changed something. Keep going.",
    "Please ask the branches, too.",
    "It took ten minutes, that is fine.",
    "I hope somebody reads this.",
    "We talk about tools too often, and about customers too rarely.",
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
