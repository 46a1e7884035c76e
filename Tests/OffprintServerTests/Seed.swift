import OffprintTesting

/// What everything random here follows from: `OFFPRINT_SEED`, or else a new seed; a failure names it.
enum Seed {
  static let value = SeededGenerator.seed(else: .random(in: .min ... .max))
}
