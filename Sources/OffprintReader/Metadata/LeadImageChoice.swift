/// Chooses the picture by which a page would be shown elsewhere: `og:image`, `twitter:image`, JSON-LD's image, `image_src`.
enum LeadImageChoice {
  static func address(_ facts: PageFacts, base: String?) -> String? {
    let declared = [
      facts.field("og:image:secure_url", "og:image", "og:image:url"), facts.field("twitter:image", "twitter:image:src"),
      facts.linkedData.image, facts.imageLink, facts.field("image", "thumbnail", "thumbnailurl"),
    ]
    for case let address? in declared { if let resolved = SafeAddress.resolve(address, base: base) { return resolved } }
    return nil
  }
}
