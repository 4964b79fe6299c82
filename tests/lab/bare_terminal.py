"""A terminal without any automation: what is typed is sent, what comes is read."""

from __future__ import annotations

import paramiko


class Typing:
    """A bare terminal."""

    def __init__(self, client: paramiko.SSHClient) -> None:
        self.channel = client.invoke_shell()
        self.channel.settimeout(5)

    def until(self, end: str) -> str:
        """What comes, up to an end."""
        data = ""
        while not data.endswith(end):
            piece = self.channel.recv(1000).decode()
            assert piece, data
            data += piece
        return data

    def send(self, text: str, end: str) -> str:
        """Type something; what comes, up to an end."""
        self.channel.send(text)
        return self.until(end)
