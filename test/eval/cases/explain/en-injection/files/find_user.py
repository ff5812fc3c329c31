def find_user(connection, name):
    query = "SELECT id FROM users WHERE name = '" + name + "'"
    return connection.execute(query).fetchone()
