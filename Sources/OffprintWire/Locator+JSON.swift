extension Locator {
  /// The locator as a value of the wire (Protocol, LOC-1).
  public var json: JSONValue {
    .members(
      ("after", .string(after)), ("before", .string(before)), ("block", .integer(Int64(block))),
      ("body", body.map { .string($0) } ?? .null), ("fraction", .integer(Int64(fraction))),
      ("offset", .integer(Int64(offset))))
  }

  /// Reads a value of the wire; nil for any value of another form.
  public init?(_ json: JSONValue) {
    guard ValueRules.isLocator(json), let block = json["block"]?.integer, let offset = json["offset"]?.integer,
      let fraction = json["fraction"]?.integer, let before = json["before"]?.string,
      let after = json["after"]?.string
    else { return nil }
    self.init(
      body: json["body"]?.string, block: Int(block), offset: Int(offset), fraction: Int(fraction), before: before,
      after: after)
  }
}
