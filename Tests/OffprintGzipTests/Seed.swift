import OffprintSeed

private let seed: UInt64 = {
  let seed = SeededGenerator.seed(else: UInt64.random(in: .min ... .max))
  print("OFFPRINT_SEED=\(seed) (OffprintGzipTests)")
  return seed
}()

/// Each test starts from the printed seed, whatever ran before it.
func generator() -> SeededGenerator { SeededGenerator(seed: seed) }

extension SeededGenerator {
  /// Bytes that compress: words from a small stock, now and then something new.
  mutating func text(_ count: Int) -> [UInt8] {
    let words = ["reading ", "list ", "<p>", "</p>\n", "offprint ", "the ", "of ", "é"].map { Array($0.utf8) }
    var text: [UInt8] = []
    while text.count < count {
      if Int.random(in: 0..<8, using: &self) == 0 {
        text.append(contentsOf: bytes(3))
      } else {
        text.append(contentsOf: words[Int.random(in: 0..<words.count, using: &self)])
      }
    }
    return Array(text.prefix(count))
  }
}
