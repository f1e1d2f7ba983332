"""Frames along the code: still until asked to move, the same for both sides."""

from typing import Any

import pytest

WAIT = (
    "const [done] = arguments;"
    "const ready = () => {0} ? done(true) : setTimeout(ready, 20); ready();"
)
DRAWN = "document.querySelectorAll('.film canvas').length"


@pytest.fixture
def player(opened: Any) -> Any:
    """The digits' player, its pictures unpacked."""
    found = opened.find_element("css selector", ".player")
    opened.execute_script("arguments[0].scrollIntoView()", found)
    opened.execute_async_script(WAIT.replace("{0}", DRAWN))
    return found


def shades(player: Any) -> list[int]:
    """The upper left pixel of each picture of the first film and of the second, red of 255."""
    script = (
        "return [...arguments[0].querySelectorAll('canvas')]"
        ".map((c) => c.getContext('2d').getImageData(0, 0, 1, 1).data[0])"
    )
    found: list[int] = player.parent.execute_script(script, player)
    return found


def look_at(player: Any, frame: int) -> None:
    player.parent.execute_script(
        "const field = arguments[0].querySelector('[name=frame]'); field.value = arguments[1];"
        "field.dispatchEvent(new Event('input'))",
        player,
        frame,
    )


def test_only_settings_with_something_that_moves_can_be_chosen(player: Any) -> None:
    for side in ("left", "right"):
        options = player.find_elements("css selector", f"[name={side}] option")
        assert [option.text for option in options] == ["ae", "pca"]


def test_each_frame_is_what_was_decoded(player: Any) -> None:
    for frame, shade in enumerate((0, 85, 170, 255), start=1):
        look_at(player, frame)
        assert shades(player) == [shade] * 5 + [255 - shade] * 5


def test_every_row_is_named(player: Any) -> None:
    names = [c.text for c in player.find_elements("css selector", ".film:first-child figcaption")]
    assert names == ["z1", "z2", "z3", "from sample 1 to 2", "from sample 3 to 4"]


def test_it_moves_when_told_to_and_stops_when_told_to(player: Any) -> None:
    button, field = (player.find_element("name", name) for name in ("play", "frame"))
    look_at(player, 1)
    assert button.text == "Play"
    player.parent.execute_script("arguments[0].click()", button)
    assert button.text == "Pause"
    player.parent.execute_async_script(
        WAIT.replace("{0}", "document.querySelector('.player [name=frame]').value > 1")
    )
    player.parent.execute_script("arguments[0].click()", button)
    stopped = field.get_attribute("value")
    player.parent.execute_async_script("setTimeout(arguments[0], 600)")
    assert field.get_attribute("value") == stopped


def test_another_setting_takes_its_side(player: Any) -> None:
    look_at(player, 1)
    player.parent.execute_script(
        "const field = arguments[0].querySelector('[name=left]'); field.value = 1;"
        "field.dispatchEvent(new Event('change'))",
        player,
    )
    player.parent.execute_async_script(
        WAIT.replace("{0}", "document.querySelector('.film h4').textContent === 'pca'")
    )
    assert shades(player) == [255] * 10


def test_without_scripts_there_is_no_player(page: str) -> None:
    [start] = [line for line in page.splitlines() if 'class="player' in line]
    assert start.endswith(" hidden>")
