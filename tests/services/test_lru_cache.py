"""Cache of a bounded number of values."""

import threading

from assessment.services.lru_cache import LruCache


def test_value_that_was_not_asked_for_longest_is_evicted():
    cache = LruCache[str, int](2)
    cache.add_value("a", 1)
    cache.add_value("b", 2)
    cache.find_value("a")

    cache.add_value("c", 3)

    assert [cache.find_value(key) for key in "abc"] == [1, None, 3]
    assert len(cache) == 2


def test_value_that_is_stored_again_is_kept_longest():
    cache = LruCache[str, int](2)
    cache.add_value("a", 1)
    cache.add_value("b", 2)

    cache.add_value("a", 5)
    cache.add_value("c", 3)

    assert [cache.find_value(key) for key in "abc"] == [5, None, 3]


def test_removed_value_is_not_found():
    cache = LruCache[str, int](2)
    cache.add_value("a", 1)

    cache.remove_value("a")
    cache.remove_value("a")

    assert cache.find_value("a") is None


def test_concurrent_use_never_fails_and_keeps_the_bound():
    cache = LruCache[int, int](3)
    errors: list[Exception] = []

    def use(start: int) -> None:
        try:
            for number in range(start, start + 5_000):
                cache.add_value(number % 7, number)
                cache.find_value((number + 3) % 7)
                cache.remove_value((number + 5) % 7)
        except Exception as error:  # noqa: BLE001  # reported below: a thread has nobody else to raise it to
            errors.append(error)

    threads = [threading.Thread(target=use, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(cache) <= 3
