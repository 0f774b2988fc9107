from classroom.relay.key_frames import WINDOW, KeyFrameRequests


def test_many_ask_and_one_request_leaves() -> None:
    requests = KeyFrameRequests()
    for _ in range(100):
        requests.ask(1.0)
    assert [requests.due(1.0), requests.due(1.0), requests.due(1.1)] == [True, False, False]


def test_an_unanswered_request_is_repeated_after_a_window() -> None:
    requests = KeyFrameRequests()
    requests.ask(1.0)
    requests.due(1.0)
    assert requests.due(1.0 + WINDOW)


def test_a_key_frame_settles_it() -> None:
    requests = KeyFrameRequests()
    requests.ask(1.0)
    requests.due(1.0)
    requests.arrived(1.05)
    assert not requests.due(9.0)


def test_a_key_frame_still_on_its_way_answers_who_asks_now() -> None:
    requests = KeyFrameRequests()
    requests.arrived(1.0)
    requests.ask(1.0 + WINDOW / 2)
    assert not requests.due(2.0)
    requests.ask(1.0 + WINDOW)
    assert requests.due(2.0)


def test_nobody_asked_nothing_leaves() -> None:
    assert not KeyFrameRequests().due(5.0)


def test_who_waits_for_a_picture_is_not_put_off_by_the_key_frame_that_was_missed() -> None:
    requests = KeyFrameRequests()
    requests.arrived(1.0)
    requests.need()
    assert not requests.due(1.0 + WINDOW / 2)
    assert requests.due(1.0 + WINDOW)
