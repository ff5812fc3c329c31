import sqlite3

base = sqlite3.connect(":memory:")
base.execute("CREATE TABLE products (name TEXT, price INTEGER)")
base.executemany("INSERT INTO products VALUES (?, ?)", [(f"p{price}", price) for price in range(-1, 15)])
rows = base.execute(open("products.sql").read()).fetchall()
assert rows == [(f"p{price}", price) for price in range(14, 4, -1)], rows
