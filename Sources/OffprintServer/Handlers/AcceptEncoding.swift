/// What an `Accept-Encoding` header admits (RFC 9110, section 12.5.3).
package enum AcceptEncoding {
  /// Items read; a longer list is taken as admitting nothing but the plain form.
  private static let itemsMax = 32

  /// Whether gzip is admitted by these header lines; it is not where there is no header at all.
  package static func admitsGzip(_ lines: [String]) -> Bool {
    let items = lines.flatMap { $0.split(separator: ",") }
    guard items.count <= itemsMax else { return false }
    var star: Bool?
    for item in items {
      let parts = item.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
      guard let coding = parts.first else { continue }
      let admitted = parts.dropFirst().allSatisfy { !isZero($0) }
      if coding == "gzip" || coding == "x-gzip" { return admitted }
      if coding == "*" { star = admitted }
    }
    return star ?? false
  }

  private static func isZero(_ weight: String) -> Bool {
    weight.hasPrefix("q=") && weight.dropFirst(2).allSatisfy { $0 == "0" || $0 == "." }
  }
}
