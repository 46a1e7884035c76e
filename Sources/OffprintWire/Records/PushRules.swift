#if MUTANTS
  import OffprintMutants
#endif

/// What a server checks of one pushed record beside the form of its values (Protocol, PUSH-5 to PUSH-8).
public enum PushRules {
  /// Checks one record as pushed by `replica`.
  /// - Returns: why it is refused; nil if it may be joined.
  public static func refusal(of pushed: PushedRecord, by replica: ReplicaID) -> Refusal? {
    let record = pushed.record
    if pushed.canonicalSize > Limits.recordBytesMax {
      return Refusal(.tooLarge, limit: Int64(Limits.recordBytesMax), detail: "the record is too large")
    }
    for entry in record.registers.entries {
      let refusal = ValueRules.refusal(type: record.key.type, name: entry.name, value: entry.register.value)
      if let refusal { return refusal }
    }
    for name in pushed.new {
      guard let register = record.registers[name] else {
        return Refusal(.invalid, field: name.text, detail: "declared new but not among the values")
      }
      guard register.stamp.replica == replica else {
        return Refusal(.invalid, field: name.text, detail: "declared new but stamped by another replica")
      }
    }
    return lengthRefusal(of: pushed)
  }

  /// Refuses a new stamp that lies too far ahead of the server's clock (Protocol, PUSH-8).
  ///
  /// Stamps up to the greatest the account ever accepted pass, and so does a record marked `again`: otherwise a clock
  /// that was once wrong would make good records impossible to push.
  public static func skewRefusal(of pushed: PushedRecord, now: Int64, greatestAccepted: Int64) -> Refusal? {
    #if MUTANTS
      if Mutant.isOn(.skewJudgesOldRegisters) {
        let latest = pushed.record.registers.entries.map(\.register.stamp.milliseconds).max() ?? 0
        guard Int64(latest) > now + Limits.clockSkewMilliseconds else { return nil }
        return Refusal(.clockSkew, time: now, detail: "a stamp is ahead of the server's clock")
      }
    #endif
    guard !pushed.again else { return nil }
    let limit = now + Limits.clockSkewMilliseconds
    for name in pushed.new {
      guard let stamp = pushed.record.registers[name]?.stamp else { continue }
      let milliseconds = Int64(stamp.milliseconds)
      if milliseconds > limit, milliseconds > greatestAccepted {
        return Refusal(
          .clockSkew, field: name.text, time: now, detail: "the stamp is ahead of the server's clock; fix it anew")
      }
    }
    return nil
  }

  private static func lengthRefusal(of pushed: PushedRecord) -> Refusal? {
    let type = pushed.record.key.type
    var unknownBytes = 0
    var tags = 0
    var counted: Set<RegisterName> = []
    for name in pushed.new where counted.insert(name).inserted {
      guard let value = pushed.record.registers[name]?.value else { continue }
      if ValueRules.isKnown(type: type, name: name) {
        if let tag = name.tag {
          tags += value.json.isNull ? 0 : 1
          if tag.utf8.count > Limits.tagBytesMax { return tooLong(name, Limits.tagBytesMax) }
        }
        if type == .article, name == .images, (value.json.array ?? []).count > Limits.imagesMax {
          return tooLong(name, Limits.imagesMax)
        }
        if let limit = lengthLimit(type: type, name: name), length(of: value.json) > limit {
          return tooLong(name, limit)
        }
      } else {
        unknownBytes += name.text.utf8.count + value.bytes.count
      }
    }
    if tags > Limits.tagsMax {
      return Refusal(.invalid, field: "tag:", limit: Int64(Limits.tagsMax), detail: "too many tags")
    }
    if unknownBytes > Limits.unknownBytesMax {
      return Refusal(
        .invalid, limit: Int64(Limits.unknownBytesMax), detail: "too much in registers this server does not know")
    }
    return nil
  }

  private static func tooLong(_ name: RegisterName, _ limit: Int) -> Refusal {
    Refusal(.invalid, field: name.text, limit: Int64(limit), detail: "longer than allowed")
  }

  private static func lengthLimit(type: RecordType, name: RegisterName) -> Int? {
    if type == .bookmark {
      return [.quote: Limits.quoteBytesMax, .note: Limits.noteBytesMax, .colour: Limits.colourBytesMax][name]
    }
    if name.text.hasPrefix(RegisterName.foundPrefix) || name == .fetch { return Limits.foundBytesMax }
    return [.title: Limits.titleBytesMax, .byline: Limits.titleBytesMax, .url: Limits.urlBytesMax][name]
  }

  private static func length(of value: JSONValue) -> Int {
    (value.string ?? value["reason"]?.string ?? "").utf8.count
  }
}
