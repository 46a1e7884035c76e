import OffprintSeed

private let seed: UInt64 = {
  let seed = SeededGenerator.seed(else: UInt64.random(in: .min ... .max))
  print("OFFPRINT_SEED=\(seed) (OffprintCryptoTests)")
  return seed
}()

/// Each test starts from the printed seed, whatever ran before it.
func generator() -> SeededGenerator { SeededGenerator(seed: seed) }
