"""The live consensus: what a project's answers add up to, kept up to date while they come in.

One consumer per project at a time (`lease`) takes answers that were not applied yet (`updating`), reads all answers to
their tasks (`cases`), scores them (`scoring`) and writes their rows, the annotators' counts and the answers' marks in
one transaction. So a killed consumer leaves nothing half done, and an answer counts once however often it is announced.
At any time the counts are the sum of what the rows hold: a row's old contribution is taken out exactly.
"""

from tasks.services.consensus.updating import update_project

__all__ = ["update_project"]
