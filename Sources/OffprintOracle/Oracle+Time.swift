/// Stamps and the true time.
extension Oracle {
  /// What a device can know of the server's time.
  package enum TimeKnowledge: Sendable, Hashable {
    /// Nothing is said about it, and nothing checked.
    case anything
    /// Nothing, or the time but for so many milliseconds: nothing is checked as long as that is open.
    case nothingOrWithin(Int64)
    /// It has met no server since it started: edits wait for their stamps.
    case nothing
    /// The time, but for so many milliseconds.
    case within(Int64)
  }

  /// What a device knows of the server's time from now on.
  package mutating func knowsTime(_ device: String, _ knowledge: TimeKnowledge) {
    guard let index = index(of: device) else { return }
    replicas[index].timeKnowledge = knowledge
    switch knowledge {
    case .anything: replicas[index].worstTimeError = .max / 4
    case .within(let error), .nothingOrWithin(let error):
      replicas[index].worstTimeError = max(replicas[index].worstTimeError, error)
    case .nothing: break
    }
  }

  /// A device has met the server, at that time or later: whatever is edited on it from now on is later too.
  package mutating func metServer(_ device: String, notBefore time: Int64) {
    guard let index = index(of: device) else { return }
    replicas[index].contact = max(replicas[index].contact, time)
  }

  /// Milliseconds are cut off twice on the way to a stamp: at the half of a round trip, and at the clocks themselves.
  private static let rounding: Int64 = 2

  /// A new stamp tells when its edit was made as well as its device could know, or is the successor of what it replaced.
  ///
  /// Not checked where the specification wants another stamp: of edits in copies of libraries, and those refused for their clock.
  /// Those that waited over a restart, whose age comes from a clock that people set, are no older than the last meeting with
  /// the server before them (STAMP-9).
  mutating func checkTime(of edit: EditID, _ stamp: String, over base: String?, on replica: Int) {
    let known = edits[edit]
    guard !serverClockHasStepped, !known.mayBeRestamped,
      !replicas[replica].restampable.contains(edit), known.author == replicas[replica].name
    else { return }
    let fault: String
    switch replicas[replica].timeKnowledge {
    case .anything, .nothingOrWithin: return
    case .nothing where known.hadUncertainAge: return
    case .nothing: fault = "an edit was stamped although no server was met since its device started"
    case .within(let error):
      guard let told = Self.milliseconds(stamp) else { return }
      let latest = max(known.time + error, base.flatMap(Self.milliseconds) ?? 0)
      // One that a crash hid may have got its stamp before the restart, by what was known of the time then.
      let earliest =
        known.hadUncertainAge ? known.contact - replicas[replica].worstTimeError : known.time - error
      if told < earliest - Self.rounding {
        fault = "an edit is stamped as older than it is"
      } else if told > latest + Self.rounding, !known.hadUncertainAge {
        fault = "an edit is stamped as later than it is"
      } else {
        return
      }
    }
    report(
      .stampTellsTime, fault, replica: known.author, cell: known.cell,
      expected: [
        "made at \(known.time), after \(known.contact)", "the time known: \(replicas[replica].timeKnowledge)",
      ],
      actual: ["\(Self.milliseconds(stamp) ?? -1)", stamp], edits: [edit])
  }

  /// The milliseconds of a stamp, its first twelve digits.
  private static func milliseconds(_ stamp: String) -> Int64? { Int64(stamp.prefix(12), radix: 16) }
}
