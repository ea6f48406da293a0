"""What the demo asks, and how it explains it to annotators."""

from typing import Any

RATINGS = "1..4=positive,0=neutral,-4..-1=negative"  # of the recorded -4 to 4: 3,892 / 1,481 / 2,627 of the 8,000

SENTIMENT: dict[str, Any] = {
    "question": "How does the writer feel about what this sentence is about?",
    "options": [
        {"value": "positive", "label": "Positive", "description": "Praise, satisfaction, a recommendation."},
        {"value": "neutral", "label": "Neutral", "description": "A fact without feeling, or good and bad in balance."},
        {"value": "negative", "label": "Negative", "description": "A complaint, disappointment, a warning."},
    ],
}

SENTIMENT_GUIDELINE = """\
You read one sentence from a product review. Say how **the writer** feels about the product or the part of it that the
sentence is about.

### Choose
- **Positive**: praise, satisfaction, a recommendation. *“the battery lasts for days”*
- **Neutral**: a fact without feeling (*“it came with two cables”*), or praise and complaint in balance.
- **Negative**: a complaint, disappointment, a warning. *“i returned it after a week”*

### When it is hard
- Judge what is said, not what you think of the product.
- A weak feeling is still a feeling: *“works well enough”* is positive.
- A wish for something better (*“i just wish it were lighter”*) is negative.
- Irony counts as what it means: *“great, it broke on day one”* is negative.
- Sentences are torn from longer reviews and keep their spelling. If you cannot tell at all what one means, skip it with
  the reason *unclear*; do not guess.

Several people read each sentence, so an honest doubt does no harm.
"""

SENTIMENT_USE = (
    "The labels show visitors of this demo how several opinions become one label. "
    "They also serve to compare ways of finding consensus. No model of anybody's is trained on them."
)

PHOTO: dict[str, Any] = {
    "question": "What does this picture mainly show?",
    "options": [
        {"value": "person", "label": "Person", "description": "One or more people, whatever they do."},
        {"value": "animal", "label": "Animal", "description": "Alive, drawn or as a silhouette."},
        {"value": "food", "label": "Food or drink"},
        {"value": "space", "label": "Space", "description": "Stars, galaxies, planets; a rocket is a machine."},
        {"value": "machine", "label": "Machine or device", "description": "Vehicles, clocks, rockets, tools."},
        {"value": "surface", "label": "Surface or pattern", "description": "A wall, ground, grass: no single object."},
        {"value": "body", "label": "Inside of a body", "description": "Cells, tissue, medical pictures."},
    ],
}

PHOTO_GUIDELINE = """\
Say what the picture **mainly** shows: what you would name first if somebody asked you on the phone.

- The largest or clearest thing wins. A photographer with a camera is a **person**, not a machine.
- A portrait in front of a rocket is a **person**; a rocket at its start is a **machine**; a sky full of galaxies is
  **space**.
- Choose **surface or pattern** only when there is no single thing to name.
- If the picture does not load or cannot be recognised, skip it with the reason *broken* or *unclear*.

Two people look at each picture. Do not name or look for the people you see: we only want the kind of thing.
"""

PHOTO_USE = "The labels show visitors of this demo how pictures are classified. They are used for nothing else."
