import OffprintWire

/// Runs the vectors about the text of bodies and the locators that point into it.
enum LocatorVectors {
  static func run(_ given: JSONValue) throws -> JSONValue {
    let html = try ValueVectors.bytes(of: given, text: "html")
    let text = BodyText(html: html, contentHash: given["body"]?.string)
    switch try given.text("op") {
    case "texts":
      let blocks = text.blocks.indices.map { index in
        JSONValue.array([.string(text.blocks[index].element.rawValue), .string(text.text(ofBlock: index))])
      }
      return .members(("blocks", .array(blocks)), ("scalars", .integer(Int64(text.scalarCount))))
    case "make":
      let (block, offset) = (Int(try given.number("block")), Int(try given.number("offset")))
      guard let locator = Locator.make(in: text, block: block, offset: offset) else { throw VectorError("invalid") }
      return .members(("locator", locator.json))
    case "resolve":
      guard let locator = Locator(try given.member("locator")) else { throw VectorError("invalid") }
      let found = locator.resolve(in: text)
      return .members(
        ("block", .integer(Int64(found.block))), ("offset", .integer(Int64(found.offset))),
        ("how", .string(found.how.rawValue)))
    default: throw VectorFault("unknown op")
    }
  }
}
