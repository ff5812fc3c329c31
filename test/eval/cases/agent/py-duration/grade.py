from duration import seconds

assert [seconds(text) for text in ("45s", "2h", "1h30m", "1h1m1s", "10m5s")] == [45, 7200, 5400, 3661, 605]
