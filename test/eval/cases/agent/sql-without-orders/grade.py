import sqlite3

base = sqlite3.connect(":memory:")
base.executescript(open("schema.sql").read())
base.executescript("""
INSERT INTO customers VALUES (1, 'Ada'), (2, 'Bob'), (3, 'Cleo');
INSERT INTO orders VALUES (1, 1, 5), (2, 1, 7), (3, 3, 1);
""")
rows = base.execute(open("totals.sql").read()).fetchall()
assert rows == [("Ada", 12), ("Bob", 0), ("Cleo", 1)], rows
