"""Callbacks from real processes, while another receiver never answers."""

import threading

import pytest
import scaleapi
from scaleapi.tasks import TaskType

from tests.receivers import says, server
from tests.services.servers import until
from tests.services.stack import Stack

NER = {"text": "Ann left.", "labels": [{"name": "person", "description": "a person"}]}


@pytest.mark.only("sqlite")  # all embedded; on PostgreSQL the journey of a client has callbacks too
def test_a_receiver_that_never_answers_keeps_no_other_waiting(stack: Stack) -> None:
    client = scaleapi.ScaleClient(stack.new_key("Calls", "test"), api_instance_url=f"{stack.base_url}/v1")
    over = threading.Event()
    with server(lambda handler: over.wait(60)) as (dead, asked), server(says(200)) as (alive, got):
        try:
            client.create_task(TaskType.NamedEntityRecognition, **NER, callback_url=f"{dead}/task")
            until(lambda: asked, "the dead receiver is called")
            tasks = [
                client.create_task(TaskType.NamedEntityRecognition, **NER, callback_url=f"{alive}/{n}")
                for n in range(3)
            ]
            until(lambda: len(got) == len(tasks), "the others hear of theirs")
            assert len(asked) == 1, "and the dead one has not been given up meanwhile"
            until(lambda: all(client.get_task(task.id).as_dict().get("callback_succeeded") for task in tasks), "they are told of")
        finally:
            over.set()
