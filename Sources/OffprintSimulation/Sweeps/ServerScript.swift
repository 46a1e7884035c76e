import OffprintSeed
import OffprintWire

/// What is done to a server in a sweep, the same each time.
struct ServerScript: Sendable {
  enum Action: Sendable {
    case account(String)
    case signIn(Int)
    /// A push by that device, of these records.
    case push(Int, [Record])
    /// That device uploads a content.
    case upload(Int, Int)
    case pull(Int)
    case purge, restart
  }

  struct Step: Sendable {
    let name: String
    let action: Action
    var isRestart: Bool { if case .restart = action { true } else { false } }
    /// A purge goes in small transactions, each of which is whole.
    var isAtomic: Bool { if case .purge = action { false } else { true } }
  }

  private(set) var steps: [Step] = []
  /// Bodies of articles: some of one page, one of many.
  private(set) var contents: [[UInt8]] = []
  private var generator = SeededGenerator(seed: 2_026)
  /// The step from which on the deletions are older than the retention.
  private var purgeStep = Int.max

  private static let dayMilliseconds: Int64 = 86_400_000
  private static let tags: [RegisterName] = ["tag:t0", "tag:t1", "tag:t2"]

  init() {
    contents = [700, 3_000, 9_000, 60_000].map { size in
      (0..<size).map { _ in UInt8(97 + generator.below(26)) }
    }
    add("an account is made", .account("ana"))
    add("another account is made", .account("ben"))
    for index in 0..<3 { add("device \(index) signs in", .signIn(index)) }
    for index in 0..<3 { add("device \(index) reads", .pull(index)) }
    add("the server is restarted", .restart)
    addPushes(0..<9)
    add("the server is restarted", .restart)
    addPushes(9..<18)
    for index in contents.indices { add("a content is uploaded", .upload(index % 3, index)) }
    add("the server is restarted", .restart)
    addPushes(18..<27)
    add("the server is restarted", .restart)
    addPushes(27..<36)
    add("the server is restarted", .restart)
    add("all is deleted that the purge takes", .push(0, deletions()))
    purgeStep = steps.count
    add("device 0 reads", .pull(0))
    add("the server purges", .purge)
    for index in 0..<3 { add("device \(index) reads", .pull(index)) }
    add("the server is restarted", .restart)
    addPushes(36..<44)
    add("the server is restarted", .restart)
    addPushes(44..<50)
    add("the server is restarted", .restart)
    addPushes(50..<53)
  }

  /// The server's clock at a step.
  func time(of step: Int) -> Int64 {
    SweepServer.began + Int64(step) * 60_000 + (step >= purgeStep ? 400 * Self.dayMilliseconds : 0)
  }

  private mutating func add(_ name: String, _ action: Action) { steps.append(Step(name: name, action: action)) }

  private mutating func addPushes(_ numbers: Range<Int>) {
    for number in numbers {
      let device = number % 3
      // Most pushes are one edit, some a few, two are whole libraries.
      let count = number == 9 ? 60 : number == 40 ? 40 : number % 5 == 0 ? 4 : 1
      let records = (0..<count).map { record(number * 100 + $0, by: device) }
      add("push \(number)", .push(device, records))
    }
  }

  private func stamp(_ device: Int, _ counter: Int) -> Stamp {
    Stamp(
      milliseconds: UInt64(time(of: steps.count)), counter: UInt32(counter % 1_000),
      replica: ReplicaID(bits: UInt64(device + 1)))
  }

  private static func id(_ number: Int) -> RecordID { RecordID(high: 0x5EED, low: UInt64(number)) }

  private mutating func record(_ number: Int, by device: Int) -> Record {
    let stamp = stamp(device, number)
    let register = { (value: JSONValue) in Register(stamp: stamp, value: CanonicalValue(value)) }
    // Three devices of two accounts edit the same forty articles, and make new ones.
    let article = number % 4 == 0 ? 10_000 + number : generator.below(40)
    switch number % 7 {
    case 5:
      return Record(
        key: RecordKey(.bookmark, Self.id(50_000 + number)),
        registers: RegisterMap([
          .init(.life, register(.string("live"))), .init(.article, register(.string(Self.id(article).description))),
          .init(.created, register(.integer(SweepServer.began))), .init(.note, register(.string("note \(number)"))),
        ]))
    case 6:
      return Record(
        key: RecordKey(.article, Self.id(article)),
        registers: RegisterMap([
          .init(.archived, register(.bool(number % 2 == 0))), .init(Self.tags[number % 3], register(.bool(true))),
        ]))
    default:
      return Record(
        key: RecordKey(.article, Self.id(article)),
        registers: RegisterMap([
          .init(.life, register(.string("live"))), .init(.url, register(.string("https://example.org/\(article)"))),
          .init(.saved, register(.integer(SweepServer.began + Int64(number)))),
          .init(.title, register(.string("title \(number) " + String(repeating: "x", count: generator.below(300))))),
        ]))
    }
  }

  private func deletions() -> [Record] {
    (0..<12).map { index in
      Record(
        key: RecordKey(.article, Self.id(90_000 + index)),
        registers: RegisterMap([
          .init(.life, Register(stamp: stamp(0, 900 + index), value: CanonicalValue(.string("dead"))))
        ]))
    }
  }
}
