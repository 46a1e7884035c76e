import OffprintOracle
import Testing

/// The traces behind the protocol's rules: each is found out where the rule is broken, and passes where it is kept.
@Suite struct FindingsTests {
  typealias Key = Oracle.RecordKey
  static let live = ("life", "\"live\"")
  static let dead = ("life", "\"dead\"")
  static let bookmark = Key("bookmark", "b")

  @Test(arguments: [true, false])
  func `another log is no reason to drop what the server acknowledged`(isKept: Bool) {
    var story = Story()
    let backup = story.oracle.backedUp("S")
    story.write("A", Self.bookmark, [Self.live, ("note", "\"n\"")], at: 10)
    let push = story.oracle.sent("A", story.states("A"))
    story.carry(Self.bookmark, from: "A", to: "S")
    story.oracle.acknowledged(push)
    story.oracle.answered(push)
    story.held["S"] = [:]
    story.oracle.restored("S", from: backup, [:])
    if !isKept { story.drop("A", Self.bookmark) }
    story.end()
    #expect(story.found == (isKept ? [] : [.nothingIsLost, .nothingIsLost]))
  }

  @Test(arguments: [true, false])
  func `whoever has seen a title beats it, whatever the clocks say`(isKept: Bool) {
    var story = Story()
    story.write("A", Story.article, [Self.live, ("title", "\"old\"")], at: 1_000)
    story.carry(Story.article, from: "A", to: "S")
    story.carry(Story.article, from: "S", to: "B")
    // B's clock is late; with the rule its stamp is the successor of what it replaced.
    story.write("B", Story.article, [("title", "\"new\"")], at: isKept ? 1_001 : 990)
    if !isKept { story.carry(Story.article, from: "S", to: "B") }
    story.end()
    #expect(story.found.contains(.stampNeverFalls) == !isKept)
    #expect(story.found.contains(.informedWins) == !isKept)
  }

  @Test(arguments: [true, false])
  func `a position names every position its writer had seen`(isKept: Bool) {
    var story = Story()
    story.read("B", to: 200_000, at: 20)
    story.carry(Story.progress, from: "B", to: "S")
    story.carry(Story.progress, from: "S", to: "C")
    story.read("C", to: 300_000, at: 30, seen: isKept ? [("B", 20)] : [("A", 20), ("B", 20)])
    story.read("A", to: 800_000, at: 10)
    story.end()
    #expect(story.found.isEmpty == isKept)
    #expect(story.found.contains(.positionNamesSeen) == !isKept)
    #expect(story.found.contains(.furthestIsShown) == !isKept)
  }

  @Test(arguments: [true, false])
  func `a stamp changes only after an answer that says nothing was stored`(isRefused: Bool) {
    var story = Story()
    story.write("A", Story.article, [Self.live], at: 90_000)
    _ = story.oracle.sent("A", story.states("A"))
    if isRefused { story.oracle.refused("A", Story.article, .clockSkew) }
    story.put("A", Story.article, Oracle.Held("life", Story.stamp(50, "A"), "\"live\""))
    #expect(story.found == (isRefused ? [] : [.stampNeverFalls]))
  }

  @Test(arguments: [true, false])
  func `what an expired library did not meet goes to the trash`(isKept: Bool) {
    var story = Story()
    story.write("A", Story.article, [Self.live], at: 10)
    story.drop("A", Story.article, toTrash: isKept)
    story.end()
    #expect(story.found == (isKept ? [] : [.unsentIsKept, .nothingIsLost]))
    #expect(story.oracle.excuses.contains { $0.kind == .journalled && $0.needed > 0 } == isKept)
  }

  @Test(arguments: [true, false])
  func `a copy of a phone does not overwrite its twin's further position`(isKept: Bool) {
    var story = Story()
    story.read("A", to: 100_000, at: 10)
    story.carry(Story.progress, from: "A", to: "S")
    story.oracle.cloned("A", to: "D")
    story.held["D"] = story.held["A"]
    story.read("A", to: 800_000, at: 20, seen: [("A", 10)])
    story.carry(Story.progress, from: "A", to: "S")
    let id = isKept ? "000000000000000d" : "000000000000000a"
    if isKept { story.oracle.rekeyed("D", to: id) }
    let moved = story.oracle.begin(
      "D", at: 0, [Oracle.Intent(Story.progress, "at:" + id, Story.position(200_000, seen: [("A", 10)]))])
    let register = Oracle.Held(
      "at:" + id, Story.stamp(30, id), Story.position(200_000, seen: [("A", 10)]))
    story.oracle.finish(moved, .committed)
    story.put("D", Story.progress, register)
    story.carry(Story.progress, from: "D", to: "S")
    story.end(devices: ["A", "B", "C", "D"])
    #expect(story.found.contains(.positionNeverJumpsBack) == !isKept)
    #expect(story.found.isEmpty == isKept)
  }

  @Test(arguments: [true, false])
  func `a copy that cannot be noticed is excused for its positions, until a stamp that its twin gave is met`(
    isNoticed: Bool
  ) {
    var story = Story()
    story.read("A", to: 100_000, at: 10)
    story.oracle.cloned("A", to: "D", isNoticed: false)
    story.held["D"] = story.held["A"]
    story.read("A", to: 800_000, at: 20, seen: [("A", 10)])
    let value = Story.position(200_000, seen: [("A", 10)])
    let made = story.oracle.begin("D", at: 0, [Oracle.Intent(Story.progress, "at:000000000000000a", value)])
    story.oracle.finish(made, .committed)
    story.put("D", Story.progress, Oracle.Held("at:000000000000000a", Story.stamp(30, "A"), value))
    if isNoticed { story.oracle.rekeyed("A", to: "000000000000001a") }
    story.carry(Story.progress, from: "D", to: "A")
    #expect(story.found == (isNoticed ? [] : [.foreignStampIsNoticed]))
    #expect(story.oracle.excuses.contains { $0.kind == .sharedReplicaID && $0.needed == 1 })
  }

  @Test(arguments: [true, false])
  func `an unsent edit gets its lowest stamp in a copy, so that it does not beat what replaced it`(isKept: Bool) {
    var story = Story()
    story.write("A", Story.article, [Self.live, ("title", "\"older\"")], at: nil)
    story.oracle.cloned("A", to: "D")
    story.held["D"] = story.held["A"]
    story.oracle.rekeyed("D", to: "000000000000000d")
    story.put("A", Story.article, Oracle.Held("life", Story.stamp(40, "A"), "\"live\""))
    story.put("A", Story.article, Oracle.Held("title", Story.stamp(40, "A"), "\"older\""))
    story.write("A", Story.article, [("title", "\"newer\"")], at: 50)
    for (name, value) in [("life", "\"live\""), ("title", "\"older\"")] {
      story.put("D", Story.article, Oracle.Held(name, Story.stamp(isKept ? 1 : 99, "000000000000000d"), value))
    }
    story.end(devices: ["A", "B", "C", "D"])
    #expect(story.found.contains(.informedWins) == !isKept)
    #expect(story.found.isEmpty == isKept)
  }

  @Test(arguments: [true, false])
  func `an edit gets its stamp before anything is joined into its record`(isKept: Bool) {
    var story = Story()
    story.write("B", Story.article, [Self.live, ("title", "\"theirs\"")], at: 100)
    story.carry(Story.article, from: "B", to: "S")
    story.carry(Story.article, from: "S", to: "A")
    story.write("A", Story.article, [("title", "\"mine\"")], at: nil)
    story.put("A", Story.article, Oracle.Held("title", Story.stamp(isKept ? 101 : 60, "A"), "\"mine\""))
    #expect(story.found == (isKept ? [] : [.stampNeverFalls]))
  }

  @Test(arguments: [true, false])
  func `a purged record stays away unless somebody saves it anew`(isKept: Bool) {
    var story = Story()
    story.write("A", Story.article, [Self.live], at: 10)
    story.carry(Story.article, from: "A", to: "S")
    story.carry(Story.article, from: "S", to: "B")
    story.write("B", Story.article, [Self.dead], at: 20)
    story.carry(Story.article, from: "B", to: "S")
    story.drop("S", Story.article)
    story.drop("B", Story.article)
    // A returns after the retention.
    if isKept { story.drop("A", Story.article, toTrash: true) }
    story.end()
    #expect(story.found == (isKept ? [] : [.deletedStaysDeleted]))
  }

  @Test(arguments: [true, false])
  func `a purge is not undone because the last device that knew of the deletion is gone`(isServerPutBack: Bool) {
    var story = Story()
    story.write("A", Story.article, [Self.live], at: 10)
    story.carry(Story.article, from: "A", to: "S")
    let backup = story.oracle.backedUp("S")
    let before = story.states("S")
    story.carry(Story.article, from: "S", to: "B")
    story.write("B", Story.article, [Self.dead], at: 20)
    story.carry(Story.article, from: "B", to: "S")
    story.drop("S", Story.article)
    story.held["B"] = [:]
    story.oracle.reset("B", discardingUnsent: true)
    // A sends its save again; after a restore of the server nobody can know better.
    if isServerPutBack { story.oracle.restored("S", from: backup, before) }
    story.end()
    #expect(story.found == (isServerPutBack ? [] : [.deletedStaysDeleted]))
  }

  @Test func `a save that did not know of a deletion brings the article back when that is purged`() {
    var story = Story()
    story.write("C", Story.article, [Self.live, ("title", "\"mine\"")], at: 10)
    story.write("A", Story.article, [Self.live, ("title", "\"theirs\"")], at: 20)
    story.write("A", Story.article, [Self.dead], at: 30)
    story.carry(Story.article, from: "A", to: "S")
    story.drop("S", Story.article)
    story.held["A"] = [:]
    story.oracle.reset("A", discardingUnsent: true)
    story.end()
    #expect(story.found.isEmpty)
  }

  @Test func `a save that did not know of the deletion brings the article back`() {
    var story = Story()
    story.write("A", Story.article, [Self.live], at: 10)
    story.carry(Story.article, from: "A", to: "S")
    story.write("A", Story.article, [Self.dead], at: 20)
    story.carry(Story.article, from: "A", to: "S")
    story.write("B", Story.article, [Self.live], at: 30)
    story.end()
    #expect(story.found.isEmpty)
  }

  @Test(arguments: [true, false])
  func `saving writes no defaults`(isKept: Bool) {
    var story = Story()
    story.write("A", Story.article, [Self.live, ("title", "\"mine\"")], at: 10)
    story.write("B", Story.article, [Self.live], at: 20)
    if !isKept { story.put("B", Story.article, Oracle.Held("title", Story.stamp(20, "B"), "null")) }
    #expect(story.found == (isKept ? [] : [.valueHasAuthor]))
  }

  @Test func `bytes of a value are never rewritten`() {
    var story = Story()
    story.write("A", Story.article, [("new-register", "{\"b\":1,\"a\":2}")], at: 10)
    story.put("S", Story.article, Oracle.Held("new-register", Story.stamp(10, "A"), "{\"a\":2,\"b\":1}"))
    #expect(story.found == [.valueHasAuthor])
  }

  @Test(arguments: [true, false])
  func `the same page saved twice is one article`(isKept: Bool) {
    var story = Story()
    story.write("A", Story.article, [Self.live, ("url", "\"https://example.org/\"")], at: 10)
    story.write("B", isKept ? Story.article : Key("article", "x"), [("url", "\"https://example.org/\"")], at: 20)
    #expect(story.found == (isKept ? [] : [.onePageOneArticle]))
  }

  @Test func `nothing of one account gets into another`() {
    var story = Story()
    story.oracle.addServer("S2", account: "ben", replicaID: "00000000000000fe")
    story.write("A", Story.article, [Self.live], at: 10)
    story.oracle.observe("S2", Story.article, story.state("A", Story.article))
    #expect(story.found == [.accountsApart])
  }

  @Test func `positions over the cap go by the rule, the least first`() {
    var story = Story()
    for number in 0..<17 {
      let name = "device \(number)"
      let id = "00000000000001" + String(number + 16, radix: 16)
      story.oracle.addDevice(name, account: "ana", replicaID: id)
      let made = story.oracle.begin(
        name, at: 0, [Oracle.Intent(Story.progress, "at:" + id, Story.position(number))])
      story.oracle.finish(made, .committed)
      let register = Oracle.Held("at:" + id, Story.stamp(100 + number, id), Story.position(number))
      story.put(name, Story.progress, register)
      if number < 16 {
        story.put("S", Story.progress, register)
      } else {
        story.held["S"]?[Story.progress]?["at:" + id] = register
      }
    }
    story.held["S"]?[Story.progress]?["at:0000000000000110"] = nil
    story.look("S", Story.progress)
    #expect(story.found.isEmpty)
    story.held["S"]?[Story.progress]?["at:0000000000000120"] = nil
    story.look("S", Story.progress)
    #expect(story.found == [.stampNeverFalls])
  }

  @Test func `a position of one's own that goes over the cap is not missed on its device`() {
    var story = Story()
    story.read("A", to: 1, at: 50)
    for number in 0..<16 {
      let id = "00000000000001" + String(number + 16, radix: 16)
      story.oracle.addDevice("device \(number)", account: "ana", replicaID: id)
      let register = Oracle.Held("at:" + id, Story.stamp(100 + number, id), Story.position(number + 2))
      let made = story.oracle.begin(
        "device \(number)", at: 0, [Oracle.Intent(Story.progress, register.name, register.value)])
      story.oracle.finish(made, .committed)
      story.put("device \(number)", Story.progress, register)
      story.held["A"]?[Story.progress]?[register.name] = register
    }
    story.held["A"]?[Story.progress]?["at:000000000000000a"] = nil
    story.look("A", Story.progress)
    #expect(story.found.isEmpty)
  }
}
