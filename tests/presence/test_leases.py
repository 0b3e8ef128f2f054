"""What a dead process leaves behind, and who clears it away."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from presence import leases
from presence.models import Connection, LastSeen, Process
from presence.seats import Changes, Seat
from presence.tags import states


def make_process(*, age: float) -> Process:
    """One whose lease was renewed `age` seconds ago."""
    renewed = timezone.now() - timedelta(seconds=age)
    return Process.objects.create(
        name="test", started_at=renewed, renewed_at=renewed, expires_at=renewed + leases.LEASE
    )


def sit(process: Process, *people: User, active: bool = True) -> None:
    for person in people:
        Connection.objects.create(process=process, user=person, opened_at=timezone.now(), active=active)


def state(person: User) -> str:
    return states([str(person.pk)])[str(person.pk)]


def test_the_people_of_a_killed_process_are_offline_before_anybody_swept(db: None, alice: User, bob: User) -> None:
    sit(make_process(age=34), alice)
    sit(make_process(age=36), bob)
    assert [state(person) for person in (alice, bob)] == ["online", "offline"]


def test_the_sweep_takes_dead_processes_away_and_notes_when_their_people_were_seen(
    db: None, alice: User, bob: User, charlie: User
) -> None:
    dead, alive = make_process(age=40), make_process(age=1)
    sit(dead, alice, bob)
    sit(alive, bob, charlie)
    assert leases.sweep(uuid.uuid4()) == {alice.pk, bob.pk}
    assert list(Process.objects.all()) == [alive]
    assert LastSeen.objects.get().user == alice, "Bob is still here"
    assert LastSeen.objects.get().at == dead.renewed_at
    assert state(alice) == f"offline.{int(dead.renewed_at.timestamp())}"
    assert state(bob) == "online"
    assert leases.sweep(uuid.uuid4()) == set()


def test_what_was_seen_later_stays(db: None, alice: User) -> None:
    later = timezone.now() - timedelta(seconds=5)
    LastSeen.objects.create(user=alice, at=later)
    sit(make_process(age=60), alice)
    leases.sweep(uuid.uuid4())
    assert LastSeen.objects.get().at == later


@pytest.mark.parametrize("field", [{"hidden_since": timezone.now()}, {"is_active": False}])
def test_of_who_may_not_be_seen_nothing_is_noted(db: None, alice: User, field: dict[str, Any]) -> None:
    User.objects.filter(pk=alice.pk).update(**field)
    sit(make_process(age=60), alice)
    assert leases.sweep(uuid.uuid4()) == {alice.pk}
    assert not LastSeen.objects.exists()


def test_an_active_connection_wins_over_one_that_is_away(db: None, alice: User) -> None:
    sit(make_process(age=1), alice, active=False)
    assert state(alice) == "away"
    sit(make_process(age=1), alice)
    assert state(alice) == "online"


def test_who_was_never_here_is_offline_and_who_does_not_exist_is_nothing(db: None, alice: User) -> None:
    assert states([str(alice.pk), "999999"]) == {str(alice.pk): "offline"}


def test_a_process_does_not_sweep_while_it_seems_dead_itself(db: None, alice: User, bob: User) -> None:
    """After a sleep of the machine, or an outage of the database, all of them seem so."""
    asleep, other = make_process(age=60), make_process(age=60)
    sit(asleep, alice)
    sit(other, bob)
    with pytest.raises(leases.NoLease):
        leases.sweep(asleep.pk)
    assert Process.objects.count() == 2


def test_a_lease_that_ran_out_is_taken_anew_without_its_rows(db: None, alice: User) -> None:
    """Pages may have been told that its people left: they have to be told again."""
    late = make_process(age=40)
    sit(late, alice)
    assert leases.renew(late.pk) is False
    leases.begin(late.pk)
    assert Process.objects.get().pk == late.pk
    assert not Connection.objects.exists()


def test_two_who_close_their_tabs_on_two_processes_at_once_are_seen_last(transactional_db: None, alice: User) -> None:
    """Each of the two transactions may not see the other's deletion."""
    for _ in range(5):
        LastSeen.objects.all().delete()
        seats, processes = [Seat(alice.pk), Seat(alice.pk)], [uuid.uuid4(), uuid.uuid4()]
        for process, seat in zip(processes, seats, strict=True):
            leases.begin(process)
            leases.store(process, Changes(opened=[seat]))
            seat.left_at = timezone.now()

        def leave(number: int, seats: list[Seat] = seats, processes: list[uuid.UUID] = processes) -> None:
            try:
                leases.store(processes[number], Changes(left=[seats[number]]))
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(leave, range(2)))
        assert LastSeen.objects.get().user == alice


def test_a_process_that_stops_has_its_people_gone_in_two_seconds(db: None, alice: User) -> None:
    process = uuid.uuid4()
    leases.begin(process)
    leases.store(process, Changes(opened=[Seat(alice.pk)]))
    assert state(alice) == "online"
    leases.end(process)
    left = (Process.objects.get().expires_at - timezone.now()).total_seconds()
    assert 1 < left <= 2
    assert state(alice) == "online", "they may be on their way to another process"


def test_without_a_lease_nothing_is_written(db: None, alice: User) -> None:
    with pytest.raises(leases.NoLease):
        leases.store(uuid.uuid4(), Changes(opened=[Seat(alice.pk)]))
    assert not Connection.objects.exists()
    assert leases.renew(uuid.uuid4()) is False


def test_who_was_deleted_meanwhile_holds_nobody_up(db: None, alice: User, bob: User) -> None:
    process = uuid.uuid4()
    leases.begin(process)
    gone = Seat(bob.pk)
    bob.delete()
    leases.store(process, Changes(opened=[gone, Seat(alice.pk)]))
    assert Connection.objects.get().user == alice
    gone.left_at = timezone.now()
    leases.store(process, Changes(left=[gone]))
    assert not LastSeen.objects.exists()


def test_several_sweep_at_once_and_each_process_is_swept_once(transactional_db: None, alice: User, bob: User) -> None:
    for person in (alice, bob, alice, bob):
        sit(make_process(age=60), person)

    def one_sweep(_: int) -> set[int]:
        try:
            return leases.sweep(uuid.uuid4())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        swept = list(threads.map(one_sweep, range(4)))
    assert set().union(*swept) == {alice.pk, bob.pk}
    assert not Process.objects.exists()
    assert LastSeen.objects.count() == 2


def test_the_renewal_moves_the_lease_and_nothing_else(db: None) -> None:
    process = make_process(age=30)
    assert leases.renew(process.pk) is True
    now: datetime = timezone.now()
    renewed = Process.objects.get()
    assert abs((renewed.renewed_at - now).total_seconds()) < 2
    assert renewed.expires_at - renewed.renewed_at == pytest.approx(leases.LEASE, abs=timedelta(seconds=0.1))
    assert renewed.started_at == process.started_at
