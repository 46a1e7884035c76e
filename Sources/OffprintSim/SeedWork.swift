import OffprintCommands

/// Which seeds are to be played: one, a range, or as many as time allows.
struct SeedWork {
  /// The first seed.
  var first: UInt64
  /// The last; nil: until the time is over.
  var last: UInt64?
  /// How long to go on; nil: to the last seed.
  var time: Duration?
  /// Every how many-th seed: a share of the work.
  var stride: UInt64 = 1
  /// Whether one seed was asked for.
  var isSingle = false

  init(_ arguments: Arguments) throws(UsageError) {
    stride = UInt64(try arguments.integer("stride", in: 1...64) ?? 1)
    if let minutes = try arguments.integer("minutes", in: 1...10_000) {
      first = UInt64(try arguments.integer("first", in: 0...Int.max) ?? 1)
      time = .seconds(60 * minutes)
      return
    }
    if let text = arguments.value("seeds") {
      let ends = text.split(separator: ".", omittingEmptySubsequences: true).map { UInt64($0) }
      guard ends.count == 2, text.contains(".."), let first = ends[0], let last = ends[1], first <= last else {
        throw UsageError("'--seeds' is a range such as 1..400, not '\(text.visible)'.")
      }
      self.first = first
      self.last = last
      return
    }
    guard let text = arguments.value("seed") else {
      throw UsageError("Say which seeds: --seed N, --seeds A..B, --minutes M or --trace FILE.")
    }
    guard let seed = UInt64(text) else { throw UsageError("'--seed' is a whole number, not '\(text.visible)'.") }
    first = seed
    last = seed
    isSingle = true
  }

  /// Gives the seeds, one by one.
  func makeIterator() -> Iterator { Iterator(work: self, seed: first) }

  struct Iterator {
    let work: SeedWork
    var seed: UInt64

    /// The next seed; nil once all are played, or `elapsed` is the time that was given.
    mutating func next(after elapsed: Duration) -> UInt64? {
      if let last = work.last, seed > last { return nil }
      if let time = work.time, elapsed >= time { return nil }
      defer { seed += work.stride }
      return seed
    }
  }
}
