"""A few processes work on the pieces of a long list, in their order; one that is killed is no silent loss."""

import os
import signal
from itertools import count

import billiard
import pytest

from registry.drives.imports import crew


def squared(number):
    return number * number, os.getpid()


def killed_at_three(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def broken(number):
    raise LookupError(number)


def has_a_crew():
    done = [result for _, (result, _pid) in crew.each(squared, range(3), processes=2)]
    os._exit(0 if done == [0, 1, 4] and billiard.current_process().daemon else 1)


class TestEach:
    @pytest.mark.parametrize("processes", [1, 2])
    def test_yields_the_pieces_in_their_order(self, processes):
        done = list(crew.each(squared, range(7), processes=processes))

        assert [(piece, result) for piece, (result, _pid) in done] == [(n, n * n) for n in range(7)]

    def test_works_in_processes_beside_this_one_or_in_this_one(self):
        assert {pid for _, (_, pid) in crew.each(squared, range(3), processes=1)} == {os.getpid()}
        assert os.getpid() not in {pid for _, (_, pid) in crew.each(squared, range(3), processes=2)}

    def test_works_beside_a_process_of_celery_s_pool_too(self):
        of_the_pool = billiard.Process(target=has_a_crew)
        of_the_pool.daemon = True

        of_the_pool.start()
        of_the_pool.join()

        assert of_the_pool.exitcode == 0

    def test_takes_a_piece_only_when_there_is_room_for_it(self):
        taken = count()
        done = crew.each(squared, (next(taken) for _ in range(100)), processes=2)

        next(done)
        done.close()
        assert next(taken) <= 4

    def test_says_in_a_sentence_that_a_process_was_killed(self):
        with pytest.raises(crew.CrewLost) as lost:
            list(crew.each(killed_at_three, range(9), processes=2))

        assert all(lost.value.sentences)

    @pytest.mark.parametrize("processes", [1, 2])
    def test_lets_through_what_the_work_raises(self, processes):
        with pytest.raises(LookupError):
            list(crew.each(broken, range(9), processes=processes))
