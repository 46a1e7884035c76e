/// Chooses the name of the site: `og:site_name`, JSON-LD's publisher, `application-name`.
enum SiteChoice {
  static func name(_ facts: PageFacts) -> String? {
    for name in [facts.field("og:site_name"), facts.linkedData.publisher, facts.field("application-name")] {
      let folded = TextScalar.folded(name ?? "", bytesMax: 200)
      if !folded.isEmpty, SafeAddress.host(of: folded.utf8).isEmpty { return folded }
    }
    return nil
  }
}
