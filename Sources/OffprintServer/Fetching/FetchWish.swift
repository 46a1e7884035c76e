import OffprintWire

/// That the page of an article is to be fetched, as its record says (Protocol, FETCH-1).
package struct FetchWish: Sendable, Hashable {
  /// The address, as it was saved.
  package let url: String
  /// Host and port: what is left in peace between two fetches.
  package let site: String
  /// The stamp of the `fetch` that says so, as text; empty if there is none, and none is needed: there is no body either.
  package let stamp: String
  /// What a record wishes; nil if nothing is to be fetched.
  package init?(_ record: Record) {
    guard record.key.type == .article, record.isLive else { return nil }
    let fetch = record.registers[.fetch]
    switch fetch?.value.json["state"]?.string {
    case "wanted", "fetching": break
    case nil where fetch == nil && record[.content].flatMap({ ContentReference($0) }) == nil: break
    default: return nil
    }
    guard let url = record[.url]?.string, let address = PageAddress(url) else { return nil }
    self.url = url
    site = String(address.normalForm.prefix { $0 != "/" })
    stamp = fetch?.stamp.description ?? ""
  }
}
