"""Portfolio: the clients of a workspace with their assessments, and the level of the newest results."""

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState
from assessment.storage import organisations
from assessment.storage.organisations import Organisation
from assessment.storage.results import portfolio
from assessment.storage.results.portfolio import StoredWave


class ClientWaves(Struct, frozen=True):
    """A client with its assessments, the newest first, without archived ones unless it is archived itself."""

    organisation: Organisation
    waves: tuple[StoredWave, ...]

    @property
    def newest_result(self) -> StoredWave | None:
        """Return the assessment with the newest results."""
        return next(iter(self.results), None)

    @property
    def results(self) -> tuple[StoredWave, ...]:
        """Return the assessments with results, the latest close first."""
        closed = [wave for wave in self.waves if wave.release is not None]
        return tuple(sorted(closed, key=_get_close, reverse=True))

    @property
    def earlier_result(self) -> StoredWave | None:
        """Return the wave that the newest results repeat, if it has results too."""
        newest = self.newest_result
        if newest is None:
            return None
        return next((wave for wave in self.results if wave.assessment_id == newest.wave_of), None)

    @property
    def current(self) -> StoredWave | None:
        """Return the open assessment, otherwise the newest draft."""
        for state in (AssessmentState.OPEN, AssessmentState.DRAFT):
            for wave in self.waves:
                if wave.state == state:
                    return wave
        return None


def list_clients(session: Session, workspace_id: str) -> tuple[ClientWaves, ...]:
    """Return all clients, archived ones included, in no order."""
    return _group_waves(
        organisations.load_organisations(session, workspace_id), portfolio.list_waves(session, workspace_id)
    )


def load_client(session: Session, workspace_id: str, organisation_id: str) -> ClientWaves:
    """Return a client with all its assessments, archived ones included; `NotFoundError` for an unknown client."""
    organisation = organisations.find_organisation(session, workspace_id, organisation_id)
    return ClientWaves(organisation, tuple(portfolio.list_waves(session, workspace_id, organisation_id)))


def _group_waves(clients: Iterable[Organisation], waves: Iterable[StoredWave]) -> tuple[ClientWaves, ...]:
    by_client: dict[str, list[StoredWave]] = {}
    for wave in waves:
        by_client.setdefault(wave.organisation_id, []).append(wave)
    return tuple(
        ClientWaves(
            client,
            tuple(
                wave
                for wave in by_client.get(client.id, ())
                if wave.archived_on is None or client.archived_on is not None
            ),
        )
        for client in clients
    )


def _get_close(wave: StoredWave) -> tuple[bool, str, str]:
    return wave.closed_on is not None, str(wave.closed_on or ""), wave.created_at.isoformat()
