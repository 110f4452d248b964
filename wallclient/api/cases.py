"""What the program needs of a center that keeps cases; one with `Capabilities.cases` does.

Methods block, come from several threads, and raise the errors of `wallclient.domain.errors`. Channels are the center's
own ids; `home` of what they return is empty, as a center does not know its key.
"""

from typing import Protocol, runtime_checkable

from wallclient.domain.case import Case


@runtime_checkable
class CaseCenter(Protocol):
    """Cases of one center."""

    def cases(self) -> tuple[Case, ...]:
        """Return own and shared cases, the latest change first."""
        ...

    def case(self, key: str) -> Case:
        """Return a case. Raises NotFound."""
        ...

    def save_case(self, case: Case) -> Case:
        """Make (revision 0) or change a case at its revision, and return it as kept. Raises Stale, NotPermitted."""
        ...

    def delete_case(self, key: str, revision: int) -> None:
        """Delete a case of one's own. Raises Stale, NotPermitted; one that is gone is no error."""
        ...
