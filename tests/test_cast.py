"""The cast itself."""


def test_everyone_is_there(cast):
    assert cast.actor("chen").has("physician")
    assert not cast.actor("ada").is_staff
