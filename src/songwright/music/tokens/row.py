"""A row of tokens under a reading finger."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.music.tokens.vocabulary import NAMES


class TokenError(ValueError):
    """A row of tokens that is no song; `place` is the index at which it stops making sense."""

    def __init__(self, place: int, problem: str) -> None:
        self.place, self.problem = place, problem
        super().__init__(f"token {place}: {problem}")


class Reader:
    """The row and where reading stands. names: all its tokens; at: the next one."""

    def __init__(self, ids: Sequence[int]) -> None:
        """TokenError for ids that are no tokens."""
        self.names = [_name(n, token) for n, token in enumerate(ids)]
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        """The next token, or one `ahead` of it; "" beyond the end."""
        at = self.at + ahead
        return self.names[at] if at < len(self.names) else ""

    def take(self, what: str) -> str:
        """The value of the next token, which must be of this kind ("pos" of "pos:12"; a bare name gives "")."""
        head, _, tail = self.peek().partition(":")
        if head != what:
            raise TokenError(self.at, f"{what} should stand here, not {self.peek() or 'the end'}")
        self.at += 1
        return tail

    def fail(self, problem: str) -> TokenError:
        """An error at the token just read."""
        return TokenError(self.at - 1, problem)


def _name(place: int, token: int) -> str:
    if not 0 <= token < len(NAMES):
        raise TokenError(place, f"{token} is no token")
    return NAMES[token]
