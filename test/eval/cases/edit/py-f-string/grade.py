from label import label

assert label("Tea", 2.5) == "Tea costs 2.50 euros"
