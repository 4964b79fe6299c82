"""The port of a simulated device, watched on its own clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.rehearsal.memory.clock import VirtualClock


class MemoryPort:
    """As ``probes.ports.Watch``: down is what refuses, is silent, or sends no banner."""

    def __init__(self, device: Device, clock: VirtualClock) -> None:
        self._device = device
        self._clock = clock
        self._was_down = False
        self._follow()
        device.listeners.append(self._follow)

    def wait_down(self, timeout: float) -> bool:
        """Whether it was down since the watch began."""
        return self._clock.advance(timeout, lambda: self._was_down)

    def wait_up(self, timeout: float) -> bool:
        """Whether it is up."""
        return self._clock.advance(timeout, self._is_up)

    def _is_up(self) -> bool:
        return self._device.is_answering and self._device.has("mute") is None

    def _follow(self) -> None:
        self._was_down |= not self._is_up()

    def __enter__(self) -> Self:
        """It watches already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Watch it no more."""
        self._device.listeners.remove(self._follow)
