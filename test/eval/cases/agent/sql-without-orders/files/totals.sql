SELECT customers.name, SUM(orders.amount) AS total
FROM customers
JOIN orders ON orders.customer_id = customers.id
GROUP BY customers.id
ORDER BY customers.name;
