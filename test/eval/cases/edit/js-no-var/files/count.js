export function count(words) {
  var counts = {};
  for (var i = 0; i < words.length; i++) {
    var word = words[i];
    counts[word] = (counts[word] || 0) + 1;
  }
  return counts;
}
