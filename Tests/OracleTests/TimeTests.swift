import OffprintOracle
import Testing

/// Stamps against the true time.
@Suite struct TimeTests {
  typealias Knowledge = Oracle.TimeKnowledge

  /// An edit of a title made on A at 5,000, over one of B with the stamp `base`.
  private func story(_ knowledge: Knowledge, base: Int, _ happens: (inout Story) -> Void = { _ in }) -> Story {
    var story = Story()
    story.write("B", Story.article, [("life", "\"live\""), ("title", "\"before\"")], at: base)
    story.carry(Story.article, from: "B", to: "S")
    story.carry(Story.article, from: "S", to: "A")
    story.oracle.knowsTime("A", knowledge)
    story.oracle.metServer("A", notBefore: 3_000)
    let made = story.oracle.begin("A", at: 5_000, [Oracle.Intent(Story.article, "title", "\"mine\"")])
    story.oracle.finish(made, .committed)
    happens(&story)
    return story
  }

  @Test(arguments: [
    (Knowledge.within(10), 4_990, true), (.within(10), 4_900, false), (.within(10), 5_100, false),
    (.within(200), 4_900, true), (.nothing, 5_000, false), (.anything, 100, true), (.nothingOrWithin(10), 100, true),
  ])
  func `a stamp tells when its edit was made as well as its device could know`(
    knowledge: Knowledge, milliseconds: Int, isRight: Bool
  ) {
    var story = story(knowledge, base: 10)
    story.put("A", Story.article, Oracle.Held("title", Story.stamp(milliseconds, "A"), "\"mine\""))
    #expect(story.found == (isRight ? [] : [.stampTellsTime]))
  }

  @Test(arguments: [9_000, 9_500])
  func `a stamp is later than its edit only as the successor of what it replaced`(milliseconds: Int) {
    var story = story(.within(10), base: 9_000)
    story.put("A", Story.article, Oracle.Held("title", Story.stamp(milliseconds, "A", counter: 2), "\"mine\""))
    #expect(story.found == (milliseconds == 9_000 ? [] : [.stampTellsTime]))
  }

  @Test(arguments: [2_900, 3_100], [nil, Knowledge.nothingOrWithin(50)])
  func `an edit that waited over a restart is as old as people's clocks say, but later than the last contact`(
    stamp: Int, atFirst: Knowledge?
  ) {
    var story = story(atFirst ?? .within(10), base: 10) {
      $0.oracle.mistookAges("A")
      $0.oracle.knowsTime("A", .within(10))
    }
    story.put("A", Story.article, Oracle.Held("title", Story.stamp(stamp, "A"), "\"mine\""))
    #expect(story.found == (stamp > 3_000 ? [] : [.stampTellsTime]))
  }
}
