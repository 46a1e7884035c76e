import OffprintOracle
import Testing

/// Crashes, acknowledgements, excuses.
@Suite struct RestartTests {
  typealias Key = Oracle.RecordKey
  static let writes = [("life", "\"live\""), ("note", "\"n\"")]
  static let bookmark = Key("bookmark", "b")

  @Test(arguments: [0, 1, 2])
  func `an uncertain action is there whole or not at all`(count: Int) {
    var story = Story()
    let made = story.oracle.begin("A", at: 0, Self.writes.map { Oracle.Intent(Self.bookmark, $0.0, $0.1) })
    story.oracle.finish(made, .unknown)
    let there = Self.writes.prefix(count).map { Oracle.Held($0.0, nil, $0.1) }
    story.oracle.restarted("A", there.isEmpty ? [:] : [Self.bookmark: Oracle.State(there)])
    #expect(story.oracle.violations.contains { $0.reason == "an action is there in part" } == (count == 1))
    #expect(story.found.isEmpty == (count != 1))
  }

  @Test(arguments: ["A", "S"])
  func `what was done is there after a crash`(replica: String) {
    var story = Story()
    story.write("A", Self.bookmark, Self.writes, at: 10)
    story.carry(Self.bookmark, from: "A", to: "S")
    story.oracle.restarted(replica, story.states(replica))
    #expect(story.found.isEmpty)
    story.oracle.restarted(replica, [:])
    #expect(story.found == [.restartKeepsDone])
  }

  @Test func `what failed is not there`() {
    var story = Story()
    let made = story.oracle.begin("A", at: 0, [Oracle.Intent(Self.bookmark, "note", "\"n\"")])
    story.oracle.finish(made, .notDone)
    story.put("A", Self.bookmark, Oracle.Held("note", nil, "\"n\""))
    #expect(story.found == [.restartKeepsDone])
  }

  @Test func `an acknowledgement for what was not stored is found at once`() {
    var story = Story()
    story.write("A", Self.bookmark, Self.writes, at: 10)
    let push = story.oracle.sent("A", story.states("A"))
    story.oracle.acknowledged(push)
    #expect(story.found == [.acknowledgedIsKept, .acknowledgedIsKept])
  }

  @Test(arguments: [true, false])
  func `a push is stored whole or not at all`(isWhole: Bool) {
    var story = Story()
    story.write("A", Story.article, [("life", "\"live\"")], at: 10)
    story.write("A", Self.bookmark, Self.writes, at: 10)
    let push = story.oracle.sent("A", story.states("A"))
    story.oracle.interrupted(push)
    var states = story.states("A")
    if !isWhole { states[Self.bookmark] = nil }
    story.oracle.restarted("S", states)
    #expect(story.found == (isWhole ? [] : [.restartKeepsDone]))
  }

  @Test func `only what nobody holds is excused by the loss of a device`() {
    var story = Story()
    story.write("A", Self.bookmark, Self.writes, at: 10)
    story.write("A", Story.article, [("life", "\"live\"")], at: 10)
    story.carry(Story.article, from: "A", to: "S")
    story.oracle.lost("A")
    story.end(devices: ["B", "C"])
    #expect(story.found.isEmpty)
    #expect(story.oracle.excuses.contains { $0.kind == .deviceLost && $0.granted == 2 && $0.needed > 0 })
    story.held["S"]?[Story.article] = nil
    story.held["B"]?[Story.article] = nil
    story.held["C"]?[Story.article] = nil
    story.end(devices: ["B", "C"], syncing: false)
    #expect(story.found.contains(.nothingIsLost))
  }

  @Test func `an edit that lost to one that then was lost is excused with it, and no other`() {
    var story = Story()
    story.write("A", Story.article, [("life", "\"live\""), ("title", "\"base\"")], at: 10)
    story.carry(Story.article, from: "A", to: "S")
    story.carry(Story.article, from: "S", to: "B")
    let backup = story.oracle.backedUp("S")
    let old = story.held["S"]
    story.write("B", Story.article, [("title", "\"b\"")], at: 20)
    story.write("A", Story.article, [("title", "\"a\"")], at: 30)
    story.carry(Story.article, from: "A", to: "S")
    story.carry(Story.article, from: "B", to: "S")
    story.carry(Story.article, from: "S", to: "B")
    story.oracle.lost("A")
    story.oracle.lost("B")
    story.held["S"] = old
    story.oracle.restored("S", from: backup, story.states("S"))
    story.end(devices: ["C"])
    #expect(story.found.isEmpty, "\(story.oracle.violations)")
    #expect(story.oracle.excuses.contains { $0.kind == .serverRestored && $0.needed == 2 })
  }

  @Test func `a wrong call is told, not trapped`() {
    var oracle = Oracle()
    oracle.observe("nobody", Self.bookmark, nil)
    oracle.acknowledged(7)
    oracle.restored("nobody", from: 3, [:])
    _ = oracle.begin("nobody", at: 0, [])
    #expect(oracle.violations.allSatisfy { $0.invariant == .misuse })
  }

  @Test(arguments: ["", "{", "{}", "{\"fraction\":1}", "[1", "{\"a\":\"\\", "nonsense", "{\"seen\":{,}"])
  func `a position of bad form is passed over`(value: String) {
    var story = Story()
    let name = "at:000000000000000a"
    let made = story.oracle.begin("A", at: 0, [Oracle.Intent(Story.progress, name, value)])
    story.oracle.finish(made, .committed)
    story.put("A", Story.progress, Oracle.Held(name, Story.stamp(1, "A"), value))
    story.oracle.showed("A", Story.progress, nil)
    #expect(story.found.isEmpty)
  }

  @Test func `an observation costs the same after a long history`() {
    var story = Story()
    let clock = ContinuousClock()
    var slowest: Duration = .zero
    for number in 0..<20_000 {
      let title = "\"t\(number)\""
      let started = clock.now
      story.write("A", Story.article, [("title", title)], at: 10 + number)
      if number >= 19_000 { slowest = max(slowest, clock.now - started) }
    }
    #expect(story.found.isEmpty)
    // A bound that only a scan of the history would break, also without optimisation on a busy machine.
    #expect(slowest < .milliseconds(100))
  }
}
